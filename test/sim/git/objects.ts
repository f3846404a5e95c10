// Where does the simulated git keep what it knows? (blobs, trees and commits by their real ids, in memory)
import { createHash } from "node:crypto";

export interface GitObject {
  readonly oid: string;
  readonly type: "blob" | "tree" | "commit";
  readonly data: Buffer;
}

export interface Entry {
  readonly mode: string;
  readonly oid: string;
}

export interface Commit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** Longest way to a root: no ancestor has a higher one. */
  readonly depth: number;
  readonly message: string;
  readonly index: number;
  /** One bit for each commit by its index: itself and all that it grew out of. */
  readonly past: Uint32Array;
}

export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Entries by name, not sorted. */
export type Folder = ReadonlyMap<string, Entry>;

/** Objects are shared by all clones, as nobody can name what they were never told of. */
export class Objects {
  readonly #all = new Map<string, GitObject>();
  /** Which commit last touched a path, by `path commit`. */
  readonly touched = new Map<string, string>();
  readonly #folders = new Map<string, Folder>();
  readonly #commits = new Map<string, Commit>();

  constructor() {
    this.folder(new Map());
  }

  get(oid: string): GitObject | undefined {
    return this.#all.get(oid);
  }

  put(type: GitObject["type"], data: Buffer): string {
    const hash = createHash("sha1").update(`${type} ${data.length}\0`).update(data);
    const oid = hash.digest("hex");
    if (!this.#all.has(oid)) this.#all.set(oid, { oid, type, data });
    return oid;
  }

  blob(content: string | Buffer): string {
    return this.put("blob", Buffer.from(content));
  }

  /** Writes a folder in git's order: as if the names of folders ended in a slash. */
  folder(entries: Folder): string {
    const key = ([name, { mode }]: [string, Entry]): string => (mode === "40000" ? `${name}/` : name);
    const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(key(a)), Buffer.from(key(b))));
    const parts = sorted.flatMap(([name, { mode, oid }]) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(oid, "hex"),
    ]);
    const oid = this.put("tree", Buffer.concat(parts));
    this.#folders.set(oid, new Map(sorted));
    return oid;
  }

  /** What is in a folder, in git's order; nothing for what is no folder. */
  inside(oid: string): Folder {
    return this.#folders.get(oid) ?? new Map<string, Entry>();
  }

  commit(tree: string, parents: readonly string[], who: readonly [string, string], message: string): string {
    const [author, committer] = who;
    const lines = [`tree ${tree}`, ...parents.map((one) => `parent ${one}`), `author ${author}`];
    const text = [...lines, `committer ${committer}`, "", message].join("\n");
    const oid = this.put("commit", Buffer.from(text));
    if (this.#commits.has(oid)) return oid;
    const depth = 1 + Math.max(0, ...parents.map((one) => this.known(one).depth));
    const index = this.#commits.size;
    const past = pastOf(
      index,
      parents.map((one) => this.known(one).past),
    );
    this.#commits.set(oid, { oid, tree, parents, depth, message, index, past });
    return oid;
  }

  find(oid: string): Commit | undefined {
    return this.#commits.get(oid);
  }

  known(oid: string): Commit {
    const found = this.#commits.get(oid);
    if (!found) throw new Error(`the simulated git has no commit ${oid}`);
    return found;
  }
}

function pastOf(index: number, parents: readonly Uint32Array[]): Uint32Array {
  const past = new Uint32Array((index >> 5) + 1);
  for (const parent of parents) for (const [i, word] of parent.entries()) past[i] = (past[i] ?? 0) | word;
  past[index >> 5] = (past[index >> 5] ?? 0) | (1 << (index & 31));
  return past;
}
