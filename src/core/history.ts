// What became of every request that the ledger knows? (one pass over its entries, one small record per request)
import type { Admission, Draft, Entry, ReviewDuty, ReviewVote } from "./entry.ts";
import type { Instant } from "./model.ts";

/** Who got what, from when to when, on whose word. */
interface CaseGrant {
  readonly subject: string;
  readonly entitlement: string;
  readonly target: string;
  readonly environment: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly breakGlass: boolean;
  /** What it owes; absent where the ledger has a break-glass without it. */
  readonly review?: Pick<ReviewDuty, "due" | "digest" | "count">;
  readonly pull: number;
  readonly mergedAt: Instant;
  /** People who approved it and are neither its subject nor its author. */
  readonly approvers: readonly string[];
  /** How many approvals were counted in all. */
  readonly approvals: number;
}

export interface Case {
  readonly request: string;
  readonly path: string;
  readonly blob: string;
  readonly decided: Instant;
  readonly verdict: "admitted" | "refused" | "missed";
  /** Codes of a refusal, or the reason of a miss. */
  readonly because: readonly string[];
  readonly grant?: CaseGrant;
  /** An intent to grant was written: from here on the access may exist. */
  readonly attempted?: Instant;
  readonly granted?: Instant;
  readonly standing: boolean;
  /** A revocation was first ordered. */
  readonly ordered?: Instant;
  readonly closed?: Closure;
  /** The issue that asks for a break-glass's review. */
  readonly issue?: number;
  readonly reviewed?: readonly ReviewVote[];
  readonly failures: number;
}

interface Closure {
  readonly as: "revoked" | "void";
  readonly at: Instant;
  readonly because: string;
  readonly residue: readonly string[];
}

export interface Chronicle {
  readonly entries: number;
  readonly cases: ReadonlyMap<string, Case>;
  readonly violations: readonly Of<"violation">[];
  readonly rules: readonly Of<"rules">[];
  /** Entries that no rule allows where they stand: a second decision, a grant without an open case. */
  readonly misplaced: readonly { readonly seq: number; readonly kind: string; readonly request: string }[];
}

type Of<K extends Draft["kind"]> = Extract<Entry, { readonly kind: K }>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Open {
  entries: number;
  readonly cases: Map<string, Writable<Case>>;
  readonly violations: Of<"violation">[];
  readonly rules: Of<"rules">[];
  readonly misplaced: { readonly seq: number; readonly kind: string; readonly request: string }[];
}

export interface Chronicler {
  add(entry: Entry): void;
  /** What is known so far. */
  chronicle(): Chronicle;
}

/** Takes entries in the ledger's order, any number of them, and keeps only what a report needs. */
export function chronicler(): Chronicler {
  const open: Open = { entries: 0, cases: new Map(), violations: [], rules: [], misplaced: [] };
  return {
    add(entry) {
      open.entries += 1;
      const write: (open: Open, entry: never) => void = WRITE[entry.kind];
      write(open, entry as never);
    },
    chronicle: () => open,
  };
}

type Writer<K extends Draft["kind"]> = (open: Open, entry: Of<K>) => void;

const WRITE: { readonly [K in Draft["kind"]]: Writer<K> } = {
  admitted: (open, entry) => {
    const { path, blob } = entry.admission;
    decide(open, entry, { path, blob, verdict: "admitted", because: [], grant: grantOf(entry.admission) });
  },
  refused: (open, entry) => {
    const { path, blob, codes } = entry;
    decide(open, entry, { path, blob, verdict: "refused", because: codes });
  },
  missed: (open, entry) => {
    const { path, blob, because } = entry;
    if (!open.cases.has(entry.request)) {
      decide(open, entry, { path, blob, verdict: "missed", because: [because] });
    } else {
      amend(open, entry, (one) => (one.closed = { as: "void", at: entry.at, because, residue: [] }));
    }
  },
  intent: (open, entry) => {
    amend(open, entry, (one) => {
      if (entry.op === "revoke") one.ordered ??= entry.at;
      else {
        one.attempted ??= entry.at;
        one.standing = entry.prestate === "standing";
      }
    });
  },
  granted: (open, entry) => {
    amend(open, entry, (one) => {
      one.granted ??= entry.at;
      one.standing = entry.standing;
    });
  },
  "revoke-sent": (open, entry) => {
    amend(open, entry, (one) => (one.ordered ??= entry.at));
  },
  revoked: (open, entry) => {
    const { at, because, residue } = entry;
    amend(open, entry, (one) => {
      if (because === "no-open-case" && !one.closed) return;
      one.closed = { as: "revoked", at, because, residue };
    });
  },
  failed: (open, entry) => {
    amend(open, entry, (one) => (one.failures += 1));
  },
  "breakglass-issue": (open, { request, issue }) => {
    const one = open.cases.get(request);
    if (one) one.issue = issue;
  },
  "breakglass-review": (open, { request, digest, votes }) => {
    const one = open.cases.get(request);
    if (one?.grant?.review?.digest === digest) one.reviewed = votes;
  },
  heartbeat: () => undefined,
  rules: (open, entry) => {
    open.rules.push(entry);
  },
  vouched: () => undefined,
  violation: (open, entry) => {
    open.violations.push(entry);
  },
};

type Verdict = Pick<Case, "path" | "blob" | "verdict" | "because" | "grant">;

/** A request is decided once, for ever. */
function decide(open: Open, entry: Of<"admitted" | "refused" | "missed">, verdict: Verdict): void {
  const { request, at, kind, seq } = entry;
  if (open.cases.has(request)) open.misplaced.push({ seq, kind, request });
  else open.cases.set(request, { request, decided: at, standing: false, failures: 0, ...verdict });
}

/**
 * A grant belongs to a case that was admitted and is not closed. Less access needs no such case: two runs may both see
 * an end and both write it.
 */
function amend(
  open: Open,
  entry: Entry & { readonly request: string },
  change: (one: Writable<Case>) => void,
): void {
  const { request, kind, seq } = entry;
  const one = open.cases.get(request);
  if (one?.grant !== undefined && one.closed === undefined) change(one);
  else if (gives(entry)) open.misplaced.push({ seq, kind, request });
}

function gives(entry: Entry): boolean {
  return entry.kind === "granted" || (entry.kind === "intent" && entry.op === "grant");
}

function grantOf(admission: Admission): CaseGrant {
  const { subject, entitlement, environment, start, end, breakGlass, review, claim, evidence } = admission;
  const others = evidence.approvals.filter(
    (vote) => vote.person !== subject && vote.user !== evidence.author,
  );
  return {
    subject,
    entitlement,
    target: claim.target,
    environment,
    start,
    end,
    breakGlass,
    ...(review && { review: { due: review.due, digest: review.digest, count: review.count } }),
    pull: evidence.pull,
    mergedAt: evidence.mergedAt,
    approvers: [...new Set(others.map((vote) => vote.person))],
    approvals: evidence.approvals.length,
  };
}

/** Could access of ours exist on the target? From the first intent until the removal was read back. */
export function mayExist(one: Case): boolean {
  return one.attempted !== undefined && one.closed === undefined && !one.standing;
}

/** When it should have been gone: its planned end, or the moment that an earlier end was ordered. */
export function dueAt(one: Case): Instant | undefined {
  if (one.grant === undefined) return undefined;
  return one.ordered !== undefined && one.ordered < one.grant.end ? one.ordered : one.grant.end;
}
