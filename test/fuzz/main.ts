// Does anything break in millions of cases? (`npm run fuzz -- [--cases N] [--seed N] [--only TEXT] [--path P]`)
import { parseArgs } from "node:util";
import { LAWS } from "./index.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    only: { type: "string", default: "" },
    path: { type: "string" },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
const chosen = LAWS.filter(({ name }) => name.includes(values.only));
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed) || chosen.length === 0) {
  console.error(`usage: npm run fuzz -- [--cases N] [--seed N] [--only ${LAWS[0]?.name ?? ""}] [--path P]`);
  process.exit(2);
}

console.log(`seed ${String(seed)}`);
let total = 0;
let broken = 0;
for (const law of chosen) {
  const wanted = Math.max(1, Math.round(cases * law.share));
  const begun = performance.now();
  const tried = law.check({ numRuns: wanted, seed, ...(values.path !== undefined && { path: values.path }) });
  total += tried.cases;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `${tried.broken === undefined ? "✓" : "✕"} ${law.name}: ${String(tried.cases)} cases, ${seconds} s`,
  );
  if (tried.broken === undefined) continue;
  broken += 1;
  console.log(
    `${tried.broken}\nagain: npm run fuzz -- --seed ${String(seed)} --cases ${String(wanted)} --only ${JSON.stringify(law.name)}`,
  );
}
console.log(`${String(total)} cases of ${String(chosen.length)} laws, ${String(broken)} broken`);
process.exit(broken === 0 ? 0 : 1);
