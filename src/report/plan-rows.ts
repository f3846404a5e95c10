// Which lines does a plan have, whoever prints it?
import type { Action, Plan } from "../core/plan.ts";
import type { Finding, Instant } from "../core/model.ts";
import { END_WORDS, MISSED_WORDS } from "./reasons.ts";

export interface PlanRow {
  readonly sign: "-" | "+" | "◔" | "✕" | "?" | "·";
  readonly action: "revoke" | "close" | "grant" | "schedule" | "refuse" | "void" | "hold" | "reviewed";
  readonly target: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly request: string;
  readonly why: string;
}

/** How an instant is said: relative on a terminal, absolute on a page. */
export type Say = (at: Instant) => string;

/** In the order of the work: ends, grants, what is scheduled, then what is not granted. */
export function planRows(plan: Plan, say: Say): readonly PlanRow[] {
  const granted = new Set(plan.grants.map((grant) => grant.request));
  return [
    ...plan.ends.map((end) => endRow(end, say)),
    ...plan.grants.map((grant) => grantRow(grant, say)),
    ...plan.admitted.filter((one) => !granted.has(one.request)).map((one) => scheduledRow(one, say)),
    ...plan.refused.map((one) => withheld("✕", "refuse", one, firstOf(one.findings))),
    ...plan.missed.map((one) => withheld("✕", "void", one, MISSED_WORDS[one.because])),
    ...plan.held.map((one) => withheld("?", "hold", one, one.reason)),
    ...plan.reviewed.map(reviewedRow),
  ];
}

function endRow(end: Extract<Action, { op: "revoke" | "release" }>, say: Say): PlanRow {
  const { grant } = end;
  const over = end.because === "expired" ? `ended ${say(grant.end)}` : END_WORDS[end.because];
  return {
    sign: end.op === "revoke" ? "-" : "·",
    action: end.op === "revoke" ? "revoke" : "close",
    target: grant.claim.target,
    subject: grant.subject,
    entitlement: grant.entitlement,
    request: grant.request,
    why: end.op === "revoke" ? over : `${over}; ${releaseWords(end)}`,
  };
}

function releaseWords({ reason }: Extract<Action, { op: "release" }>): string {
  if (reason === "never-granted") return "nothing was granted";
  if (reason === "standing") return "the subject had this access before, so it stays";
  return `${reason.heldBy} still wants the same access`;
}

const GRANT_WORDS = {
  new: "approved and merged",
  starts: "its window has begun",
  resume: "an earlier run was cut off",
  missing: "it is gone from the target before its end",
} as const;

function grantRow({ request, admission, why }: Plan["grants"][number], say: Say): PlanRow {
  return {
    sign: "+",
    action: "grant",
    target: admission.claim.target,
    subject: admission.subject,
    entitlement: admission.entitlement,
    request,
    why: `${admission.breakGlass ? "BREAK-GLASS; " : ""}${GRANT_WORDS[why]}; ends ${say(admission.end)}`,
  };
}

function reviewedRow({ review, votes }: Plan["reviewed"][number]): PlanRow {
  const { request, subject, entitlement } = review;
  const why = `its break-glass was reviewed by ${votes.map((vote) => vote.person).join(", ")}`;
  return { sign: "·", action: "reviewed", target: "-", subject, entitlement, request, why };
}

function scheduledRow({ request, admission }: Plan["admitted"][number], say: Say): PlanRow {
  return {
    sign: "◔",
    action: "schedule",
    target: admission.claim.target,
    subject: admission.subject,
    entitlement: admission.entitlement,
    request,
    why: `starts ${say(admission.start)}`,
  };
}

function withheld(
  sign: PlanRow["sign"],
  action: PlanRow["action"],
  { request, path }: { readonly request: string; readonly path: string },
  why: string,
): PlanRow {
  const entitlement = path.split("/").at(-2) ?? "-";
  return { sign, action, target: "-", subject: "-", entitlement, request, why };
}

function firstOf(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return "not allowed";
  return `${first.code} ${first.message}${findings.length > 1 ? ` (and ${findings.length - 1} more)` : ""}`;
}

/** `1 to revoke, 1 to grant, 10 unchanged`: only what there is, and what stays always. */
export function planCounts(rows: readonly PlanRow[], kept: number): string {
  const of = (...actions: readonly PlanRow["action"][]) =>
    rows.filter((row) => actions.includes(row.action)).length;
  const parts: readonly (readonly [number, string])[] = [
    [of("revoke"), "to revoke"],
    [of("close"), "to close"],
    [of("grant"), "to grant"],
    [of("schedule"), "scheduled"],
    [of("refuse", "void"), "refused"],
    [of("hold"), "held back"],
  ];
  return [...parts.filter(([count]) => count > 0), [kept, "unchanged"] as const]
    .map(([count, what]) => `${count} ${what}`)
    .join(", ");
}

/** Whether carrying the plan out would change a target or the ledger. */
export function planIsEmpty(plan: Plan): boolean {
  const changes = [plan.ends, plan.grants, plan.admitted, plan.refused, plan.missed, plan.reviewed];
  return changes.every((list) => list.length === 0);
}
