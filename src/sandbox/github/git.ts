// How does the sandbox run git? (arguments as an array, a clean environment, bounded time)
import { spawn } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { env as processEnv } from "node:process";

const TIMEOUT = 30_000;

export interface Ran {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

export interface Git {
  /** The bare repository. */
  readonly dir: string;
  /** Whatever git answers, its exit code included. */
  attempt(
    args: readonly string[],
    input?: string | Buffer,
    env?: Readonly<Record<string, string>>,
  ): Promise<Ran>;
  /** Trimmed output; throws when git does not exit with 0. */
  run(
    args: readonly string[],
    input?: string | Buffer,
    env?: Readonly<Record<string, string>>,
  ): Promise<string>;
}

/** No system or personal configuration, one fixed identity, plain C messages, and no prompt. */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: processEnv["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "GitHub",
    GIT_AUTHOR_EMAIL: "noreply@github.com",
    GIT_COMMITTER_NAME: "GitHub",
    GIT_COMMITTER_EMAIL: "noreply@github.com",
    ...extra,
  };
}

/** Runs one git process to its end, or kills it after 30 s. */
function runGit(
  args: readonly string[],
  input: string | Buffer = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { env: cleanEnv(env), timeout: TIMEOUT, killSignal: "SIGKILL" });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // git may end without reading all of its input; its exit code tells the rest.
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? -1, out: Buffer.concat(out), err: Buffer.concat(err).toString("utf8") });
    });
    child.stdin.end(input);
  });
}

function gitAt(dir: string): Git {
  const attempt: Git["attempt"] = (args, input, env) => runGit(["--git-dir", dir, ...args], input, env);
  return {
    dir,
    attempt,
    run: async (args, input, env) => {
      const { code, out, err } = await attempt(args, input, env);
      if (code !== 0) throw new Error(`git ${args.join(" ")} exited with ${code}: ${err.trim()}`);
      return out.toString("utf8").trimEnd();
    },
  };
}

// GitHub refuses pushes to refs/pull; refs/sandbox (scratch, branches of forks) is never shown.
const CONFIG = `[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	fsckObjects = true
	autogc = false
	hideRefs = refs/pull
[transfer]
	hideRefs = refs/sandbox
[gc]
	auto = 0
`;

/** Makes the bare repository with the settings that GitHub's own server has. */
export async function initBare(dir: string, defaultBranch: string): Promise<Git> {
  const ran = await runGit([
    "init",
    "--quiet",
    "--bare",
    "--template=",
    `--initial-branch=${defaultBranch}`,
    dir,
  ]);
  if (ran.code !== 0) throw new Error(`git init exited with ${ran.code}: ${ran.err.trim()}`);
  await appendFile(join(dir, "config"), CONFIG);
  return gitAt(dir);
}

/** Is every commit of `ancestor` in the history of `descendant`? */
export async function isAncestor(git: Git, ancestor: string, descendant: string): Promise<boolean> {
  const { code, err } = await git.attempt(["merge-base", "--is-ancestor", ancestor, descendant]);
  if (code > 1) throw new Error(`git merge-base exited with ${code}: ${err.trim()}`);
  return code === 0;
}
