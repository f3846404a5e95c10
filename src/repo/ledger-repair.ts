// How does a ledger come back that was rolled back or rewritten? (nothing is forced; a person decides between two truths)
import { Problem } from "../core/problem.ts";
import type { GitRepo } from "./git.ts";
import { containsLocally } from "./history.ts";
import { accept, tips, type Store } from "./ledger-base.ts";
import { committedAt } from "./ledger-state.ts";
import type { Restored } from "./ledger.ts";

/** A push that adds to the branch, or to nothing: git itself refuses everything else. */
export async function restore({ repo }: Store): Promise<Restored> {
  const { seen, fetched } = await tips(repo);
  if (seen === undefined)
    throw new Problem("misconfigured", "this clone remembers no ledger", "use a clone that read it before");
  if (seen === fetched) return { is: "same", tip: seen };
  if (fetched === undefined) return pushed(repo, seen, "");
  if (await containsLocally(repo.git, seen, fetched)) return { is: "same", tip: fetched };
  const adds = await repo.isAncestor(fetched, seen);
  return adds ? pushed(repo, seen, fetched) : { is: "forked", ours: seen, theirs: fetched };
}

async function pushed(repo: GitRepo, ours: string, theirs: string): Promise<Restored> {
  const done = await repo.push(ours, repo.ledgerBranch);
  return done ? { is: "restored", tip: ours } : { is: "forked", ours, theirs };
}

/** Whoever vouches names the commit, so that nothing else can slip in. */
export async function acceptRemote(store: Store, commit: string): Promise<boolean> {
  const { fetched } = await tips(store.repo);
  if (fetched === undefined || fetched !== commit) return false;
  await accept(store, await committedAt(store.repo.git, commit));
  return true;
}
