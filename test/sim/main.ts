// Does Lapse keep its promises in so many simulated worlds? (npm run sim -- --seeds 1000 --steps 2000; --seed N --trace for one)
import { parseArgs } from "node:util";
import { BUGS } from "./bugs.ts";
import type { Verdict } from "./judge.ts";
import { simulate } from "./many.ts";
import { summary } from "./summary.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    steps: { type: "string", default: "2000" },
    workers: { type: "string" },
    bug: { type: "string" },
    trace: { type: "boolean", default: false },
    /** Nothing goes wrong: what the ways out can do. */
    calm: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

function bugNamed(name: string | undefined) {
  if (name === undefined) return [];
  const bug = BUGS.find((one) => one.name === name);
  if (!bug) throw new Error(`no bug is called ${name}; there are ${BUGS.map((one) => one.name).join(", ")}`);
  return bug.plants;
}

const started = performance.now();
const first = Number(values.seed ?? values.first);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const steps = Number(values.steps);
const told = (verdict: Verdict): void => {
  for (const problem of verdict.problems) console.error(`seed ${String(verdict.seed)}: ${problem}`);
};
const verdicts = await simulate({
  seeds: Array.from({ length: count }, (_, i) => first + i),
  steps,
  ...(values.workers !== undefined && { workers: Number(values.workers) }),
  trace: values.trace,
  calm: values.calm,
  plants: bugNamed(values.bug),
  untilRed: values.bug !== undefined,
  print: console.log,
  told,
});
const seconds = (performance.now() - started) / 1000;
console.log(values.json ? JSON.stringify(verdicts) : summary(verdicts, steps, seconds));
process.exitCode = verdicts.some(({ problems }) => problems.length > 0) ? 1 : 0;
