// Is this text an entry, an open case, a tip? (the ledger's files are read as if a stranger had written them)
import type { Draft, Entry, LiveGrant, OpenReview, Tip } from "./entry.ts";
import { allHave, fieldsOf, has, is, may, mayHave, type Fields, type Shape } from "./shape.ts";

const WINDOW: Shape = { start: "instant", end: "instant" };
const CLAIM: Shape = {
  request: "text",
  owner: "text",
  target: "text",
  provider: "text",
  connection: "object",
  identity: "text",
  role: "object",
  scope: "object",
};
const ASSIGNMENT: Shape = {
  key: "text",
  owner: "text",
  target: "text",
  provider: "text",
  connection: "object",
  principal: "object",
  role: "object",
  scope: "object",
};
const ADMISSION: Shape = {
  ...WINDOW,
  path: "text",
  blob: "text",
  subject: "text",
  entitlement: "text",
  environment: "text",
  claim: "object",
  breakGlass: "flag",
  evidence: "object",
};
const EVIDENCE: Shape = {
  pull: "int",
  author: "int",
  openedAt: "instant",
  mergedAt: "instant",
  before: "text",
  after: "text",
  head: "text",
  policyAtMerge: "text",
  policyNow: "text",
};
const APPROVAL: Shape = { person: "text", user: "int", review: "int", at: "instant", commit: "text" };
const REVIEW: Shape = {
  due: "instant",
  from: "texts",
  count: "count",
  digest: "hash",
  account: "int",
  hands: "ints",
};
const OWED: Shape = {
  ...REVIEW,
  request: "text",
  subject: "text",
  entitlement: "text",
  pull: "int",
  author: "int",
};
const REVIEW_VOTE: Shape = { person: "text", user: "int", comment: "int", at: "instant" };
const CASE: Shape = { request: "text", phase: "text", standing: "flag" };
const ENDING: Shape = { because: "text", since: "instant" };
const FAILURE: Shape = { op: "op", error: "text", since: "instant", count: "count" };
const VOUCHED: Shape = { commit: "commit", digest: "hash" };
const CHANGE: Shape = { pull: "int", before: "commit", after: "commit", approvals: "list" };
const TIP: Shape = { seq: "count", hash: "hash" };
const TIP_PARTS = ["vouched", "rules"];
const TIP_MORE: Shape = { main: "commit", heartbeat: "instant", live: "hash", reviews: "hash", log: "log" };
const SEALED: Shape = { v: "int", seq: "count", at: "instant", run: "text", prev: "text", kind: "text" };
const FILE: Shape = { request: "text", path: "text", blob: "text" };
const ACT: Shape = { request: "text", target: "text" };
const DRAFTS: Readonly<Record<Draft["kind"], Shape>> = {
  admitted: { request: "text", admission: "object" },
  refused: { ...FILE, codes: "texts" },
  missed: { ...FILE, because: "text" },
  intent: { ...ACT, op: "op", assignment: "object" },
  granted: { ...ACT, standing: "flag", receipt: "object" },
  "revoke-sent": { ...ACT, because: "text", receipt: "object" },
  revoked: { ...ACT, because: "text", end: "instant", residue: "texts", receipt: "object" },
  failed: { ...ACT, op: "op", error: "text" },
  "breakglass-issue": { request: "text", issue: "int" },
  "breakglass-review": { request: "text", digest: "hash" },
  heartbeat: { main: "text" },
  violation: { code: "text", subject: "text" },
  rules: { digest: "hash" },
  vouched: { ...VOUCHED, because: "text", changes: "list" },
};
const PHASES: readonly unknown[] = [
  "waiting",
  "granting",
  "granted",
  "ending",
] satisfies LiveGrant["phase"][];

/** Undefined when the line is not an entry of a shape that we know. */
export function parseEntry(line: string): Entry | undefined {
  const value = fieldsOf(line);
  if (!value || !has(value, SEALED) || value["v"] !== 1) return undefined;
  const kind = value["kind"] as string;
  const known = Object.hasOwn(DRAFTS, kind) && has(value, DRAFTS[kind as Draft["kind"]]);
  return known && isWhole(kind, value) ? (value as unknown as Entry) : undefined;
}

function isWhole(kind: string, value: Fields): boolean {
  if (kind === "intent") return has(value["assignment"], ASSIGNMENT);
  if (kind === "vouched")
    return allHave(value["changes"], CHANGE) && (value["changes"] as Fields[]).every(isApproved);
  if (kind === "breakglass-review") return allHave(value["votes"], REVIEW_VOTE);
  return kind !== "admitted" || (isAdmission(value["admission"]) && !hasMore(value["admission"]));
}

/**
 * Undefined when the line is not an open case, whole to the last field: access that is kept past its end for an odd
 * field is worse than reading the log.
 */
export function parseLive(line: string): LiveGrant | undefined {
  const value = fieldsOf(line);
  const whole = has(value, CASE) && isAdmission(value) && isCase(value);
  return whole ? (value as unknown as LiveGrant) : undefined;
}

function isCase(value: Fields): boolean {
  const { phase, ending } = value;
  return (
    PHASES.includes(phase) &&
    (phase === "ending") === (ending !== undefined) &&
    may(value, "ending", ENDING) &&
    may(value, "assignment", ASSIGNMENT) &&
    may(value, "failure", FAILURE) &&
    mayHave(value, { grantedAt: "instant" })
  );
}

/** Undefined when the line is not an owed review, whole to the last field. */
export function parseReview(line: string): OpenReview | undefined {
  const value = fieldsOf(line);
  const whole = has(value, OWED) && mayHave(value, { since: "instant", issue: "int" });
  return whole ? (value as unknown as OpenReview) : undefined;
}

/** Undefined when the text is not a `tip.json`; fields that we do not know are dropped. */
export function parseTip(text: string): Tip | undefined {
  const value = fieldsOf(text);
  if (!value || !has(value, TIP) || !mayHave(value, TIP_MORE)) return undefined;
  if (!may(value, "vouched", { ...VOUCHED, at: "instant" })) return undefined;
  if (!may(value, "rules", { digest: "hash", at: "instant" })) return undefined;
  const known = Object.entries(value).filter(
    ([key]) => key in TIP || key in TIP_MORE || TIP_PARTS.includes(key),
  );
  return Object.fromEntries(known) as unknown as Tip;
}

function isAdmission(value: unknown): boolean {
  if (!has(value, ADMISSION) || !has(value["claim"], CLAIM) || !mayHave(value, { extends: "text" }))
    return false;
  if (!may(value, "review", REVIEW)) return false;
  const evidence = value["evidence"];
  if (!has(evidence, EVIDENCE)) return false;
  const { mergedBy } = evidence;
  return isApproved(evidence) && (mergedBy === null || is(mergedBy, "int"));
}

function isApproved({ approvals }: Fields): boolean {
  return allHave(approvals, APPROVAL);
}

/** Does an admission claim what only the entries after it may say? */
function hasMore(admission: unknown): boolean {
  return ["assignment", "grantedAt", "ending", "failure"].some((key) => key in (admission as Fields));
}
