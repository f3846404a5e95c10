// How does the simulated git read, change, compare and merge trees?
import { EMPTY_TREE, type Entry, type Objects } from "./objects.ts";

export interface Change {
  readonly path: string;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

const FOLDER = "40000";

/** The entry at a path; the empty path is the tree itself. */
export function at(objects: Objects, tree: string, path: string): Entry | undefined {
  let here: Entry | undefined = { mode: FOLDER, oid: tree };
  for (const name of path.split("/").filter((part) => part !== "")) {
    if (here?.mode !== FOLDER) return undefined;
    here = objects.inside(here.oid).get(name);
  }
  return here;
}

/** Have two trees the same at a path? What is equal further up is equal below. */
export function sameAt(objects: Objects, a: string, b: string, names: readonly string[]): boolean {
  let [x, y]: [string | undefined, string | undefined] = [a, b];
  for (const name of names) {
    if (x === y) return true;
    x = objects.inside(x ?? "").get(name)?.oid;
    y = objects.inside(y ?? "").get(name)?.oid;
  }
  return x === y;
}

/** Every file below a tree, in git's order. */
export function* files(objects: Objects, tree: string, under = ""): Generator<[string, Entry]> {
  for (const [name, entry] of objects.inside(tree)) {
    const path = under === "" ? name : `${under}/${name}`;
    if (entry.mode === FOLDER) yield* files(objects, entry.oid, path);
    else yield [path, entry];
  }
}

/** The tree with one path changed; a folder that becomes empty goes with its last file. */
export function withPath(objects: Objects, tree: string, path: string, entry: Entry | undefined): string {
  const slash = path.indexOf("/");
  const inside = new Map(objects.inside(tree));
  const name = slash < 0 ? path : path.slice(0, slash);
  const next = slash < 0 ? entry : below(objects, inside.get(name), path.slice(slash + 1), entry);
  if (next) inside.set(name, next);
  else inside.delete(name);
  return objects.folder(inside);
}

function below(
  objects: Objects,
  old: Entry | undefined,
  path: string,
  entry: Entry | undefined,
): Entry | undefined {
  const tree = old?.mode === FOLDER ? old.oid : EMPTY_TREE;
  const oid = withPath(objects, tree, path, entry);
  return oid === EMPTY_TREE ? undefined : { mode: FOLDER, oid };
}

/** What differs, file by file, in git's order. */
export function compare(objects: Objects, a: string, b: string): readonly Change[] {
  const changes: Change[] = [];
  collect(objects, a, b, "", changes);
  return changes.sort((x, y) => (x.path < y.path ? -1 : 1));
}

/** Looks only into what is not equal. */
function collect(objects: Objects, a: string, b: string, under: string, changes: Change[]): void {
  const [old, now] = [objects.inside(a), objects.inside(b)];
  for (const [name, before] of old) {
    const after = now.get(name);
    if (!same(before, after)) collectEntry(objects, under + name, before, after, changes);
  }
  for (const [name, after] of now)
    if (!old.has(name)) collectEntry(objects, under + name, undefined, after, changes);
}

function collectEntry(
  objects: Objects,
  path: string,
  before: Entry | undefined,
  after: Entry | undefined,
  changes: Change[],
): void {
  const folders = [folderOf(before), folderOf(after)] as const;
  if (folders[0] !== folders[1]) collect(objects, ...folders, `${path}/`, changes);
  const [old, now] = [plain(before), plain(after)];
  if (old ?? now) changes.push({ path, before: old, after: now });
}

function same(a: Entry | undefined, b: Entry | undefined): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

function folderOf(entry: Entry | undefined): string {
  return entry?.mode === FOLDER ? entry.oid : EMPTY_TREE;
}

function plain(entry: Entry | undefined): Entry | undefined {
  return entry?.mode === FOLDER ? undefined : entry;
}

/** The merged tree; undefined where both sides changed one path differently. */
export function merged(objects: Objects, base: string, ours: string, theirs: string): string | undefined {
  const mine = new Map([...compare(objects, base, ours)].map((one) => [one.path, one.after]));
  let tree = ours;
  for (const { path, after } of compare(objects, base, theirs)) {
    if (mine.has(path) && mine.get(path)?.oid !== after?.oid) return undefined;
    tree = withPath(objects, tree, path, after);
  }
  return tree;
}
