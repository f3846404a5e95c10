// A bare repository as the remote, clones of it, and git by hand: for tests of what we do to git.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitEnvironment } from "../../src/repo/environment.ts";

const run = promisify(execFile);
const WHO = { GIT_AUTHOR_NAME: "T", GIT_AUTHOR_EMAIL: "t@lapse.invalid" };
const env = {
  ...gitEnvironment({ PATH: process.env["PATH"] }),
  ...WHO,
  GIT_COMMITTER_NAME: "T",
  GIT_COMMITTER_EMAIL: "t@lapse.invalid",
  GIT_LITERAL_PATHSPECS: "0",
};

export interface Playground {
  readonly dir: string;
  /** Path of the bare remote, whose default branch is `main`. */
  readonly remote: string;
  /** A new clone of the remote; `--depth=1` and the like make it shallow. */
  clone(...options: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function playground(): Promise<Playground> {
  const dir = await mkdtemp(join(tmpdir(), "lapse-git-"));
  const remote = join(dir, "acme", "access.git");
  await git(dir, "init", "-q", "--bare", "-b", "main", remote);
  await git(remote, "config", "receive.autogc", "false");
  let clones = 0;
  return {
    dir,
    remote,
    clone: async (...options) => {
      const path = join(dir, `clone-${(clones += 1)}`);
      await git(dir, "clone", "-q", ...options, `file://${remote}`, path);
      return path;
    },
    remove: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** git by hand; trimmed output, or the error. */
export async function git(dir: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run("git", args, { cwd: dir, env, timeout: 20_000, maxBuffer: 2 ** 26 });
  return stdout.trim();
}

/** git with something to read. */
export async function feed(dir: string, input: string | Buffer, ...args: readonly string[]): Promise<string> {
  const running = run("git", args, { cwd: dir, env, timeout: 20_000 });
  running.child.stdin?.end(input);
  return (await running).stdout.trim();
}

/** Commits a tree on top of parents, with these files, and nothing else changed. Returns its id. */
export async function commitFiles(
  dir: string,
  parents: readonly string[],
  files: Readonly<Record<string, string | null>>,
  message = "change",
): Promise<string> {
  const index = { ...env, GIT_INDEX_FILE: join(dir, `.index-${Math.random().toString(36).slice(2)}`) };
  const plumb = async (...args: readonly string[]) =>
    (await run("git", args, { cwd: dir, env: index, timeout: 20_000 })).stdout.trim();
  if (parents[0] !== undefined) await plumb("read-tree", parents[0]);
  for (const [path, content] of Object.entries(files)) {
    if (content === null) await plumb("rm", "--cached", "-q", "--", path);
    else {
      const blob = await feed(dir, content, "hash-object", "-w", "--stdin");
      await plumb("update-index", "--add", "--cacheinfo", `100644,${blob},${path}`);
    }
  }
  const tree = await plumb("write-tree");
  const over = parents.flatMap((parent) => ["-p", parent]);
  const commit = await plumb("commit-tree", tree, ...over, "-m", message);
  await rm(index.GIT_INDEX_FILE, { force: true });
  return commit;
}
