// How do we reach the repository? (the Repo port on a git clone; wires the files of this folder together)
import { gitEnvironment } from "./environment.ts";
import { isAncestor, lastStep, mergeBase, mergedTree, messages, steps, type Past } from "./history.ts";
import { oid } from "./names.ts";
import { blobs, diff, hasCommit, oidAt, top, tree, worktreeFiles } from "./objects.ts";
import type { Git } from "./process.ts";
import { addressOf, type Clone } from "./network.ts";
import { branchOf } from "./copy.ts";
import { fetchCommit, pushCommit } from "./remote.ts";
import type { Repo } from "./repo.ts";
import { deepen, defaultBranch, fetchAll, fetchOne, tip } from "./tracking.ts";
import { build } from "./write.ts";

export interface GitRepoOptions {
  /** Any directory of the clone, bare or not. */
  readonly dir: string;
  readonly remote?: string;
  readonly ledgerBranch?: string;
  /** Bound on each git process, in milliseconds. */
  readonly timeout?: number;
  /** What git inherits: PATH, HOME, proxies, credentials. Without it git sees no user configuration at all. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Token for an HTTPS remote. */
  readonly token?: string;
}

/** A Repo with what the ledger needs on top: plumbing in the same clone. */
export interface GitRepo extends Repo {
  readonly git: Git;
  readonly remote: string;
  readonly ledgerBranch: string;
  /** Fetches one branch, which may not exist. False when the remote could not be reached. */
  fetchBranch(branch: string): Promise<boolean>;
  /** `owner/name`, the end of the remote's address; undefined where it has no such end. */
  remoteName(): Promise<string | undefined>;
}

/** Opens a clone. Nothing is read or written before the first call. */
export function gitRepo(options: GitRepoOptions): GitRepo {
  const {
    dir,
    remote = "origin",
    ledgerBranch = "lapse/ledger",
    timeout = 120_000,
    env = {},
    token,
  } = options;
  const git: Git = { dir, env: gitEnvironment(env), timeout };
  const clone: Clone = { git, remote, ...(token !== undefined && { token }) };
  const past: Past = { git, deepen: (reaching, commits) => deepen(clone, ledgerBranch, reaching, commits) };
  return {
    git,
    remote,
    ledgerBranch,
    fetch: () => fetchAll(clone, ledgerBranch),
    fetchBranch: (branch) => fetchOne(clone, branch),
    ledgerOf: (address) => branchOf(git, address, ledgerBranch),
    remoteName: async () => /([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(await addressOf(clone))?.[1],
    defaultBranch: () => defaultBranch(clone),
    remoteTip: (branch) => tip(clone, branch),
    top: (id) => top(git, id),
    tree: (commit, under) => tree(git, commit, under),
    worktreeFiles: (under) => worktreeFiles(git, under),
    oidAt: (commit, path) => oidAt(git, commit, path),
    blobs: (oids) => blobs(git, oids),
    steps: (before, after) => steps(past, before, after),
    lastStep: (commit, path) => lastStep(past, commit, path),
    diff: (before, after) => diff(git, before, after),
    mergedTree: (ours, theirs) => mergedWith(past, clone, ours, theirs),
    mergeBase: (a, b) => mergeBase(past, a, b),
    isAncestor: (ancestor, descendant) => isAncestor(past, ancestor, descendant),
    commit: (base, commits) => build(git, oid(base), commits),
    push: (commit, branch, options) => pushCommit(clone, commit, branch, options?.replaces),
    messages: (base, commit) => messages(git, base, commit),
  };
}

/** The pull request's head may be known to the server alone. */
async function mergedWith(
  past: Past,
  clone: Clone,
  ours: string,
  theirs: string,
): Promise<string | undefined> {
  if (!(await hasCommit(clone.git, theirs))) await fetchCommit(clone, theirs);
  return mergedTree(past, ours, theirs);
}
