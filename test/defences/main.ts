// Does every defence matter? (npm run test:defences [-- --only NAME…]: each is taken out, and its test must go red)
import { availableParallelism } from "node:os";
import type { Defence } from "./defence.ts";
import { defences } from "./index.ts";
import { firstLine, pattern, run, type Ran, type Report } from "./run.ts";

/** Of one run, in milliseconds: a defence whose absence only hangs its test is not proved. */
const BOUND = 180_000;
const AT_ONCE = Math.min(2, availableParallelism());

/** A test that went red for what it says, not because the changed code cannot run or never ends. */
function saysNo({ status, failures }: Ran): boolean {
  // `TypeError: .toMatch() expects …` is a test's word too: what it speaks of is not there.
  const broken = /^(ReferenceError|SyntaxError|TypeError: (?!\.to\w+\(\) expects))|timed out in \d+ms/;
  return status === "failed" && failures.some((failure) => !broken.test(failure));
}

/** What is wrong with this proof, if anything is. */
function objection(report: Report): string | undefined {
  if ("broken" in report) return report.broken;
  if (report.tests.some(saysNo)) return undefined;
  const failed = report.tests.flatMap((test) => test.failures);
  return failed.length === 0
    ? `${String(report.tests.length)} tests stay green without it`
    : `red for another reason: ${firstLine(failed[0] ?? "")}`;
}

/** With everything on, each title names at least one test, and all are green. */
function notGreen(report: Report, titles: readonly string[]): readonly string[] {
  if ("broken" in report) return [report.broken];
  const red = report.tests.filter(({ status }) => status !== "passed");
  const missing = titles.filter(
    (title) => !report.tests.some((t) => new RegExp(pattern([title])).test(t.title)),
  );
  return [
    ...red.map((test) => `${test.title} is red: ${firstLine(test.failures[0] ?? "")}`),
    ...missing.map((title) => `no test is named ${title}`),
  ];
}

type Task = () => Promise<void>;

async function inTurns(tasks: readonly Task[]): Promise<void> {
  const left = [...tasks];
  const worker = async (): Promise<void> => {
    for (let task = left.shift(); task; task = left.shift()) await task();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function prove(defence: Defence): Promise<boolean> {
  const since = performance.now();
  const { file, title } = defence.red;
  const wrong = objection(await run({ file, titles: [title], without: defence.name, bound: BOUND }));
  const told = wrong === undefined ? `${file} goes red` : `${file} "${title}": ${wrong}`;
  console.log(
    `${wrong === undefined ? "✓" : "✗"} ${defence.name} (${defence.rows.join(", ")}): ${told}, ${seconds(since)}`,
  );
  return wrong === undefined;
}

async function green(file: string, titles: readonly string[]): Promise<boolean> {
  const since = performance.now();
  const bound = BOUND + titles.length * 10_000;
  const wrong = notGreen(await run({ file, titles, bound }), titles);
  console.log(`${wrong.length === 0 ? "✓" : "✗"} ${file}, nothing taken out: green, ${seconds(since)}`);
  for (const line of wrong) console.log(`    ${line}`);
  return wrong.length === 0;
}

async function main(args: readonly string[]): Promise<boolean> {
  const all = await defences();
  const names = args.filter((arg) => arg !== "--only");
  const unknown = names.filter((name) => !all.some((defence) => defence.name === name));
  if (unknown.length > 0) throw new Error(`no such defence: ${unknown.join(", ")}`);
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const since = performance.now();
  const files = [...new Set(chosen.map(({ red }) => red.file))];
  const lost = { files: 0, defences: 0 };
  const greens = files.map((file): Task => async () => {
    const titles = [...new Set(chosen.filter(({ red }) => red.file === file).map(({ red }) => red.title))];
    if (!(await green(file, titles))) lost.files += 1;
  });
  const proofs = chosen.map((defence): Task => async () => {
    if (!(await prove(defence))) lost.defences += 1;
  });
  await inTurns([...greens, ...proofs]);
  const red =
    lost.files === 0 ? "" : `; ${String(lost.files)} of ${String(files.length)} files are red as they are`;
  console.log(
    `${String(chosen.length - lost.defences)} of ${String(chosen.length)} defences are needed${red}, ${seconds(since)}`,
  );
  return lost.files + lost.defences === 0;
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
