// Does Lapse keep its promises in so many simulated worlds? (npm run sim -- --seeds 1000 --steps 2000; --seed N --trace for one)
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { bundleInto } from "./bundle.ts";
import type { Verdict } from "./judge.ts";
import { summary } from "./summary.ts";
import type { Order } from "./worker.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    steps: { type: "string", default: "2000" },
    workers: { type: "string", default: String(availableParallelism()) },
    trace: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

type Said = { readonly line: string } | { readonly verdict: Verdict };

/** Hands one seed after the other to a thread, until there are none left or one has failed. */
function work(file: string, next: () => Order | undefined, told: (verdict: Verdict) => void): Promise<void> {
  const worker = new Worker(file, { execArgv: ["--enable-source-maps"] });
  return new Promise((resolve, reject) => {
    const go = (): void => {
      const order = next();
      if (order) worker.postMessage(order);
      else
        void worker.terminate().then(() => {
          resolve();
        });
    };
    worker.on("error", reject);
    worker.on("message", (said: Said) => {
      if ("line" in said) console.log(said.line);
      else {
        told(said.verdict);
        go();
      }
    });
    go();
  });
}

async function main(): Promise<number> {
  const started = performance.now();
  const dir = await mkdtemp(join(tmpdir(), "lapse-sim-"));
  try {
    const file = join(dir, "worker.mjs");
    await bundleInto(file);
    const first = Number(values.seed ?? values.first);
    const count = values.seed === undefined ? Number(values.seeds) : 1;
    const steps = Number(values.steps);
    const seeds = Array.from({ length: count }, (_, i) => first + i);
    const verdicts: Verdict[] = [];
    const next = (): Order | undefined => {
      const seed = seeds.shift();
      return seed === undefined ? undefined : { seed, steps, trace: values.trace };
    };
    const told = (verdict: Verdict): void => {
      verdicts.push(verdict);
      for (const problem of verdict.problems) console.error(`seed ${String(verdict.seed)}: ${problem}`);
    };
    const threads = Math.min(Number(values.workers), count);
    await Promise.all(Array.from({ length: threads }, () => work(file, next, told)));
    const seconds = (performance.now() - started) / 1000;
    console.log(values.json ? JSON.stringify(verdicts) : summary(verdicts, steps, seconds));
    return verdicts.some(({ problems }) => problems.length > 0) ? 1 : 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

process.exitCode = await main();
