// How is a pull request merged?
import type { Files } from "./commits.ts";
import { mergeCommit } from "./merges.ts";
import { markMerged, moveRef } from "./refs.ts";
import type { Account, MergeMethod } from "./state.ts";
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
  await moveRef(world, { actor: by.id, ref, after: commit, at, merge: true });
  return commit;
}
