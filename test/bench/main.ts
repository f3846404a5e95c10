// Is Lapse still as fast as promised? (`npm run bench`; a ratio to a floor, since machines differ)
import { parseArgs } from "node:util";
import { measure, table, type Result, type Row } from "./bench.ts";
import { check } from "./rows/check.ts";
import { decide } from "./rows/decide.ts";
import { help } from "./rows/help.ts";
import { plan } from "./rows/plan.ts";
import { reading } from "./rows/reading.ts";

const ROWS: readonly Row[] = [help, check, reading, decide, plan];

const { values } = parseArgs({
  options: {
    /** Names of rows, separated by commas. */
    rows: { type: "string" },
    rounds: { type: "string", default: "9" },
    /** Do the rows run at all? Small data, two rounds, and a miss is no failure. */
    smoke: { type: "boolean", default: false },
  },
});
const wanted = values.rows?.split(",");
const unknown = wanted?.filter((name) => !ROWS.some((row) => row.name === name)) ?? [];
const rounds = values.smoke ? 2 : Number(values.rounds);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `usage: npm run bench -- [--smoke] [--rounds N] [--rows ${ROWS.map((row) => row.name).join(",")}]`,
  );
  process.exit(2);
}

const results: Result[] = [];
for (const row of ROWS) {
  if (wanted !== undefined && !wanted.includes(row.name)) continue;
  console.error(`${row.name} …`);
  results.push(await measure(row, rounds, values.smoke));
}
console.log(table(results));
if (!values.smoke && results.some(({ ok }) => !ok)) process.exitCode = 1;
