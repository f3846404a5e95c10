// Whom can a binding name, what is ours called, and what does it say about itself?
import { createHash } from "node:crypto";
import type { Assignment, Claim, Instant, JsonObject } from "../../core/model.ts";
import { instant, printInstant } from "../../core/time.ts";
import { word } from "../schema.ts";
import { unlendable } from "./roles.ts";

export const ROLE =
  /^(roles\/[A-Za-z0-9_.]{1,100}|(projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]|organizations\/[0-9]{1,25})\/roles\/[A-Za-z0-9_.]{3,64})$/;

const EMAIL = "[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+";
/** One account each. https://cloud.google.com/iam/docs/principal-identifiers */
const SUBJECT = new RegExp(
  `^((user|serviceAccount):${EMAIL}|principal://iam\\.googleapis\\.com/locations/global/workforcePools/[a-z0-9-]{4,63}/subject/[A-Za-z0-9._%+@=-]{1,127})$`,
);
const MANY = /^(group:|domain:|principalSet:|project(Owner|Editor|Viewer):|allUsers$|allAuthenticatedUsers$)/;

/** Google documents no bound for a condition's; this is that of a custom role's. https://cloud.google.com/iam/quotas#limits */
export const DESCRIPTION_MAX = 256;

/** What is wrong with these names, judged without asking Google. */
export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  return misnamed({ identity, role }) ?? unlendable(word(role["role"]));
}

/**
 * A group is refused as a subject: who is in it can change after the approval without another one, and leaving it
 * takes up to hours to have an effect. https://cloud.google.com/iam/docs/access-change-propagation
 */
export function misnamed({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  const subject = JSON.stringify(identity);
  if (MANY.test(identity)) return `${subject} is more than one account: a request is for one`;
  if (!SUBJECT.test(identity) || identity.length > 300)
    return `${subject} is not user:ADDRESS, serviceAccount:ADDRESS or one principal:// of a workforce pool`;
  const name = word(role["role"]);
  return ROLE.test(name) ? undefined : `${JSON.stringify(name)} is not the full name of a role`;
}

/** Google spells an address as the account does. https://github.com/hashicorp/terraform-provider-google/issues/4276 */
export function sameMember(a: string, b: string): boolean {
  return a === b || (!a.startsWith("principal:") && a.toLowerCase() === b.toLowerCase());
}

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

/** What the description of our condition says: ids only, and a seal that no other title or role fits. */
export interface Mark {
  readonly owner: string;
  readonly target: string;
}

interface Sealed {
  readonly title: string;
  readonly role: string;
}

function sealOf({ owner, target }: Mark, { title, role }: Sealed): string {
  return hash(JSON.stringify([owner, target, title, role])).slice(0, 24);
}

export function writeMark(mark: Mark, sealed: Sealed): string {
  const { owner, target } = mark;
  return JSON.stringify({ lapse: 1, owner, target, seal: sealOf(mark, sealed) });
}

/** The mark, if the description is one of ours and belongs to this title and role: a copy elsewhere is none. */
export function readMark(description: string, sealed: Sealed): Mark | undefined {
  const said = parse(description);
  const mark = { owner: word(said?.["owner"]), target: word(said?.["target"]) };
  return said?.["lapse"] === 1 && writeMark(mark, sealed) === description ? mark : undefined;
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

export function memberOf(assignment: Assignment): string {
  return word(assignment.principal["member"]);
}

export function roleOf(assignment: Assignment): string {
  return word(assignment.role["role"]);
}

export function expressionUntil(end: Instant): string {
  return `request.time < timestamp("${printInstant(end)}")`;
}

/** The end that an expression sets and that is all it does; of any other, nothing is known. */
export function untilIn(expression: string): Instant | undefined {
  const found = /^request\.time < timestamp\("([^"]+)"\)$/.exec(expression);
  return found ? instant(found[1] ?? "") : undefined;
}
