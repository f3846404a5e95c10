// How is what happened remembered? (the ledger port: types only)
import type { Draft, Entry, LiveGrant, OpenReview, Tip } from "../core/entry.ts";
import type { Finding, Instant } from "../core/model.ts";

export interface LedgerState {
  readonly tip: Tip;
  readonly live: readonly LiveGrant[];
  /** Break-glass reviews that are owed. */
  readonly reviews: readonly OpenReview[];
  /** Commit of the ledger branch; empty when the branch does not exist yet. */
  readonly commit: string;
  /** What is wrong with the ledger itself: rewritten, rebuilt, damaged. Access still ends by what is here. */
  readonly findings?: readonly Finding[];
  /** Receipts wait in this clone for a remote that could not be reached. */
  readonly waiting?: boolean;
}

export interface Stamp {
  readonly at: Instant;
  readonly run: string;
}

export type Appended =
  | { readonly is: "appended"; readonly entries: readonly Entry[]; readonly state: LedgerState }
  /** Somebody else appended first: re-read, re-decide, try again. Nothing was written. */
  | { readonly is: "lost-race" }
  /**
   * The remote could not be reached, refused us or was rewritten. What `record` was given was kept in the clone and
   * goes out with the next append; what `decide` was given was not, and nothing may be done on it.
   */
  | { readonly is: "kept"; readonly reason: string };

export interface Verified {
  /** Tip and checkpoint that were compared; the empty commit is the empty ledger. */
  readonly commit: string;
  readonly tip: Tip;
  readonly findings: readonly Finding[];
  /** Does some entry have the hash that was asked for? */
  readonly knows: boolean;
}

/** `restored`: the remote has what this clone remembers. `same`: it had it. `forked`: both have what the other lacks. */
export type Restored =
  | { readonly is: "restored" | "same"; readonly tip: string }
  | { readonly is: "forked"; readonly ours: string; readonly theirs: string };

export interface Ledger {
  /** Checkpoint at the last fetched tip, entries kept in this clone folded in. O(live). */
  read(): Promise<LedgerState>;
  /** The reviews of `read()` alone, without the open cases: what a check can afford to read. */
  owed(): Promise<readonly OpenReview[]>;
  /** Which of these ids were ever used. */
  used(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Entries written at or after an instant, oldest first; reads only those days' folders. */
  since(at: Instant): Promise<readonly Entry[]>;
  /** Every entry, in order, as raw lines: for the audit, which trusts nothing. */
  lines(): AsyncIterable<{ readonly path: string; readonly line: string }>;
  /** Reads every entry once: the chain, and the indexes against what it adds up to. `hash`: of an entry that should be there. */
  check(hash?: string): Promise<Verified>;
  /** Puts back what this clone remembers, where the remote's ledger was rolled back or deleted. Never forces. */
  restore(): Promise<Restored>;
  /** From now on this clone follows the remote's ledger at this commit, whatever it remembers. False when it is not there. */
  accept(commit: string): Promise<boolean>;
  /**
   * Decisions: succeeds only if the ledger's tip is still `expect`; acts may follow only after `appended`.
   */
  decide(drafts: readonly Draft[], stamp: Stamp, expect: LedgerState, main?: string): Promise<Appended>;
  /** Facts that have already happened: folded onto whatever tip there is, retried, or kept in the clone. */
  record(drafts: readonly Draft[], stamp: Stamp, main?: string): Promise<Appended>;
}
