// What became of a run? (types only)
import type { Draft } from "./entry.ts";
import type { Finding, Instant } from "./model.ts";
import type { Action, Plan } from "./plan.ts";
import type { Sweep } from "./sweep.ts";

/** What became of one action, for the ledger and for people. */
export interface Outcome {
  readonly request: string;
  readonly target: string;
  readonly op: Action["op"];
  readonly ok: boolean;
  /** In words: the reason of a failure, or what is left over. */
  readonly notes: readonly string[];
  readonly drafts: readonly Draft[];
}

export interface Applied {
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  /** Set when what happened could not be written to the remote ledger, or a race was lost too often. */
  readonly unrecorded: string | undefined;
}

export interface Expired {
  readonly now: Instant;
  readonly sweep: Sweep;
  /** What is wrong with the ledger itself, as far as reading it shows. */
  readonly warnings: readonly Finding[];
  /** Targets that could not be listed: whether anything is left there is not known. */
  readonly unseen: Plan["unseen"];
  /** Husks and expired leftovers that were removed, in words. */
  readonly cleaned: readonly string[];
  /** Why the default branch could not be believed. */
  readonly unread: string | undefined;
  readonly outcomes: readonly Outcome[];
  readonly unrecorded: string | undefined;
}

export interface RevertPull {
  readonly number: number;
  readonly url: string;
  readonly requests: readonly string[];
  readonly change: "opened" | "updated" | "unchanged";
}
