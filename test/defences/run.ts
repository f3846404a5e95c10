// What do these tests of one file say, with or without a defence? (one bounded Vitest process, read from its JSON report)
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

export interface Ran {
  readonly title: string;
  readonly status: string;
  readonly failures: readonly string[];
}

/** Every test that ran, or why none did. */
export type Report = { readonly tests: readonly Ran[] } | { readonly broken: string };

/** Finds a title at the beginning of a test's name or of a part of it: `A1` is not `A10`. */
export function pattern(titles: readonly string[], before = "^| "): string {
  const any = titles.map((title) => title.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  return `(${before})(${any})(?!\\w)`;
}

interface Run {
  readonly file: string;
  readonly titles: readonly string[];
  readonly without?: string;
  /** In milliseconds; then it and all that it started is killed. */
  readonly bound: number;
}

let runs = 0;

/** Runs the tests of these titles and nothing else. */
export async function run({ file, titles, without, bound }: Run): Promise<Report> {
  const output = join(tmpdir(), `lapse-defence-${String(process.pid)}-${String((runs += 1))}.json`);
  const args = ["run", file, "-t", pattern(titles), "--reporter=json", `--outputFile=${output}`];
  const env = { ...process.env, LAPSE_WITHOUT: without ?? "" };
  try {
    const ended = await bounded([VITEST, ...args], env, bound);
    if (ended !== undefined) return { broken: ended };
    return read(JSON.parse(await readFile(output, "utf8")) as Json);
  } catch (problem) {
    return { broken: String(problem) };
  } finally {
    await rm(output, { force: true });
  }
}

/** Why it did not end by itself, if it did not. */
function bounded(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  bound: number,
): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { env, stdio: "ignore", detached: true });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      done(`did not end within ${String(bound / 1000)} s`);
    }, bound);
    child.once("error", (problem) => {
      clearTimeout(timer);
      done(String(problem));
    });
    child.once("exit", () => {
      clearTimeout(timer);
      done(undefined);
    });
  });
}

interface Json {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

function read({ testResults }: Json): Report {
  const tests = testResults
    .flatMap((result) => result.assertionResults)
    .filter(({ status }) => status === "passed" || status === "failed")
    .map((t) => ({ title: t.fullName, status: t.status, failures: t.failureMessages ?? [] }));
  const why = testResults.map((result) => result.message ?? "").join(" ");
  return tests.length > 0 ? { tests } : { broken: `no test ran ${firstLine(why)}`.trim() };
}

export const firstLine = (text: string): string => text.trim().split("\n", 1)[0] ?? "";
