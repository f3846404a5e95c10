// What must be known about how a request landed on main? (types; the server's facts, before any judgement)
import type { Activity, Change, Permission, Pull, Review, TimelineEvent, User } from "./facts.ts";
import type { AccessRequest, Catalog, Claim, Finding, Instant, Target } from "./model.ts";
import type { PolicySet } from "./policy.ts";
import type { SecondWay } from "./ways-out.ts";

/** One pull request with everything that bears on consent. Every list is complete. */
export interface PullFacts {
  readonly pull: Pull;
  readonly reviews: readonly Review[];
  readonly committers: readonly (User | null)[];
  readonly timeline: readonly TimelineEvent[];
  /** What the server saw happen to the head branch. */
  readonly headActivity: readonly Activity[];
  /** Blob id of the request's path at the pull request's head. */
  readonly headBlob: string | undefined;
  /** The same at each commit that a review names. */
  readonly reviewBlobs: ReadonlyMap<string, string | undefined>;
  readonly permissions: ReadonlyMap<number, Permission>;
}

/** Rules as they stood at one commit of main. */
export interface Rulebook {
  readonly catalog: Catalog;
  readonly policies: PolicySet;
  /** What the target's provider says against a claim, offline (reserved names, roles that defeat time limits). */
  readonly lint: (claim: Claim) => string | undefined;
  /** How access on a target ends if the sweep does not. */
  readonly secondWay: (target: Target) => SecondWay;
  /** A provider's schemas, for the scope that a request asks for. */
  readonly schemas: (provider: string) => { readonly scope: object } | undefined;
}

/** How the current content of one path came to main. */
export interface Landing {
  readonly defaultBranch: string;
  readonly repository: number;
  /** The push, as the server recorded it, that moved main over this content. */
  readonly push: Activity;
  /** Raw diff of the whole push, renames off. */
  readonly changes: readonly Change[];
  /** The pull requests that the forge associates with the push's commit. */
  readonly pulls: readonly PullFacts[];
  readonly atMerge: Rulebook;
  /** By review id: the rules when that review was submitted. */
  readonly atReview: ReadonlyMap<number, Rulebook>;
}

/** A request file on main whose id was never used. */
export interface Candidate {
  readonly path: string;
  readonly id: string;
  readonly blob: string;
  /** SHA-256 of the file's bytes, hex: what an approver of a critical request quotes. */
  readonly digest: string;
  readonly request: AccessRequest | undefined;
  readonly findings: readonly Finding[];
  /** Absent with a reason when it could not be read completely: then nothing is decided (P6). */
  readonly landing: Landing | { readonly unknown: string };
}

/** An approval that counts. */
export interface Vote {
  readonly person: string;
  readonly user: number;
  readonly review: number;
  readonly at: Instant;
  readonly commit: string;
}
