// Cases as the ledger tells them: builders that take only what a test is about.
import type { Admission, Draft, Entry, LiveGrant, ReviewDuty } from "../../src/core/entry.ts";
import type { Assignment, Claim, Instant } from "../../src/core/model.ts";
import type { Change, Step } from "../../src/core/facts.ts";

export const NOON = Date.UTC(2026, 10, 23, 12) as Instant;
const MINUTE = 60_000;

export const at = (minutes: number, seconds = 0) => (NOON + minutes * MINUTE + seconds * 1000) as Instant;

function aClaim(request = "fix-orders", changes: Partial<Claim> = {}): Claim {
  return {
    request,
    owner: "acme",
    target: "orders-db",
    provider: "postgres",
    connection: {},
    identity: "ann_ro",
    role: { roles: ["orders_read"] },
    scope: {},
    ...changes,
  };
}

export function anAssignment(request = "fix-orders"): Assignment {
  const { owner, target, provider, connection, role, scope } = aClaim(request);
  return {
    key: `role:${request}`,
    owner,
    target,
    provider,
    connection,
    principal: { name: "ann_ro" },
    role,
    scope,
  };
}

/** Approved by carol, merged at noon, for one hour. */
export function anAdmission(request = "fix-orders", changes: Partial<Admission> = {}): Admission {
  return {
    start: NOON,
    end: at(60),
    path: `requests/orders-db-read/${request}.yaml`,
    blob: blobOf(request),
    subject: "ann",
    entitlement: "orders-db-read",
    environment: "production",
    claim: aClaim(request),
    breakGlass: false,
    evidence: {
      pull: 412,
      author: 1001,
      mergedBy: 1004,
      openedAt: at(-20),
      mergedAt: NOON,
      before: "a".repeat(40),
      after: "b".repeat(40),
      head: "c".repeat(40),
      approvals: [{ person: "carol", user: 1003, review: 18, at: at(-5), commit: "c".repeat(40) }],
      policyAtMerge: "d".repeat(40),
      policyNow: "d".repeat(40),
    },
    ...changes,
  };
}

/** To be reviewed by one of the owners, so many minutes after noon. */
export function aDuty(due: number): ReviewDuty {
  const digest = "e".repeat(64);
  return { due: at(due), from: ["group:owners"], count: 1, digest, account: 1001, hands: [1001] };
}

export function aLive(request = "fix-orders", changes: Partial<LiveGrant> = {}): LiveGrant {
  return {
    ...anAdmission(request),
    request,
    phase: "granted",
    standing: false,
    assignment: anAssignment(request),
    grantedAt: at(0, 11),
    ...changes,
  };
}

export function blobOf(request: string): string {
  return Array.from(`${request}-blob`, (c) => c.charCodeAt(0).toString(16))
    .join("")
    .padEnd(40, "0")
    .slice(0, 40);
}

/** Drafts with their places in the ledger; the chain of hashes is another test's business. */
export function entries(drafts: readonly (readonly [Instant, Draft])[]): readonly Entry[] {
  return drafts.map(([when, draft], i) => ({
    ...draft,
    v: 1,
    seq: i + 1,
    at: when,
    run: "77",
    prev: "0".repeat(64),
  }));
}

type Dated = readonly [Instant, Draft];

/** Admitted and granted at noon; removed some seconds after its end, or not at all. */
export function aLife(
  request: string,
  removedAfter?: number,
  admission = anAdmission(request),
): readonly Dated[] {
  const { target } = admission.claim;
  const assignment = anAssignment(request);
  const { end } = admission;
  const removal: readonly Dated[] =
    removedAfter === undefined
      ? []
      : [
          [end, { kind: "intent", op: "revoke", request, target, assignment, because: "expired" }],
          [
            (end + removedAfter * 1000) as Instant,
            {
              kind: "revoked",
              request,
              target,
              because: "expired",
              end,
              residue: [],
              receipt: { read: "absent" },
            },
          ],
        ];
  return [
    [at(0, 5), { kind: "admitted", request, admission }],
    [at(0, 10), { kind: "intent", op: "grant", request, target, assignment, prestate: "absent" }],
    [at(0, 11), { kind: "granted", request, target, standing: false, receipt: { role: request } }],
    ...removal,
  ];
}

const NONE = "0".repeat(40);

/** One push to main. */
export function aStep(after: string, ...changes: readonly Change[]): Step {
  return { before: "", after, changes };
}

export function added(request: string, blob = blobOf(request)): Change {
  const path = `requests/orders-db-read/${request}.yaml`;
  return { status: "A", oldMode: "000000", newMode: "100644", oldOid: NONE, newOid: blob, path };
}

export function removed(request: string): Change {
  return { ...added(request), status: "D", newOid: NONE };
}

export function changed(request: string, blob: string): Change {
  return { ...added(request, blob), status: "M" };
}
