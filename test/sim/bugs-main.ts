// Does the simulation find each of the planted bugs? (npm run sim:bugs; each must go red within 200 seeds)
import { parseArgs } from "node:util";
import { BUGS, type Bug } from "./bugs.ts";
import type { Verdict } from "./judge.ts";
import { simulate } from "./many.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "200" }, steps: { type: "string", default: "1000" } },
});

const wanted = BUGS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
let found = 0;
const silent = () => undefined;
const steps = Number(values.steps);

/** The first seed that goes red with the bug and is clean without it: then it is the bug that was found. */
async function hunt({ plants }: Bug): Promise<{ readonly tried: number; readonly red?: Verdict }> {
  const common = { steps, untilRed: true, print: silent, told: silent };
  let left = seeds;
  while (left.length > 0) {
    const verdicts = await simulate({ ...common, seeds: left, plants });
    left = left.slice(verdicts.length);
    for (const red of verdicts.filter(({ problems }) => problems.length > 0)) {
      const [clean] = await simulate({ ...common, seeds: [red.seed] });
      if (clean?.problems.length === 0) return { tried: seeds.length - left.length, red };
      console.log(`  (seed ${String(red.seed)} is red without any bug: ${clean?.problems[0] ?? ""})`);
    }
  }
  return { tried: seeds.length };
}

for (const bug of wanted) {
  const started = performance.now();
  const { tried, red } = await hunt(bug);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  found += red ? 1 : 0;
  const what = red ? `seed ${String(red.seed)}: ${red.problems[0]?.split("\n")[0] ?? ""}` : "NOT FOUND";
  console.log(`${bug.name} (${bug.is})\n  ${what}\n  ${String(tried)} seeds, ${seconds} s`);
}
console.log(`${String(found)} of ${String(wanted.length)}`);
process.exitCode = found === wanted.length ? 0 : 1;
