// What is in the object store? (trees, blobs and raw differences, read by id; a checkout is never trusted)
import { Problem } from "../core/problem.ts";
import { objects } from "./batch.ts";
import { EMPTY_TREE, isOid, oid } from "./names.ts";
import { run, type Git } from "./process.ts";
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
  let entries = [await entryAt(git, commit, under)].filter((entry) => entry !== undefined);
  for (let folders = entries.filter(isFolder); folders.length > 0; folders = entries.filter(isFolder)) {
    const inside = new Map((await contents(git, folders)).map((list, i) => [folders[i], list]));
    entries = entries.flatMap((entry) => inside.get(entry) ?? [entry]);
  }
  return entries;
}

/** What a commit has at a path; the empty path is its root. A commit that cannot be read is a Problem, not "absent". */
export async function entryAt(git: Git, commit: string, path: string): Promise<TreeEntry | undefined> {
  let found: TreeEntry | undefined = { mode: FOLDER, oid: await rootOf(git, commit), path: "" };
  for (const step of path.split("/").filter((part) => part !== "")) {
    if (!isFolder(found)) return undefined;
    const [list = []] = await contents(git, [found]);
    const wanted: string = inFolder(found.path, step);
    found = list.find((entry) => entry.path === wanted);
    if (found === undefined) return undefined;
  }
  return found;
}

/** What is right below a root, folders as one entry each. */
export async function top(git: Git, commit: string): Promise<readonly TreeEntry[]> {
  const root = { mode: FOLDER, oid: await rootOf(git, commit), path: "" };
  return (await contents(git, [root])).flat();
}

/** Is this commit in the clone? */
export async function hasCommit(git: Git, commit: string): Promise<boolean> {
  return (await run(git, ["cat-file", "-e", `${oid(commit)}^{commit}`], { ok: [0, 1, 128] })).code === 0;
}

async function rootOf(git: Git, commit: string): Promise<string> {
  let root: string | undefined;
  for await (const object of objects(git, [`${oid(commit)}^{tree}`])) root = object?.oid;
  if (root !== undefined) return root;
  throw new Problem("misconfigured", `git has no commit ${commit}`, "fetch again, or run `git fsck`");
}

const FOLDER = "040000";

function isFolder({ mode }: TreeEntry): boolean {
  return mode === FOLDER;
}

function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** What is directly inside each of these folders. A folder that git does not have is a Problem. */
export async function contents(
  git: Git,
  folders: readonly TreeEntry[],
): Promise<readonly (readonly TreeEntry[])[]> {
  const lists: TreeEntry[][] = [];
  const names = folders.map((folder) => folder.oid);
  for await (const object of objects(git, names)) {
    const folder = folders[lists.length];
    if (object?.type !== "tree" || folder === undefined)
      throw new Problem("misconfigured", "git lacks a folder of a commit", "fetch again, or run `git fsck`");
    lists.push(entriesIn(object.data, folder.path));
  }
  return lists;
}

/** A tree object: mode, space, name, NUL and twenty bytes of id for each entry. */
function entriesIn(data: Buffer, folder: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(" ", at);
    const end = data.indexOf(0, space);
    const next = end + 21;
    if (space < 0 || end < 0 || next > data.length)
      throw new Problem("misconfigured", "git's tree object is not readable", "run `git fsck`");
    const mode = data.toString("latin1", at, space).padStart(6, "0");
    const path = inFolder(folder, data.toString("utf8", space + 1, end));
    entries.push({ mode, oid: data.toString("hex", end + 1, next), path });
    at = next;
  }
  return entries;
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

/** Id at `commit:path`; the empty path is the root tree. */
export async function oidAt(git: Git, commit: string, path: string): Promise<string | undefined> {
  return (await entryAt(git, commit, path))?.oid;
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
