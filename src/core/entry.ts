// What does one line of the ledger say? (types only)
import type { Assignment, Claim, Instant, JsonObject, Window } from "./model.ts";

/** Ids and server facts that prove consent; free text stays out of the ledger. */
export interface EvidenceRecord {
  readonly pull: number;
  readonly author: number;
  readonly mergedBy: number | null;
  readonly openedAt: Instant;
  readonly mergedAt: Instant;
  readonly before: string;
  readonly after: string;
  readonly head: string;
  readonly approvals: readonly {
    readonly person: string;
    readonly user: number;
    readonly review: number;
    readonly at: Instant;
    readonly commit: string;
  }[];
  /** Git tree ids of `policies/` at the merge and when it was admitted. */
  readonly policyAtMerge: string;
  readonly policyNow: string;
}

/** One merge that changed what decides, and whose word stands behind it. */
export interface VouchedChange {
  readonly pull: number;
  readonly before: string;
  readonly after: string;
  readonly approvals: EvidenceRecord["approvals"];
}

/** What a break-glass owes: fixed when it is admitted, so that no later policy moves it. */
export interface ReviewDuty {
  readonly due: Instant;
  /** Who may review: `group:name` or `person:name`, members as of the review. */
  readonly from: readonly string[];
  /** How many different people must. */
  readonly count: number;
  /** SHA-256 of the request file's bytes, hex: what a reviewer quotes. */
  readonly digest: string;
  /** Numeric id of the subject's account: a person can be renamed. */
  readonly account: number;
  /** Numeric ids of everybody who opened, pushed or committed: none of them may review. */
  readonly hands: readonly number[];
}

/** A review that a break-glass still owes, whatever became of its access. One line of `reviews.jsonl`. */
export interface OpenReview extends ReviewDuty {
  readonly request: string;
  readonly subject: string;
  readonly entitlement: string;
  /** Number of the pull request, and numeric id of whoever opened it. */
  readonly pull: number;
  readonly author: number;
  /** When a grant was first intended; absent while there is nothing to review. */
  readonly since?: Instant;
  /** Number of the issue that asks for it. */
  readonly issue?: number;
}

/** One person's word on a break-glass. */
export interface ReviewVote {
  readonly person: string;
  readonly user: number;
  readonly comment: number;
  readonly at: Instant;
}

/** What was admitted, frozen: all that granting, judging overlap and revoking will ever need. */
export interface Admission extends Window {
  readonly path: string;
  /** Git blob id of the request file. */
  readonly blob: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly environment: string;
  readonly claim: Claim;
  readonly extends?: string;
  readonly breakGlass: boolean;
  /** Of a break-glass. */
  readonly review?: ReviewDuty;
  readonly evidence: EvidenceRecord;
}

/** Why an access ends. */
export type EndReason =
  | "expired"
  | "file-removed"
  | "file-changed"
  | "subject-gone"
  | "subject-changed"
  | "not-eligible"
  | "entitlement-gone"
  | "entitlement-changed"
  | "target-gone"
  | "revoked-by-hand"
  | "no-open-case";

interface Line<K extends string> {
  readonly kind: K;
}
interface Of<K extends string> extends Line<K> {
  readonly request: string;
}

