// What do we ask of git? (the repository port: types only; facts come from objects, never from a checkout)

import type { Change, Step, TreeEntry } from "../core/facts.ts";

export type { Change, Step, TreeEntry };

export interface NewCommit {
  readonly message: string;
  /** Content by path; `null` deletes. Anything else stays as in the parent. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly author: { readonly name: string; readonly email: string };
  /** RFC 3339; both author and committer date. */
  readonly date: string;
}

export interface Repo {
  /** Fetches main and the ledger branch. False when the remote could not be reached: the last fetched state stands. */
  fetch(): Promise<boolean>;
  /**
   * Fetches the ledger branch of another copy of this repository, at an address as git takes it or as the name of a
   * remote, and returns its tip; undefined where the copy has none. Our token never goes there. Throws a Problem when
   * it cannot be reached.
   */
  ledgerOf(address: string): Promise<string | undefined>;
  /** Name of the remote's default branch. */
  defaultBranch(): Promise<string>;
  /** Commit id that a remote branch had when last fetched. */
  remoteTip(branch: string): Promise<string | undefined>;
  /** What is right below the root of a commit or of a tree, folders as one entry each. */
  top(tree: string): Promise<readonly TreeEntry[]>;
  /** `git ls-tree -r -z` below a path, in git's order. */
  tree(commit: string, under: string): Promise<readonly TreeEntry[]>;
  /** Paths below a folder of the work tree, tracked or not, without what .gitignore leaves out. */
  worktreeFiles(under: string): Promise<readonly string[]>;
  /** Object id of a path at a commit (`commit:path`). */
  oidAt(commit: string, path: string): Promise<string | undefined>;
  /** Contents by object id, all in one process. Missing objects are a Problem. */
  blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** First-parent steps of `after` that are not in `before`'s history, oldest first. Deepens a shallow clone as needed. */
  steps(before: string | undefined, after: string): Promise<readonly Step[]>;
  /** The first-parent step of `tip` that put the current content at `path`. */
  lastStep(tip: string, path: string): Promise<Step | undefined>;
  /** Raw diff between two commits; the empty string is the empty tree. */
  diff(before: string, after: string): Promise<readonly Change[]>;
  /** The tree that git makes of merging `theirs`, fetched if need be, into `ours`; undefined where it cannot. */
  mergedTree(ours: string, theirs: string): Promise<string | undefined>;
  /** Where two histories last met; undefined when they never did. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Builds commits on top of `base` without touching the work tree, and returns the last one's id. */
  commit(base: string, commits: readonly NewCommit[]): Promise<string>;
  /**
   * Pushes a commit to a branch. `replaces` is only for our own revert branch: the commit that may be thrown away.
   * False when the remote has moved on.
   */
  push(commit: string, branch: string, options?: { readonly replaces?: string }): Promise<boolean>;
  /** Trailers and bodies of first-parent commits `base..branch`, newest first. */
  messages(base: string, tip: string): Promise<readonly string[]>;
}
