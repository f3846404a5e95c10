// What does the sandbox GitHub remember? (types only; values are replaced, never changed, so the past stays readable)
import type { Settings } from "./settings.ts";

type AccountType = "User" | "Bot" | "Mannequin" | "Organization";
export type Access = "admin" | "write" | "read" | "none";
export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
export type MergeMethod = "merge" | "squash" | "rebase";

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: AccountType;
  readonly token: string;
  readonly permission: Access;
  /** Links commits to the account, as a verified address does. */
  readonly email: string;
  /** Shown as `null` from then on; the token stops working. */
  readonly deleted: boolean;
}

export interface Merged {
  readonly at: number;
  readonly by: number;
  readonly commit: string;
  /** `merge_commit_sha` is null for now. */
  readonly untold?: true;
}

export interface PullRecord {
  readonly number: number;
  readonly id: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: number;
  readonly state: "open" | "closed";
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly closedAt: number | null;
  readonly base: { readonly ref: string; readonly sha: string };
  /** `fork`: owner's account id when the head is in a fork, whose pushes our activity feed never shows. */
  readonly head: { readonly ref: string; readonly sha: string; readonly fork: number | null };
  readonly merged: Merged | null;
  /** Test merge of an open pull request, and the base and head it was made for. Computed late, like GitHub's. */
  readonly test: { readonly commit: string | null; readonly base: string; readonly head: string } | null;
}

export interface ReviewRecord {
  readonly id: number;
  readonly pull: number;
  readonly user: number;
  readonly state: ReviewState;
  readonly commit: string;
  readonly at: number;
  readonly body: string;
}

/** How a branch moves when pull requests are merged: one by one, or a queue's group of them in one push. */
export type MergeKind = "pr_merge" | "merge_queue_merge";
export type ActivityKind = "push" | "force_push" | "branch_creation" | "branch_deletion" | MergeKind;

export interface ActivityRecord {
  readonly id: number;
  readonly kind: ActivityKind;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: number;
  readonly actor: number;
}

export interface EventRecord {
  readonly id: number;
  readonly pull: number;
  readonly event: string;
  readonly actor: number;
  readonly at: number;
  readonly commit: string | null;
  /** The review that a `reviewed` or `review_dismissed` event is about. */
  readonly review?: number;
  /** What a dismissed review was before. */
  readonly was?: ReviewState;
}

export interface IssueRecord {
  readonly number: number;
  readonly id: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: number;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly closedAt: number | null;
  /** Its number stays used; whoever asks is told that it is gone. */
  readonly deleted: boolean;
}

export interface CommentRecord {
  readonly id: number;
  /** Number of the pull request or issue. */
  readonly pull: number;
  readonly user: number;
  readonly body: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface CheckRecord {
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly at: number;
  readonly app: number;
}

export interface State {
  readonly accounts: readonly Account[];
  /** Branches and what they point at, by full name. */
  readonly refs: ReadonlyMap<string, string>;
  readonly pulls: readonly PullRecord[];
  readonly issues: readonly IssueRecord[];
  readonly reviews: readonly ReviewRecord[];
  readonly activity: readonly ActivityRecord[];
  readonly events: readonly EventRecord[];
  readonly comments: readonly CommentRecord[];
  readonly checks: readonly CheckRecord[];
  readonly settings: Settings;
}
