// What is the condition of our binding called, and what does it say about itself?
import { createHash } from "node:crypto";
import type { Instant, JsonObject } from "../../core/model.ts";
import { instant, printInstant } from "../../core/time.ts";
import { word } from "../schema.ts";

/** Google documents no bound for a condition's; this is that of a custom role's. https://cloud.google.com/iam/quotas#limits */
export const DESCRIPTION_MAX = 256;

function hash(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

function part(name: string, max: number): string {
  return /^[A-Za-z0-9._-]+$/.test(name) && name.length <= max ? name : `~${hash(name).slice(0, 29)}`;
}

/** What all our titles start with. */
export function titleStart(owner: string): string {
  return `lapse:${part(owner, 30)}:`;
}

/** Title of the condition that stands for one request; what is long or strange becomes a hash. */
export function titleOf(owner: string, request: string): string {
  return `${titleStart(owner)}${part(request, 60)}`;
}

/** What the description of our condition says: ids and the planned end, with a seal that no other title or role fits. */
export interface Mark {
  readonly owner: string;
  readonly target: string;
  /** Repeats the end that the condition has, so that a changed condition is seen. */
  readonly until: Instant;
}

interface Sealed {
  readonly title: string;
  readonly role: string;
}

export function writeMark({ owner, target, until }: Mark, { title, role }: Sealed): string {
  const seal = hash(JSON.stringify([owner, target, title, role])).slice(0, 24);
  return JSON.stringify({ lapse: 1, owner, target, until: printInstant(until), seal });
}

/** The mark, if the description is one of ours and belongs to this title and role: a copy elsewhere is none. */
export function readMark(description: string, sealed: Sealed): Mark | undefined {
  const said = parse(description);
  const until = instant(word(said?.["until"]));
  if (until === undefined) return undefined;
  const mark = { owner: word(said?.["owner"]), target: word(said?.["target"]), until };
  return writeMark(mark, sealed) === description ? mark : undefined;
}

/** Does the description say that this installation wrote it, truly or not? */
export function claimsOwner(description: string, owner: string): boolean {
  const said = parse(description);
  return said?.["lapse"] === 1 && said["owner"] === owner;
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

export function expressionUntil(end: Instant): string {
  return `request.time < timestamp("${printInstant(end)}")`;
}

/** The end that an expression sets and that is all it does; of any other, nothing is known. */
export function untilIn(expression: string): Instant | undefined {
  const found = /^request\.time < timestamp\("([^"]+)"\)$/.exec(expression);
  return found ? instant(found[1] ?? "") : undefined;
}
