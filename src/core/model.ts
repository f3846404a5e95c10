// What are the nouns of Lapse? (types only; every other file speaks in these words)

/** Milliseconds since the Unix epoch. Always finite: only `core/time.ts` makes one. */
export type Instant = number & { readonly __unit: "instant" };
/** A length of time in milliseconds. Always finite and positive: only `core/time.ts` makes one. */
export type Duration = number & { readonly __unit: "duration" };

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

export type Risk = "low" | "medium" | "high" | "critical";

/** Where a finding points: a file at a commit, 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** 1-based, exclusive end column on the same line, when known. */
  readonly endColumn?: number;
}

/** One thing that is wrong, with the reason and the fix. A value: collected, sorted, never thrown. */
export interface Finding {
  readonly code: `LPS${number}`;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly fix: string;
  readonly at?: Place;
  /** A code frame of the place, ready to print. */
  readonly frame?: string;
  /** For a failed rule: the expression and the values that were put in. */
  readonly why?: string;
}

/** Something that may be there, may not be there, or could not be read (P6: unknown is not absent). */
export type Lookup<T> =
  { readonly is: "found"; readonly value: T } | { readonly is: "absent" } | { readonly is: "unreadable" };

// ---- what people write, as resolved values -------------------------------------------------------------------

export interface Settings {
  /** The mark that says "this Lapse made it" on every target. */
  readonly owner: string;
  /** From the pull request's opening to its merge; later than that it is void. */
  readonly pendingTimeout: Duration;
  /** How often the sweep runs; the heartbeat is stale after three of these. */
  readonly sweepInterval: Duration;
  /** No entitlement can allow more than this, and no chain of extensions either. */
  readonly maxDuration: Duration;
  /** Who must approve changes of what decides: policies, schemas, code, workflows. */
  readonly changes: Omit<ApprovalDemand, "when">;
  readonly breakGlass: {
    /** From the start of a break-glass to the day its review is due. */
    readonly reviewWithin: Duration;
  };
  /** Requests from forks: never, or where every approval quotes the digest of what it approves. */
  readonly forks: "refuse" | "with-digest";
}

export interface Person {
  readonly name: string;
  readonly forge: { readonly login: string; readonly id: number };
  /** Further accounts of the same human (`spec.otherAccounts: [{ login, id }]`): one person, one vote. */
  readonly otherAccounts: readonly { readonly login: string; readonly id: number }[];
  /** Who this person is on each target kind or target: `{ postgres: "ann" }`, `{ "orders-db": "ann_ro" }`. */
  readonly identities: Readonly<Record<string, string>>;
}

export interface Group {
  readonly name: string;
  readonly members: readonly string[];
}

export interface Target {
  readonly name: string;
  readonly title: string;
  readonly provider: string;
  /** The provider's own settings; names of environment variables, never secrets. */
  readonly connection: JsonObject;
  readonly environment: string;
  /** The longest that access may outlive its end while every way out works (sweep interval + propagation). */
  readonly bound: Duration;
  /** How often `lapse sweep` runs beside this target; absent where none does. */
  readonly sweeper?: Duration;
}

/** One group of an approval demand; all demands must be met, each by different people. */
export interface ApprovalDemand {
  readonly from: readonly string[];
  readonly count: number;
  /** CEL; the demand applies only where this holds. */
  readonly when?: Expression;
}

/** CEL text with the place it was written, so that findings can point at it. */
export interface Expression {
  readonly text: string;
  readonly at: Place;
}

export interface BreakGlass {
  readonly eligible: readonly string[];
  readonly maxDuration: Duration;
  readonly approvals: readonly ApprovalDemand[];
  /** Who must look at it afterwards; where nothing is written, any one of the usual approvers. */
  readonly review: { readonly from: readonly string[]; readonly count: number };
}