export type Draft =
  | (Of<"admitted"> & { readonly admission: Admission })
  /** Final: the id is used up. `codes` are the findings' codes. */
  | (Of<"refused"> & { readonly path: string; readonly blob: string; readonly codes: readonly string[] })
  /** Its window was over, or its pull request too old, when it was first seen. Final. */
  | (Of<"missed"> & {
      readonly path: string;
      readonly blob: string;
      readonly because: "window-over" | "pending-timeout" | "no-longer-allowed";
    })
  /** Written before the act. `standing`: the subject already had this access and it is not ours. */
  | (Of<"intent"> & {
      readonly op: "grant" | "revoke";
      readonly target: string;
      readonly assignment: Assignment;
      readonly prestate?: "absent" | "ours" | "standing";
      readonly because?: EndReason;
    })
  | (Of<"granted"> & { readonly target: string; readonly standing: boolean; readonly receipt: JsonObject })
  /** The target took the order; not yet proved gone. */
  | (Of<"revoke-sent"> & {
      readonly target: string;
      readonly because: EndReason;
      readonly receipt: JsonObject;
    })
  /** Read back: the target no longer has it. `end` is the planned end, `at` the confirmation. Final. */
  | (Of<"revoked"> & {
      readonly target: string;
      readonly because: EndReason;
      readonly end: Instant;
      readonly residue: readonly string[];
      readonly receipt: JsonObject;
    })
  | (Of<"failed"> & {
      readonly op: "grant" | "revoke";
      readonly target: string;
      readonly because?: EndReason;
      /** Class of the error, never the vendor's text (it may hold names or secrets). */
      readonly error: string;
    })
  /** The issue that asks for a break-glass's review was opened. */
  | (Of<"breakglass-issue"> & { readonly issue: number })
  /** Reviewed by enough people. Final. */
  | (Of<"breakglass-review"> & { readonly digest: string; readonly votes: readonly ReviewVote[] })
  | (Line<"heartbeat"> & { readonly main: string })
  /** The forge's rulesets, as a digest: another one means that they were changed meanwhile. */
  | (Line<"rules"> & { readonly digest: string })
  /** What decides about access is as it was approved: from here on it counts. */
  | (Line<"vouched"> & {
      readonly commit: string;
      /** SHA-256 that names the guarded part of main's tree, see `core/guarded.ts`. */
      readonly digest: string;
      /** `first`: nothing was vouched for before. `by-hand`: a person with the applier's credentials said so. */
      readonly because: "first" | "approved" | "by-hand";
      readonly changes: readonly VouchedChange[];
    })
  /** Something on main or a target that no rule allows: reported once, never silently repaired. */
  | (Line<"violation"> & {
      readonly code: string;
      readonly subject: string;
      readonly actor?: number;
    });

/** A draft with its place in the chain. `prev` is the SHA-256 of the canonical previous entry. */
export type Entry = Draft & {
  readonly v: 1;
  readonly seq: number;
  readonly at: Instant;
  /** The run that wrote it: a workflow run id, or `local`. */
  readonly run: string;
  readonly prev: string;
};

/** Where an open case stands. One line of `live.jsonl`. */
export interface LiveGrant extends Admission {
  readonly request: string;
  /** `waiting`: admitted, nothing intended. `granting`: intent written. `granted`: read back. `ending`: revoke intended or sent. */
  readonly phase: "waiting" | "granting" | "granted" | "ending";
  readonly assignment?: Assignment;
  readonly standing: boolean;
  readonly grantedAt?: Instant;
  readonly ending?: { readonly because: EndReason; readonly since: Instant };
  readonly failure?: {
    readonly op: "grant" | "revoke";
    readonly error: string;
    readonly since: Instant;
    readonly count: number;
  };
}

/** `tip.json` of the ledger. */
export interface Tip {
  readonly seq: number;
  readonly hash: string;
  /** Last tip of main that was processed; a new tip must descend from it. */
  readonly main?: string;
  /** Last time a sweep finished. */
  readonly heartbeat?: Instant;
  /** Digest of the forge's rulesets, and when they were read last. */
  readonly rules?: { readonly digest: string; readonly at: Instant };
  /** Commit of main whose rules, schemas, code and workflows were vouched for last. */
  readonly vouched?: { readonly commit: string; readonly digest: string; readonly at: Instant };
  /** SHA-256 of the text of `live.jsonl`. A tip without it vouches for no list of open cases. */
  readonly live?: string;
  /** SHA-256 of the text of `reviews.jsonl`; absent where there is no such file. */
  readonly reviews?: string;
  /** Path of the log file that ends with the entry `seq`; absent before the first entry. */
  readonly log?: string;
}
