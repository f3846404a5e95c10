// What does the server know about our roles? (read-only; a note and the applier's own hand prove whose a role is)
import type { Assignment } from "../../core/model.ts";
import { ProviderError, type Observed } from "../provider.ts";
import { word } from "../schema.ts";
import { printed, same, wanted, type Account, type Mark } from "./names.ts";
import { notes, notesIfAny } from "./notes.ts";
import type { Db } from "./sql.ts";

/** One row of mysql.roles_mapping: a user, or with an empty host a role, has a role. */
export interface Edge extends Account {
  readonly role: string;
  readonly admin: boolean;
}

/** All that decisions are made from. */
export interface Picture {
  readonly accounts: readonly Account[];
  readonly roles: ReadonlySet<string>;
  readonly edges: readonly Edge[];
  /** Absent where the table of notes cannot be read. */
  readonly notes?: ReadonlyMap<string, Mark>;
}

export interface OwnRole {
  readonly name: string;
  readonly mark?: Mark;
  /** The applier administers it, as the maker of a role does. */
  readonly made: boolean;
  /** Who has our role, the applier's own administration of it left out. */
  readonly members: readonly Edge[];
  /** The roles that our role has. */
  readonly parents: readonly Edge[];
}

const EDGES =
  "SELECT Host AS host, User AS user, Role AS role, Admin_option AS admin FROM mysql.roles_mapping";
const ACCOUNTS = "SELECT Host AS host, User AS user, is_role AS role FROM mysql.user";

/** `noted`: the notes are needed, so that it is an error if they cannot be read. */
export async function look(db: Db, noted: "noted" | "as it is"): Promise<Picture> {
  const marks = noted === "noted" ? await notes(db) : await notesIfAny(db);
  const edges = await db.rows<Account & { role: string; admin: string }>("show who has which role", EDGES);
  const all = await db.rows<Account & { role: string }>("list its accounts", ACCOUNTS);
  return {
    accounts: all.filter(({ role }) => role !== "Y").map(({ user, host }) => ({ user, host })),
    roles: new Set(all.filter(({ role }) => role === "Y").map(({ user }) => user)),
    edges: edges.map(({ user, host, role, admin }) => ({ user, host, role, admin: admin === "Y" })),
    ...(marks && { notes: marks }),
  };
}

/** Our role of this name, if there is one. */
export function roleNamed(
  db: Db,
  { roles, edges, notes: marks }: Picture,
  name: string,
): OwnRole | undefined {
  const members = edges.filter((edge) => edge.role === name);
  // A membership proves a role as well as its own row does, and is what gives access.
  if (!roles.has(name) && members.length === 0) return undefined;
  const mark = marks?.get(name);
  return {
    name,
    ...(mark && { mark }),
    made: members.some((edge) => edge.admin && same(edge, db.applier)),
    members: members.filter((edge) => !same(edge, db.applier)),
    parents: edges.filter((edge) => edge.host === "" && edge.user === name),
  };
}

/** Every role that this installation has noted and that is there. */
export function markedRoles(db: Db, picture: Picture): readonly { role: OwnRole; mark: Mark }[] {
  return [...(picture.notes ?? [])].flatMap(([name, mark]) => {
    const role = mark.owner === db.owner ? roleNamed(db, picture, name) : undefined;
    return role && isMade(role, mark) ? [{ role, mark }] : [];
  });
}

/** The name of the role that stands for this assignment. */
export function nameOf(assignment: Assignment): string {
  if (assignment.mark !== undefined) return assignment.mark;
  throw new ProviderError("malformed", "the assignment names no role of ours", { vendorCode: "no-mark" });
}

export function memberOf({ principal }: Assignment): Account {
  return { user: word(principal["user"]), host: word(principal["host"]) };
}

export const parentsOf = ({ role }: Assignment): readonly string[] => wanted(role);

/**
 * A note stays when its role is dropped and made anew by somebody else, so it takes more than a note: the applier
 * made the role, or the noted subject has it.
 */
function isMade({ made, members }: OwnRole, mark: Mark): boolean {
  return made || members.some((edge) => same(edge, mark));
}

/** Does its note prove that we made this role for this assignment? */
export function isMarked(role: OwnRole, assignment: Assignment): boolean {
  const { mark } = role;
  if (mark?.owner !== assignment.owner || !same(mark, memberOf(assignment))) return false;
  return isMade(role, mark);
}

/** Is this role the one that the assignment describes? A missing note is forgiven when the rest agrees. */
function isOurs(role: OwnRole, assignment: Assignment): boolean {
  if (role.mark) return isMarked(role, assignment);
  return role.members.some((edge) => same(edge, memberOf(assignment)));
}

/**
 * May the whole role go with the assignment? Its note says so, or there is nothing about it that the assignment does
 * not describe: whoever can write notes must not be able to keep access alive with one.
 */
export function endsWith(role: OwnRole, assignment: Assignment): boolean {
  if (isMarked(role, assignment)) return true;
  const parents = parentsOf(assignment);
  return (
    (role.made || role.members.length > 0) &&
    role.members.every((edge) => same(edge, memberOf(assignment))) &&
    role.parents.every((edge) => parents.includes(edge.role))
  );
}

/** Does our role still give anybody anything? */
export function givesNothing(role: OwnRole): boolean {
  return role.members.length === 0 || role.parents.length === 0;
}

/** What the role looks like against what was granted. */
export function judge(role: OwnRole | undefined, assignment: Assignment): Observed {
  if (!role) return { state: "absent" };
  if (role.members.length === 0 && isMarked(role, assignment)) return husk(role);
  if (!isOurs(role, assignment)) return { state: "foreign" };
  if (givesNothing(role)) return husk(role);
  const drift = drifts(role, assignment);
  const receipt = { role: role.name, ...memberOf(assignment), roles: parentsOf(assignment) };
  return { state: "ours", receipt, ...(drift.length > 0 && { drift: drift.join("; ") }) };
}

function husk({ name }: OwnRole): Observed {
  return { state: "tombstone", reason: `the role ${name} is left and gives nothing` };
}

function drifts({ mark, members, parents }: OwnRole, assignment: Assignment): readonly string[] {
  const subject = memberOf(assignment);
  const roles = parentsOf(assignment);
  const missing = roles.some((name) => !parents.some((edge) => edge.role === name));
  return [
    ...(mark ? [] : ["its note was removed"]),
    ...(missing ? ["it was taken out of a role"] : []),
    ...(members.some((edge) => same(edge, subject)) ? [] : ["the subject was taken out of it"]),
    ...parents.filter((edge) => !roles.includes(edge.role)).map((edge) => `it was put into ${edge.role}`),
    ...members.filter((edge) => !same(edge, subject)).map((edge) => `${printed(edge)} was put into it`),
    ...([...members, ...parents].some((edge) => edge.admin) ? ["it can be passed on"] : []),
  ];
}