export interface Entitlement {
  readonly name: string;
  readonly title: string;
  readonly target: string;
  /** The provider's own role, opaque to core. */
  readonly role: JsonObject;
  readonly risk: Risk;
  /** `group:name` or `person:name`. */
  readonly eligible: readonly string[];
  readonly maxDuration: Duration;
  readonly approvals: readonly ApprovalDemand[];
  /** Names of the scope keys that a request may set; absent means no narrowing. */
  readonly scope: readonly string[];
  readonly breakGlass?: BreakGlass;
  readonly at: Place;
}

export interface Rule {
  readonly name: string;
  readonly require: Expression;
  readonly message: string;
}

export interface Policy {
  readonly name: string;
  readonly match: {
    readonly environments?: readonly string[];
    readonly risks?: readonly Risk[];
    readonly entitlements?: readonly string[];
  };
  readonly when?: Expression;
  readonly rules: readonly Rule[];
  readonly file: string;
}

/** What one file under `requests/` asks for. */
export interface AccessRequest {
  readonly id: string;
  readonly path: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly duration: Duration;
  readonly notBefore?: Instant;
  readonly reason: string;
  readonly ticket?: string;
  readonly scope: JsonObject;
  readonly extends?: string;
  readonly breakGlass: boolean;
  /** Where each field was written, for findings: key is the field's name under spec. */
  readonly places: Readonly<Record<string, Place>>;
}

/** Every policy file at one commit, looked up by name. Broken files are `unreadable`, not absent. */
export interface Catalog {
  /** Git tree id of `policies/`: names exactly this set of rules in the ledger. */
  readonly digest: string;
  readonly settings: Lookup<Settings>;
  person(name: string): Lookup<Person>;
  group(name: string): Lookup<Group>;
  target(name: string): Lookup<Target>;
  entitlement(name: string): Lookup<Entitlement>;
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
  readonly targets: readonly Target[];
  readonly entitlements: readonly Entitlement[];
  readonly policies: readonly Policy[];
  /** Every problem of every file. A broken rule file makes all granting stop, see `core/policy.ts`. */
  readonly findings: readonly Finding[];
  /** Files that could not be read; if any is under `policies/rules/`, nothing may be granted. */
  readonly broken: readonly string[];
}

// ---- decisions -----------------------------------------------------------------------------------------------

/** [start, end), fixed once when a request is admitted. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

export interface Obligation {
  /** Names of people who may fulfil it. */
  readonly approvers: readonly string[];
  readonly from: readonly string[];
  readonly count: number;
}

export interface Decision {
  readonly effect: "Permit" | "Deny";
  readonly findings: readonly Finding[];
  readonly obligations: { readonly approvals: readonly Obligation[]; readonly cap: Duration };
  /** One row per rule that was evaluated, for the reviewer. */
  readonly rules: readonly {
    readonly policy: string;
    readonly rule: string;
    readonly ok: boolean;
    readonly why: string;
  }[];
}

/** A grant as policy and people see it. */
export interface ActiveGrant extends Window {
  readonly request: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly target: string;
  readonly environment: string;
  readonly extends?: string;
  readonly approvers: readonly string[];
}

// ---- what a target stores ------------------------------------------------------------------------------------

/** Who asks for what where, before the target resolved any name. Enough to find the target again when its file is gone. */
export interface Claim {
  readonly request: string;
  /** The installation's mark, from the settings. */
  readonly owner: string;
  readonly target: string;
  readonly provider: string;
  readonly connection: JsonObject;
  /** The subject's name on the target, as written in the person's file. */
  readonly identity: string;
  readonly role: JsonObject;
  readonly scope: JsonObject;
}

/** What the target stores, with immutable ids, frozen into the ledger. Two claims with one key share one assignment. */
export interface Assignment {
  readonly key: string;
  readonly owner: string;
  readonly target: string;
  readonly provider: string;
  readonly connection: JsonObject;
  readonly principal: JsonObject;
  readonly role: JsonObject;
  readonly scope: JsonObject;
  /** Name of our own object or mark, where the provider has one. */
  readonly mark?: string;
}
