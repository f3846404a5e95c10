// How does Lapse run git here? (stands in for src/repo/process.ts: no process, the simulated git answers)
import { Problem } from "../../../src/core/problem.ts";
import { command } from "../git/commands.ts";
import { ground } from "./ground.ts";

export interface Git {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeout: number;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly ok?: readonly number[];
}

export async function run(
  git: Git,
  args: readonly string[],
  { input = "", ok = [0] }: RunOptions = {},
): Promise<{ readonly code: number; readonly out: string }> {
  const changes = args[0] === "update-ref" || args[0] === "symbolic-ref";
  if (changes) await ground().local(`git ${args.slice(0, 2).join(" ")}`);
  const { gits } = ground();
  const ran = command(gits, { repository: gits.at(git.dir), args, input: Buffer.from(input), env: {} });
  if (ok.includes(ran.code)) return ran;
  throw failed(git, args, ran.code, "");
}

export async function* stream(
  git: Git,
  args: readonly string[],
  options?: RunOptions,
): AsyncGenerator<Buffer, number> {
  const { code, out } = await run(git, args, options);
  if (out !== "") yield Buffer.from(out);
  return code;
}

export function complaintOf(text: string): string {
  return text;
}

export function failed(
  _git: Git,
  args: readonly string[],
  code: number | null | Error,
  why: string,
): Problem {
  const message = `git ${args[0] ?? ""} failed (${String(code)}): ${why}`;
  return new Problem("misconfigured", message, "check the clone with `git fsck`, or clone it again");
}
