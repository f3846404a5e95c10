// What is everything that one run knows? (types only; gathered once, frozen, then judged)
import type { ReviewFacts } from "./break-glass.ts";
import type { Candidate, Rulebook } from "./evidence.ts";
import type { Draft, LiveGrant, Tip } from "./entry.ts";
import type { TreeEntry } from "./facts.ts";
import type { Held } from "./plan.ts";
import type { AccessRequest, ActiveGrant, Catalog, Finding, Instant } from "./model.ts";

/** What a target answered about one live assignment. */
export type Sight = "present" | "absent" | "foreign" | "drifted" | "pending" | "unknown";

/** All that ending access needs (P3): the ledger and the clock. Main makes early ends possible, and may be missing. */
export interface SweepView {
  readonly now: Instant;
  readonly live: readonly LiveGrant[];
  readonly main: MainView | undefined;
  /** Why main is missing. */
  readonly unread: string | undefined;
  /** Missing where main is. */
  readonly vouched?: VouchedRules | undefined;
}

/** The rules that somebody stands behind: only these say where a session is opened, and whom a gate lets in. */
export type VouchedRules = { readonly catalog: Catalog } | { readonly unread: string };

/** What became of the part of main that decides, see `core/guarded.ts`. */
export interface Changes {
  /** Why nothing is granted until somebody has approved it. */
  readonly frozen: string | undefined;
  readonly findings: readonly Finding[];
  /** For the ledger: who stands behind it, and what nobody stands behind. */
  readonly drafts: readonly Draft[];
}

/** Main as it was read completely; half-read is `undefined` above, never a shorter list. */
export interface MainView {
  readonly commit: string;
  /** Request files by path. */
  readonly files: ReadonlyMap<string, TreeEntry>;
  readonly rules: Rulebook;
}

export interface Snapshot extends SweepView {
  readonly tip: Tip;
  readonly candidates: readonly Candidate[];
  readonly history: readonly ActiveGrant[];
  /** Every break-glass review that the ledger says is owed. */
  readonly reviews: readonly ReviewFacts[];
  /** New files that share an id: which of them was meant cannot be known. */
  readonly twins: readonly Held[];
  /** Request files of scheduled grants that are due now, by id. */
  readonly starting: ReadonlyMap<string, AccessRequest>;
  /** By request id. */
  readonly sights: ReadonlyMap<string, Sight>;
  readonly unseen: readonly { readonly target: string; readonly reason: string }[];
  readonly violations: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Set when granting must stop, with the reason (stale heartbeat, main rewritten, an unapproved change). */
  readonly frozen: string | undefined;
  /** What the ledger is to say about main itself. */
  readonly aboutMain: readonly Draft[];
}
