// Is this text an entry, an open case, a tip? (the ledger's files are read as if a stranger had written them)
import type { Draft, Entry, LiveGrant, Tip } from "./entry.ts";

type Kind = "text" | "int" | "flag" | "object" | "list";
type Shape = Readonly<Record<string, Kind>>;

const WINDOW: Shape = { start: "int", end: "int" };
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
const SEALED: Shape = { v: "int", seq: "int", at: "int", run: "text", prev: "text", kind: "text" };
const FILE: Shape = { request: "text", path: "text", blob: "text" };
const ACT: Shape = { request: "text", target: "text" };
const DRAFTS: Readonly<Record<Draft["kind"], Shape>> = {
  admitted: { request: "text", admission: "object" },
  refused: { ...FILE, codes: "list" },
  missed: { ...FILE, because: "text" },
  intent: { ...ACT, op: "text", assignment: "object" },
  granted: { ...ACT, standing: "flag", receipt: "object" },
  "revoke-sent": { ...ACT, because: "text", receipt: "object" },
  revoked: { ...ACT, because: "text", end: "int", residue: "list", receipt: "object" },
  failed: { ...ACT, op: "text", error: "text" },
  heartbeat: { main: "text" },
  violation: { code: "text", subject: "text" },
};
const PHASES: readonly unknown[] = [
  "waiting",
  "granting",
  "granted",
  "ending",
] satisfies LiveGrant["phase"][];

type Fields = Readonly<Record<string, unknown>>;

/** Undefined when the line is not an entry of a shape that we know. */
export function parseEntry(line: string): Entry | undefined {
  const value = fieldsOf(line);
  if (!value || !has(value, SEALED) || value["v"] !== 1) return undefined;
  const kind = value["kind"] as string;
  const known = Object.hasOwn(DRAFTS, kind) && has(value, DRAFTS[kind as Draft["kind"]]);
  return known && isWhole(kind, value) ? (value as unknown as Entry) : undefined;
}

function isWhole(kind: string, value: Fields): boolean {
  if (kind === "admitted") return isAdmission(value["admission"] as Fields);
  return kind !== "intent" || has(value["assignment"] as Fields, ASSIGNMENT);
}

/** Undefined when the line is not an open case. */
export function parseLive(line: string): LiveGrant | undefined {
  const value = fieldsOf(line);
  if (!value || !has(value, { request: "text", phase: "text", standing: "flag" })) return undefined;
  const assignment = value["assignment"];
  if (assignment !== undefined && !(is(assignment, "object") && has(assignment as Fields, ASSIGNMENT)))
    return undefined;
  return isAdmission(value) && PHASES.includes(value["phase"]) ? (value as unknown as LiveGrant) : undefined;
}

/** Undefined when the text is not a `tip.json`. */
export function parseTip(text: string): Tip | undefined {
  const value = fieldsOf(text);
  if (!value || !has(value, { seq: "int", hash: "text" })) return undefined;
  const { main, heartbeat } = value;
  if ((main !== undefined && !is(main, "text")) || (heartbeat !== undefined && !is(heartbeat, "int")))
    return undefined;
  return value as unknown as Tip;
}

function isAdmission(value: Fields): boolean {
  return has(value, ADMISSION) && has(value["claim"] as Fields, CLAIM);
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return is(value, "object") ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function has(value: Fields, shape: Shape): boolean {
  return Object.entries(shape).every(([key, kind]) => is(value[key], kind));
}

function is(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string";
    case "int":
      return Number.isSafeInteger(value);
    case "flag":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}
