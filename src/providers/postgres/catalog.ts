// What does the server know about our roles? (read-only; a comment proves whose a role is)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Observed } from "../provider.ts";
import { markStart, readMark, roleName, type Mark } from "./names.ts";
import type { Db } from "./sql.ts";

/** One row of pg_auth_members, seen from our role. */
export interface Edge {
  readonly oid: number;
  readonly name: string;
  readonly admin: boolean;
  /** Absent before version 16. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
}

export interface OwnRole {
  readonly oid: number;
  readonly name: string;
  readonly login: boolean;
  readonly comment: string | null;
  /** Who has our role, the applier's own administration of it left out. */
  readonly members: readonly Edge[];
  /** What our role is a member of. */
  readonly parents: readonly Edge[];
}

/** Comments on roles; joined, since shobj_description() is slow by the hundred, as are joins for mere names. */
const DESCRIBED = "LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass";

const edges = (self: string, other: string): string => `
  (SELECT coalesce(json_agg(json_build_object('oid', m.${other}::int8, 'name', pg_get_userbyid(m.${other}),
     'admin', m.admin_option, 'inherit', to_jsonb(m)->'inherit_option', 'set', to_jsonb(m)->'set_option')), '[]')
   FROM pg_auth_members m WHERE m.${self} = r.oid)`;

const OWN_ROLES = `
  SELECT r.oid, r.rolname AS name, r.rolcanlogin AS login, d.description AS comment,
    ${edges("roleid", "member")} AS members, ${edges("member", "roleid")} AS parents
  FROM pg_roles r ${DESCRIBED}`;

/** On 16 and newer, whoever creates a role gets an ADMIN row on it that gives nothing else. */
function administers(edge: Edge, applier: number): boolean {
  return edge.oid === applier || (edge.admin && edge.inherit === false && edge.set === false);
}

async function read(db: Db, where: string, value: unknown): Promise<readonly OwnRole[]> {
  const found = await db.rows<OwnRole>("show its roles", `${OWN_ROLES} WHERE ${where}`, [value]);
  return found.map((role) => ({
    ...role,
    members: role.members.filter((edge) => !administers(edge, db.applier)),
  }));
}

/** Our roles by name; what is missing in the answer is not on the server. */
export async function rolesNamed(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, OwnRole>> {
  const found = await read(db, "r.rolname = ANY($1::text[]::name[])", names);
  return new Map(found.map((role) => [role.name, role]));
}

/** Every role whose name and comment say that this installation made it. */
export async function markedRoles(db: Db): Promise<readonly { role: OwnRole; mark: Mark }[]> {
  return (await claiming(db)).flatMap((role) => {
    const mark = markOn(role);
    return mark ? [{ role, mark }] : [];
  });
}

/** Roles whose comment says that we made them, and whose name says that we did not. */
export async function impostors(db: Db): Promise<readonly string[]> {
  return (await claiming(db)).filter((role) => !markOn(role)).map(({ name }) => name);
}

async function claiming(db: Db): Promise<readonly OwnRole[]> {
  return read(db, "starts_with(d.description, $1)", markStart(db.owner));
}

/** A comment that was copied to another role is no mark. */
function markOn({ name, comment }: Pick<OwnRole, "name" | "comment">): Mark | undefined {
  const mark = readMark(comment);
  return mark && roleName(mark.owner, mark.request) === name ? mark : undefined;
}

/** The name of the role that stands for this assignment. */
export function nameOf(assignment: Assignment): string {
  if (assignment.mark !== undefined) return assignment.mark;
  throw new ProviderError("malformed", "the assignment names no role of ours", { vendorCode: "no-mark" });
}

export function memberOf(assignment: Assignment): number {
  return Number(assignment.principal["oid"]);
}

export function parentsOf(assignment: Assignment): readonly number[] {
  const roles = assignment.role["roles"];
  return Array.isArray(roles) ? roles.map((role: JsonObject) => Number(role["oid"])) : [];
}

/** Is this role the one that the assignment describes? A stripped comment is forgiven when the rest agrees. */
function isOurs(role: OwnRole, assignment: Assignment): boolean {
  if (role.comment !== null) return isMarked(role, assignment);
  return role.members.some((edge) => edge.oid === memberOf(assignment));
}

/** Does the comment on this role prove that we made it for this assignment? */
export function isMarked(role: OwnRole, assignment: Assignment): boolean {
  const mark = markOn(role);
  return mark?.owner === assignment.owner && mark.member === memberOf(assignment);
}

/**
 * May the whole role go with the assignment? Its comment says so, or there is nothing about it that the assignment
 * does not describe: whoever may change a comment must not be able to keep access alive with it.
 */
export function endsWith(role: OwnRole, assignment: Assignment): boolean {
  if (isMarked(role, assignment)) return true;
  const parents = parentsOf(assignment);
  const known =
    role.members.every(({ oid }) => oid === memberOf(assignment)) &&
    role.parents.every(({ oid }) => parents.includes(oid));
  return known && !role.login;
}

/** Does our role still give anybody anything? */
export function givesNothing(role: OwnRole): boolean {
  return role.members.length === 0 || role.parents.length === 0;
}

/** What the role looks like against what was granted. */
export function judge(role: OwnRole | undefined, assignment: Assignment): Observed {
  if (!role) return { state: "absent" };
  if (!isOurs(role, assignment)) return { state: "foreign" };
  if (givesNothing(role))
    return { state: "tombstone", reason: `the role ${role.name} is left and gives nothing` };
  const drift = drifts(role, assignment);
  const receipt = {
    role: role.name,
    oid: role.oid,
    member: memberOf(assignment),
    roles: parentsOf(assignment),
  };
  return { state: "ours", receipt, ...(drift.length > 0 && { drift: drift.join("; ") }) };
}

function drifts(role: OwnRole, assignment: Assignment): readonly string[] {
  const members = [memberOf(assignment)];
  const parents = parentsOf(assignment);
  const gone = (wanted: readonly number[], edges: readonly Edge[]) =>
    wanted.some((oid) => !edges.some((edge) => edge.oid === oid));
  const extra = (wanted: readonly number[], edges: readonly Edge[]) =>
    edges
      .filter((edge) => !wanted.includes(edge.oid))
      .map((edge) => edge.name)
      .sort();
  const options = [...role.members, ...role.parents].some(
    (edge) => edge.admin || edge.inherit === false || edge.set === true,
  );
  return [
    ...(role.comment === null ? ["its comment was removed"] : []),
    ...(role.login ? ["it may log in"] : []),
    ...(gone(parents, role.parents) ? ["it was taken out of a role"] : []),
    ...(gone(members, role.members) ? ["the subject was taken out of it"] : []),
    ...extra(parents, role.parents).map((name) => `it was put into ${name}`),
    ...extra(members, role.members).map((name) => `${name} was put into it`),
    ...(options ? ["its membership options were changed"] : []),
  ];
}
