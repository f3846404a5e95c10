// Does every story survive every death? (npm run sim:crashes; -- --story S --kind K --only 12-after --trace for one)
import { parseArgs } from "node:util";
import { crashOrders } from "./crashes.ts";
import { crashes } from "./many.ts";

const { values } = parseArgs({
  options: {
    story: { type: "string" },
    kind: { type: "string" },
    only: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

const started = performance.now();
const orders = crashOrders()
  .filter(({ story, kind }) => story.includes(values.story ?? "") && kind === (values.kind ?? kind))
  .map((order) => ({
    ...order,
    trace: values.trace,
    ...(values.only !== undefined && { only: values.only }),
  }));
const verdicts = await crashes({
  orders,
  print: console.log,
  told: ({ story, kind, problems }) => {
    for (const problem of problems) console.error(`${story}, on ${kind}: ${problem}`);
  },
});
for (const story of new Set(orders.map((one) => one.story))) {
  const mine = verdicts.filter((one) => one.story === story);
  const points = mine.map((one) => `${one.kind} ${String(one.points)}`).join(", ");
  console.log(`${mine.every(({ problems }) => problems.length === 0) ? "✓" : "✗"} ${story}: ${points}`);
}
const red = verdicts.filter(({ problems }) => problems.length > 0);
const total = verdicts.reduce((sum, { points }) => sum + points, 0);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  red.length === 0
    ? `${String(total)} crash points, all converge (${seconds} s)`
    : `${String(red.length)} of ${String(verdicts.length)} stories do not converge (${seconds} s)`,
);
process.exitCode = red.length === 0 ? 0 : 1;
