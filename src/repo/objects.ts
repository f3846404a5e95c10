// What is in the object store? (trees, blobs and raw differences, read by id; a checkout is never trusted)
import { Problem } from "../core/problem.ts";
import { EMPTY_TREE, isOid, oid } from "./names.ts";
import { run, stream, type Git } from "./process.ts";
import { changesOf } from "./raw.ts";
import type { Change, TreeEntry } from "./repo.ts";

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

/** Everything below a path as `git ls-tree -r` lists it; whatever it is (links and submodules too), in git's order. */
export async function tree(git: Git, commit: string, under: string): Promise<readonly TreeEntry[]> {
  const found = await entryAt(git, commit, under);
  if (found === undefined) return [];
  return found.mode === TREE ? below(git, found) : [found];
}

/** What a commit has at a path; the empty path is its root. A commit that cannot be read is a Problem. */
async function entryAt(git: Git, commit: string, path: string): Promise<TreeEntry | undefined> {
  const [root] = await folders(git, [`${oid(commit)}^{tree}`]);
  if (root === undefined)
    throw new Problem("misconfigured", `git has no commit ${commit}`, "fetch again, or run `git fsck`");
  let found: TreeEntry | undefined = { mode: TREE, oid: root.oid, path: "" };
  for (const step of path.split("/").filter((part) => part !== "")) {
    if (found.mode !== TREE) return undefined;
    const [folder] = await folders(git, [found.oid]);
    const at: string = found.path === "" ? step : `${found.path}/${step}`;
    found = folder && entriesIn(folder.data, found.path).find((entry) => entry.path === at);
    if (found === undefined) return undefined;
  }
  return found;
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
