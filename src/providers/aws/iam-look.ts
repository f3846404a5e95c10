// Where is the subject of an assignment now, and what is there of ours?
import type { Assignment } from "../../core/model.ts";
import type { Observed } from "../provider.ts";
import { word } from "../schema.ts";
import { refuse } from "./errors.ts";
import type { Iam } from "./iam-api.ts";
import type { EntityKind } from "./iam-claim.ts";
import type { Entity } from "./iam-entities.ts";
import { hasEnded, judge, type Judged } from "./iam-policy.ts";
import { checkAccount } from "./iam-resolve.ts";
import type { Document } from "./statements.ts";
import { until, type Patience } from "./waiting.ts";

export const markOf = ({ mark }: Assignment): string => mark ?? "";

/** IAM is asked by name, but only the id says who it is. Undefined only after a list of everybody that lacks the id. */
export async function locate(iam: Iam, { principal }: Assignment): Promise<Entity | undefined> {
  const kind: EntityKind = principal["kind"] === "role" ? "role" : "user";
  const id = word(principal["id"]);
  const named = await iam.entity(kind, word(principal["name"]));
  if (named?.id === id) return named;
  return (await iam.entities(kind)).find((one) => one.id === id);
}

/** The inline policy of this name. IAM lags behind: "not found" is believed when the list of names agrees. */
export async function inlinePolicy(
  iam: Iam,
  entity: Entity,
  name: string,
  patience: Patience,
): Promise<string | undefined> {
  const seen = await until(patience, async () => {
    const text = await iam.policy(entity, name);
    if (text !== undefined) return { text };
    return (await iam.policyNames(entity)).includes(name) ? undefined : { text };
  });
  if (!seen) refuse("transient", "what IAM lists and what it shows differ", "lag");
  return seen.text;
}

export interface Seen {
  readonly is: "absent" | "ours" | "foreign";
  readonly text?: string;
  readonly judged?: Judged;
  /** What ours says. */
  readonly document?: Document;
}

/** Ours has our mark in it, or says exactly what we wrote; whatever else has the name is somebody else's. */
export async function ownPolicy(
  iam: Iam,
  entity: Entity,
  assignment: Assignment,
  patience: Patience,
): Promise<Seen> {
  const text = await inlinePolicy(iam, entity, markOf(assignment), patience);
  if (text === undefined) return { is: "absent" };
  const judged = judge(markOf(assignment), text);
  const ours = judged && (judged.marked || judged.sha256 === assignment.role["sha256"]);
  return ours === true ? { is: "ours", text, judged, document: judged.document } : { is: "foreign", text };
}

export async function observe(iam: Iam, assignment: Assignment, patience: Patience): Promise<Observed> {
  const entity = await locate(iam, assignment);
  if (!entity) return { state: "absent" };
  checkAccount(entity, word(assignment.connection["account"]));
  const { is, judged } = await ownPolicy(iam, entity, assignment, patience);
  if (is === "foreign") return { state: "foreign" };
  if (!judged || hasEnded(judged, iam.now())) return { state: "absent" };
  const drift = driftOf(judged, assignment);
  const receipt = { policy: markOf(assignment), sha256: judged.sha256 ?? null, end: judged.end ?? null };
  return { state: "ours", receipt, ...(drift !== "" && { drift }) };
}

function driftOf({ marked, sha256, end }: Judged, { role }: Assignment): string {
  const changes = [
    ...(marked ? [] : ["its mark was removed"]),
    ...(sha256 === role["sha256"] ? [] : ["what it allows was changed"]),
    ...(end === undefined ? ["its end was removed"] : []),
  ];
  return changes.join("; ");
}
