// What is in the object store? (trees, blobs and raw differences, read by id; a checkout is never trusted)
import { Problem } from "../core/problem.ts";
import { EMPTY_TREE, isOid, oid } from "./names.ts";
import { run, stream, type Git } from "./process.ts";
import { changesOf } from "./raw.ts";
import type { Change, TreeEntry } from "./repo.ts";

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly data: Buffer;
}

/**
 * Objects by name, in order, all from one `git cat-file --batch`; `undefined` where there is none. A name is an id, or
 * an id, a colon and a path without line breaks.
 */
export async function* objects(git: Git, names: readonly string[]): AsyncGenerator<GitObject | undefined> {
  if (names.length === 0) return;
  const input = names.map((name) => `${name}\n`).join("");
  const bytes = reader(stream(git, ["cat-file", "--batch", "--buffer"], { input }));
  for (const name of names) {
    const header = await bytes.line();
    const found = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(header);
    if (found) {
      const [, id = "", type = "", size = ""] = found;
      const data = await bytes.take(Number(size) + 1);
      yield { oid: id, type, data: data.subarray(0, -1) };
    } else if (header === `${name} missing`) yield undefined;
    else throw new Problem("misconfigured", `git cat-file answered ${header.slice(0, 80)}`, "run `git fsck`");
  }
  await bytes.end();
}

/** Contents by id. A missing object, or one that is not a blob, is a Problem. */
export async function blobs(git: Git, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const wanted = [...new Set(ids)].map(oid);
  const found = new Map<string, Uint8Array>();
  for await (const object of objects(git, wanted)) {
    if (object?.type === "blob") found.set(object.oid, object.data);
  }
  const lost = wanted.find((id) => !found.has(id));
  if (lost === undefined) return found;
  throw new Problem("misconfigured", `git has no file content ${lost}`, "fetch again, or run `git fsck`");
}

/** `git ls-tree -r -z` below a path; whatever the entries are (links and submodules too), in git's order. */
export async function tree(git: Git, commit: string, under: string): Promise<readonly TreeEntry[]> {
  const where = under === "" ? [] : ["--", under];
  const { out } = await run(git, ["ls-tree", "-r", "-z", "--full-tree", oid(commit), ...where]);
  return entriesOf(out);
}

/** Paths below a folder of the work tree, tracked or not, that exist and are not ignored; sorted. */
export async function worktreeFiles(git: Git, under: string): Promise<readonly string[]> {
  const kinds = ["--cached", "--others", "--deleted", "--exclude-standard"];
  const { out } = await run(git, ["ls-files", "-z", "-t", ...kinds, "--", under === "" ? "." : under]);
  const lines = out.split("\0").filter((line) => line !== "");
  const deleted = new Set(lines.filter((line) => line.startsWith("R ")).map((line) => line.slice(2)));
  const there = new Set(lines.map((line) => line.slice(2)).filter((path) => !deleted.has(path)));
  return [...there].sort();
}

/** Id at `commit:path`; the empty path is the root tree. A commit that cannot be read is a Problem, not "absent". */
export async function oidAt(git: Git, commit: string, path: string): Promise<string | undefined> {
  if (path === "") return (await run(git, ["rev-parse", "--verify", `${oid(commit)}^{tree}`])).out.trim();
  const { out } = await run(git, ["ls-tree", "-z", "--full-tree", oid(commit), "--", path]);
  return entriesOf(out).find((entry) => entry.path === path)?.oid;
}

/** Raw difference between two commits; the empty string is the empty tree. */
export async function diff(git: Git, before: string, after: string): Promise<readonly Change[]> {
  const ends = [before, after].map((end) => (end === "" ? EMPTY_TREE : oid(end)));
  const { out } = await run(git, ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", ...ends]);
  return changesOf(out.split("\0"));
}

/** Entries of a `ls-tree -z` answer. */
export function entriesOf(out: string): readonly TreeEntry[] {
  return out
    .split("\0")
    .slice(0, -1)
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", , id = ""] = line.slice(0, tab).split(" ");
      if (tab < 0 || !isOid(id))
        throw new Problem("misconfigured", "git ls-tree is not readable", "update git");
      return { mode, oid: id, path: line.slice(tab + 1) };
    });
}

/** Takes lines and byte counts off a stream, joining chunks only once per value. */
function reader(source: AsyncGenerator<Buffer, number>) {
  let pending: Buffer = Buffer.alloc(0);
  const more = async (atLeast: number): Promise<void> => {
    const chunks = [pending];
    let size = pending.length;
    while (size < atLeast) {
      const next = await source.next();
      if (next.done === true)
        throw new Problem("misconfigured", "git cat-file stopped early", "run `git fsck`");
      chunks.push(next.value);
      size += next.value.length;
    }
    pending = Buffer.concat(chunks);
  };
  const take = async (count: number): Promise<Buffer> => {
    if (pending.length < count) await more(count);
    const taken = pending.subarray(0, count);
    pending = pending.subarray(count);
    return taken;
  };
  const line = async (): Promise<string> => {
    let at = pending.indexOf(10);
    while (at < 0) {
      await more(pending.length + 1);
      at = pending.indexOf(10);
    }
    return (await take(at + 1)).subarray(0, -1).toString();
  };
  /** Lets git exit and checks how; whatever it still says is an error. */
  const end = async (): Promise<void> => {
    const next = await source.next();
    if (next.done !== true)
      throw new Problem("misconfigured", "git cat-file said too much", "run `git fsck`");
  };
  return { take, line, end };
}
