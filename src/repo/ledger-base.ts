// Which ledger do we stand on? (the last fetched one, if it continues the one that this clone has seen)
import type { Entry } from "../core/entry.ts";
import { nextTip, sealAll } from "../core/chain.ts";
import { error } from "../core/finding.ts";
import { foldReviews } from "../core/fold-reviews.ts";
import { fold } from "../core/fold.ts";
import type { Finding } from "../core/model.ts";
import { Problem } from "../core/problem.ts";
import type { GitRepo } from "./git.ts";
import { containsLocally } from "./history.ts";
import { committedAt, sha256, type Committed } from "./ledger-state.ts";
import type { LedgerState } from "./ledger.ts";
import type { Kept, Outbox } from "./outbox.ts";
import { run } from "./process.ts";

/** What every part of the ledger works with; `cache` is the last state that was read or written. */
export interface Store {
  readonly repo: GitRepo;
  readonly outbox: Outbox;
  readonly cache: { last: Committed | undefined };
}

/** The ledger at its accepted tip, and the receipts of this clone that are not in it. */
export interface Standing {
  readonly base: Committed;
  readonly due: readonly Kept[];
  /** Set when the remote's ledger does not continue ours: nothing may be appended. */
  readonly rewritten?: Finding;
  readonly findings: readonly Finding[];
}

/** The last tip that was seen to continue all tips before it. Outside of refs/remotes, so that no fetch moves it. */
const SEEN = "refs/lapse/ledger";

export async function standing(store: Store): Promise<Standing> {
  const { commit, isNew, rewritten } = await accepted(store);
  const base = await committed(store, commit);
  if (rewritten) return { ...(await withPending(store, base, rewritten)), rewritten };
  if (isNew) await accept(store, base);
  return withPending(store, base);
}

/** Where the ledger ends that we stand on; nothing of it is read. */
export async function accepted(
  store: Store,
): Promise<{ readonly commit: string; readonly isNew: boolean; readonly rewritten?: Finding }> {
  const { seen, fetched } = await tips(store.repo);
  if (await continued(store, seen, fetched))
    return { commit: fetched ?? "", isNew: fetched !== undefined && fetched !== seen };
  return { commit: seen ?? "", isNew: false, rewritten: rewriting(seen ?? "", fetched) };
}

/** The tip that this clone remembers, and the remote's as last fetched. */
export async function tips({
  git,
  ledgerBranch,
  remote,
}: GitRepo): Promise<{ seen?: string; fetched?: string }> {
  const tracking = `refs/remotes/${remote}/${ledgerBranch}`;
  const { out } = await run(git, ["for-each-ref", "--format=%(refname) %(objectname)", SEEN, tracking]);
  const refs = new Map(out.split("\n").map((line) => line.split(" ") as [string, string]));
  const [seen, fetched] = [refs.get(SEEN), refs.get(tracking)];
  return { ...(seen !== undefined && { seen }), ...(fetched !== undefined && { fetched }) };
}

/** Remembers a tip that was fetched or pushed. */
export async function accept(store: Store, committed: Committed): Promise<void> {
  store.cache.last = committed;
  await run(store.repo.git, ["update-ref", SEEN, committed.commit]);
}

/** The state with the receipts that wait in this clone folded in; sequence and hash stay those of the commit. */
export function stateOf({ base, due, findings }: Omit<Standing, "rewritten">): LedgerState {
  const entries = dueEntries(base, due);
  const inOrder = <T extends { readonly request: string }>(open: ReadonlyMap<string, T>): T[] =>
    [...open.values()].sort((a, b) => (a.request < b.request ? -1 : 1));
  const main = due.reduce((last, kept) => kept.main ?? last, base.tip.main);
  const { seq, hash } = base.tip;
  const tip = { ...nextTip(base.tip, entries, hash, main), seq };
  return {
    tip,
    live: inOrder(fold(base.live, entries)),
    reviews: inOrder(foldReviews(base.reviews, entries)),
    commit: base.commit,
    ...(findings.length > 0 && { findings }),
    ...(due.length > 0 && { waiting: true }),
  };
}

/** What waits in this clone, as the entries that it will become. */
export function dueEntries(base: Committed, due: readonly Kept[]): readonly Entry[] {
  return sealAll(due, base.tip, sha256).entries;
}

async function committed(store: Store, commit: string): Promise<Committed> {
  const { last } = store.cache;
  if (last?.commit === commit) return last;
  const read = await committedAt(store.repo.git, commit);
  store.cache.last = read;
  return read;
}

/** Unknown counts as "no": a ledger that cannot be shown to continue ours is not followed. */
async function continued(
  store: Store,
  seen: string | undefined,
  fetched: string | undefined,
): Promise<boolean> {
  if (seen === undefined || seen === fetched) return true;
  if (fetched === undefined) return false;
  if (await containsLocally(store.repo.git, seen, fetched)) return true;
  return store.repo.isAncestor(seen, fetched).catch((problem: unknown) => {
    if (problem instanceof Problem) return false;
    throw problem;
  });
}

async function withPending(store: Store, base: Committed, ...more: readonly Finding[]): Promise<Standing> {
  const { kept, findings } = await store.outbox.read();
  const due: Kept[] = [];
  for (const one of kept) {
    if (await arrived(store.repo, one, base.commit)) await store.outbox.drop([one]);
    else due.push(one);
  }
  return { base, due, findings: [...base.findings, ...findings, ...more] };
}

async function arrived({ git }: GitRepo, { tried }: Kept, commit: string): Promise<boolean> {
  return tried !== undefined && commit !== "" && containsLocally(git, tried, commit);
}

function rewriting(seen: string, fetched: string | undefined): Finding {
  const now = fetched === undefined ? "is gone" : `is at ${fetched.slice(0, 12)}`;
  const message = `ledger was rewritten: the remote's branch ${now}, which does not contain ${seen.slice(0, 12)}`;
  return error(
    "LPS509",
    message,
    "`lapse ledger restore` puts back what this clone remembers; after an audit, `lapse ledger accept <commit>` follows the remote",
  );
}
