// How is a pull request opened?
import { forkRef } from "./refs.ts";
import type { Account, PullRecord } from "./state.ts";
import { branchRef, nextNumber } from "./world.ts";
import type { World } from "./world.ts";

export interface OpenPull {
  readonly branch: string;
  readonly title: string;
  readonly body?: string;
  /** The default branch when absent. */
  readonly base?: string;
  /** The head is a branch of the author's fork (see `push`'s `fork`). */
  readonly headRepository?: "fork";
  readonly at?: number;
}

/** Opens a pull request as GitHub does; throws when a branch is missing. Call it inside of `exclusive`. */
export async function openPull(world: World, author: Account, wanted: OpenPull): Promise<PullRecord> {
  const state = world.store.now();
  const { refs } = state;
  const fork = wanted.headRepository === "fork" ? author.id : null;
  const head = refs.get(fork === null ? branchRef(wanted.branch) : forkRef(fork, wanted.branch));
  const baseRef = wanted.base ?? world.defaultBranch;
  const base = refs.get(branchRef(baseRef));
  if (head === undefined) throw new Error(`the sandbox has no branch "${wanted.branch}"`);
  if (base === undefined) throw new Error(`the sandbox has no branch "${baseRef}"`);
  const at = wanted.at ?? world.clock();
  const pull: PullRecord = {
    number: nextNumber(state),
    id: world.store.id(),
    title: wanted.title,
    body: wanted.body ?? null,
    author: author.id,
    state: "open",
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    base: { ref: baseRef, sha: base },
    head: { ref: wanted.branch, sha: head, fork },
    merged: null,
    test: null,
  };
  await world.git.run(["update-ref", `refs/pull/${pull.number}/head`, head]);
  world.store.write((state) => ({ pulls: [...state.pulls, pull] }));
  return pull;
}
