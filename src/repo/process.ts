// How is one git process run? (argument array, clean environment, bounded in time and output; no shell, ever)
import { spawn } from "node:child_process";
import { Problem } from "../core/problem.ts";

/** Where and how git runs: everything that a git process of ours may depend on. */
export interface Git {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Bound on each process, in milliseconds. */
  readonly timeout: number;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  /** Exit codes that are answers; any other is a Problem. */
  readonly ok?: readonly number[];
}

const MAX_COLLECTED = 512 * 2 ** 20;
const MAX_STDERR = 8192;

/** Output in chunks; the return value is the exit code. Throws a Problem when git fails or takes too long. */
export async function* stream(
  git: Git,
  args: readonly string[],
  { input, ok = [0] }: RunOptions = {},
): AsyncGenerator<Buffer, number> {
  const child = spawn("git", [...args], {
    cwd: git.dir,
    env: git.env,
    timeout: git.timeout,
    killSignal: "SIGKILL",
  });
  const closed = new Promise<number | null | Error>((resolve) => {
    child.once("error", resolve);
    child.once("close", resolve);
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (complaint.length < MAX_STDERR) complaint += chunk.toString();
  });
  // git may exit before it has read everything; its exit code tells why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const code = await closed;
    if (typeof code === "number" && ok.includes(code)) return code;
    throw failed(git, args, code, complaint);
  } finally {
    child.kill("SIGKILL");
  }
}

/** The whole output of one git process. */
export async function run(
  git: Git,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ readonly code: number; readonly out: string }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const output = stream(git, args, options);
  for (;;) {
    const next = await output.next();
    if (next.done === true) return { code: next.value, out: Buffer.concat(chunks).toString() };
    size += next.value.length;
    if (size > MAX_COLLECTED)
      throw new Problem("misconfigured", `git ${verb(args)} said too much`, "see its output by hand");
    chunks.push(next.value);
  }
}

/** git's own words, fit to print: first line that says what is wrong, without credentials in URLs. */
export function complaintOf(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((l) => /^(fatal|error|remote|!)/.test(l)) ?? lines[0] ?? "no reason given";
  return line
    .replace(/\/\/[^/@\s]*@/g, "//")
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, 300);
}

/** Why git did not do it: its exit code and words, or none when it was stopped for taking too long. */
export function failed(
  git: Git,
  args: readonly string[],
  code: number | null | Error,
  complaint: string,
): Problem {
  if (code instanceof Error)
    return new Problem("misconfigured", `git cannot run in ${git.dir}`, "install git, or check -C DIR", code);
  if (code === null) {
    const limit = `${Math.round(git.timeout / 1000)} s`;
    return new Problem("unavailable", `git ${verb(args)} was stopped after ${limit}`, "run it again");
  }
  const message = `git ${verb(args)} failed (${code}): ${complaintOf(complaint)}`;
  return new Problem("misconfigured", message, "check the clone with `git fsck`, or clone it again");
}

function verb(args: readonly string[]): string {
  return args[0] ?? "";
}
