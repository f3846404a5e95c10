// How are many seeds simulated at once? (one bundle, a thread a core, a seed at a time)
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundleInto, type Plant } from "./bundle.ts";
import type { Verdict } from "./judge.ts";
import type { Order } from "./worker.ts";

export interface Many {
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly workers?: number;
  readonly trace?: boolean;
  /** Bugs to plant. */
  readonly plants?: readonly Plant[];
  /** No new seed is begun after one that went red. */
  readonly untilRed?: boolean;
  readonly print: (line: string) => void;
  readonly told: (verdict: Verdict) => void;
}

type Said = { readonly line: string } | { readonly verdict: Verdict };

/** Resolves when every seed has its verdict. Rejects when a thread breaks. */
export async function simulate(many: Many): Promise<readonly Verdict[]> {
  const { seeds, steps, trace = false, workers = availableParallelism() } = many;
  const dir = await mkdtemp(join(tmpdir(), "lapse-sim-"));
  try {
    const file = join(dir, "worker.mjs");
    await bundleInto(file, many.plants);
    const left = [...seeds];
    const verdicts: Verdict[] = [];
    const next = (): Order | undefined => {
      const enough = many.untilRed === true && verdicts.some(({ problems }) => problems.length > 0);
      const seed = enough ? undefined : left.shift();
      return seed === undefined ? undefined : { seed, steps, trace };
    };
    const told = (verdict: Verdict): void => {
      verdicts.push(verdict);
      many.told(verdict);
    };
    const threads = Math.min(workers, seeds.length);
    await Promise.all(Array.from({ length: threads }, () => work(file, next, { ...many, told })));
    return verdicts;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Hands one seed after the other to a thread, until there are none left. */
function work(
  file: string,
  next: () => Order | undefined,
  { print, told }: Pick<Many, "print" | "told">,
): Promise<void> {
  // Most of what a step makes is garbage at once.
  const resourceLimits = { maxYoungGenerationSizeMb: 96 };
  const worker = new Worker(file, { execArgv: ["--enable-source-maps"], resourceLimits });
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
      if ("line" in said) print(said.line);
      else {
        told(said.verdict);
        go();
      }
    });
    go();
  });
}
