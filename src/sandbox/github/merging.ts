// How is a pull request merged?
import type { Files } from "./commits.ts";
import { mergeCommit } from "./merges.ts";
import type { MergePlan } from "./merges.ts";
import { markMerged, moveRef } from "./refs.ts";
import type { Account, MergeMethod, PullRecord } from "./state.ts";
import { branchRef, knownPull } from "./world.ts";
import type { World } from "./world.ts";

export interface MergeOptions {
  /** `merge` when absent. */
  readonly method?: MergeMethod;
  /** Puts changes into the result that no commit of the pull request has. */
  readonly alter?: Files;
  readonly at?: number;
  readonly title?: string;
  readonly message?: string;
}

/** Merges and returns the new tip of the base; undefined on a conflict. Call it inside of `exclusive`. */
export async function mergePull(
  world: World,
  by: Account,
  number: number,
  { method = "merge", at = world.clock(), ...options }: MergeOptions,
): Promise<string | undefined> {
  const state = world.store.now();
  const pull = knownPull(state, number);
  const ref = branchRef(pull.base.ref);
  const base = state.refs.get(ref);
  if (pull.state !== "open" || base === undefined) return undefined;
  const who = { name: by.login, email: by.email };
  const commit = await mergeCommit(world, { pull, base, method, by: who, at, ...options });
  if (commit === undefined) return undefined;
  markMerged(world, number, { at, by: by.id, commit });
  await moveRef(world, { actor: by.id, ref, after: commit, at, merge: "pr_merge" });
  return commit;
}

/** Commits of a group, one pull request on top of the other; undefined when one of them conflicts. */
async function stacked(
  world: World,
  pulls: readonly PullRecord[],
  plan: Pick<MergePlan, "base" | "by" | "method" | "at">,
): Promise<ReadonlyMap<number, string> | undefined> {
  const commits = new Map<number, string>();
  let { base } = plan;
  for (const pull of pulls) {
    const commit = await mergeCommit(world, { ...plan, pull, base });
    if (commit === undefined) return undefined;
    commits.set(pull.number, commit);
    base = commit;
  }
  return commits;
}

/**
 * What a merge queue does with a group: each pull request becomes commits of its own on top of the ones before, and one
 * push lands them all on the default branch. Returns the new tip; undefined on a conflict. Call it inside of `exclusive`.
 */
export async function mergeGroup(
  world: World,
  by: Account,
  numbers: readonly number[],
  { method = "merge", at = world.clock() }: Pick<MergeOptions, "method" | "at">,
): Promise<string | undefined> {
  const state = world.store.now();
  const ref = branchRef(world.defaultBranch);
  const base = state.refs.get(ref);
  if (base === undefined) return undefined;
  const who = { name: by.login, email: by.email };
  const pulls = numbers.map((number) => knownPull(state, number));
  const commits = await stacked(world, pulls, { base, by: who, method, at });
  if (commits === undefined) return undefined;
  const after = [...commits.values()].at(-1) ?? base;
  for (const [number, commit] of commits) markMerged(world, number, { at, by: by.id, commit });
  await moveRef(world, { actor: by.id, ref, after, at, merge: "merge_queue_merge" });
  return after;
}
