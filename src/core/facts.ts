// What does the forge's server, and git, say happened? (types only; the raw material of evidence)
import type { Instant } from "./model.ts";

export interface User {
  readonly id: number;
  readonly login: string;
  /** `User`, `Bot`, `Mannequin`, `Organization`. */
  readonly type: string;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly mergedAt: Instant | null;
  readonly mergedBy: User | null;
  readonly createdAt: Instant;
  readonly author: User | null;
  readonly base: { readonly ref: string; readonly repository: number | null };
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repository: number | null;
    /** Whose repository it is: of a fork, somebody who can push to it. */
    readonly owner: User | null;
  };
  /** Before the merge this is a test commit: only meaningful when `merged`. */
  readonly mergeCommit: string | null;
}

export interface Review {
  readonly id: number;
  readonly user: User | null;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  readonly submittedAt: Instant | null;
  /** GitHub moves an approval's commit forward on force-push: necessary, never sufficient. */
  readonly commit: string | null;
  readonly body: string;
}

/** A server-observed change of a ref, from the repository's activity feed. */
export interface Activity {
  readonly id: number;
  readonly kind: string;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: Instant;
  readonly actor: User | null;
}

export interface TimelineEvent {
  readonly event: string;
  readonly at: Instant | null;
  readonly actor: User | null;
  /** Of `review_dismissed`: which review, and what it was before (`approved`, `changes_requested`). */
  readonly dismissed?: { readonly review: number; readonly was: string };
}

/** A comment on an issue, by the server's clock. Everybody with write access can edit it: then the times differ. */
export interface IssueComment {
  readonly id: number;
  readonly user: User | null;
  readonly body: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export type Permission = "admin" | "write" | "read" | "none";

export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
  readonly path: string;
}

/** One path of a raw diff; renames are never detected, so a rename is a D and an A. */
export interface Change {
  readonly status: "A" | "M" | "D" | "T";
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: string;
  readonly newOid: string;
  readonly path: string;
}

/** One step of main along first parents. `before` is empty for the root commit. */
export interface Step {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Change[];
}
