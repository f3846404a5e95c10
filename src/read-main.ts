// What does the default branch say, and can it be believed? (fetched, complete, and grown out of what was seen before)
import type { Context } from "./context.ts";
import type { MainView } from "./core/snapshot.ts";
import { Problem } from "./core/problem.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { rulebooks, type Rulebooks } from "./rulebook.ts";
import { reasonOf } from "./session.ts";

export interface Main {
  readonly view: MainView | undefined;
  readonly branch: string;
  readonly books: Rulebooks;
  readonly unread: string | undefined;
}

/** For a sweep, which must not stop for anything that is wrong with main. */
export function unreadMain(problem: unknown): Main {
  return {
    view: undefined,
    branch: "",
    books: { at: () => Promise.reject(new Problem("unavailable", reasonOf(problem), "see above")) },
    unread: reasonOf(problem),
  };
}

/** Why main cannot be believed: it no longer contains what was processed before. */
export async function rewriting(
  context: Context,
  { view }: Main,
  { tip }: LedgerState,
  acceptMain: string | undefined,
): Promise<string | undefined> {
  if (!view || tip.main === undefined || tip.main === view.commit || acceptMain === view.commit)
    return undefined;
  if (await context.repo.isAncestor(tip.main, view.commit)) return undefined;
  return `it was rewritten, and no longer contains ${tip.main.slice(0, 12)}`;
}

/** Reads it completely or says why not; throws only what nobody foresaw. */
export async function readMain(context: Context): Promise<Main> {
  const books = rulebooks(context);
  const { repo } = context;
  const unread = await unreachable(context);
  const branch = await repo.defaultBranch();
  const commit = unread === undefined ? await repo.remoteTip(branch) : undefined;
  if (commit === undefined) return { view: undefined, branch, books, unread };
  const entries = await repo.tree(commit, "requests");
  const files = new Map(entries.map((e) => [e.path, e]));
  return { view: { commit, files, rules: await books.at(commit) }, branch, books, unread };
}

/** Why the remote could not be fetched. Ending access goes on all the same, from what was fetched last. */
async function unreachable({ repo }: Context): Promise<string | undefined> {
  try {
    return (await repo.fetch()) ? undefined : "the remote could not be reached";
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
    throw problem;
  }
}
