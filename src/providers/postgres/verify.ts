// Who lets this subject in, and through what?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { markOn, memberOf, parentsOf } from "./catalog.ts";
import type { Db } from "./sql.ts";

/** One membership above the subject. */
export interface Step {
  readonly member: number;
  readonly memberName: string;
  readonly role: number;
  readonly inherits: boolean;
  /** SET ROLE is possible: before version 16 always. */
  readonly sets: boolean;
  /** The member is a role that Lapse made for some request. */
  readonly ours: boolean;
}

const STEPS = `
  WITH RECURSIVE above(oid) AS (
    SELECT $1::oid UNION SELECT m.roleid FROM pg_auth_members m JOIN above a ON m.member = a.oid)
  SELECT m.member, r.rolname AS "memberName", m.roleid AS role, shobj_description(r.oid, 'pg_authid') AS comment,
    coalesce((to_jsonb(m)->>'inherit_option')::bool, r.rolinherit) AS inherits,
    coalesce((to_jsonb(m)->>'set_option')::bool, true) AS sets
  FROM above a JOIN pg_auth_members m ON m.member = a.oid JOIN pg_roles r ON r.oid = m.member`;

const SERVER_SAYS = `
  SELECT p AS role, pg_has_role($1::oid, p, 'USAGE') AS allowed
  FROM unnest($2::oid[]) AS p WHERE EXISTS (SELECT FROM pg_roles WHERE oid = $1::oid)`;

/**
 * `allowed`: every role of the assignment can be used, by inheritance or SET ROLE. `standing`: every one of them
 * could still be used without any role of ours. `via`: the roles, or the subject's own name, that are members of them.
 */
export async function verify(db: Db, assignment: Assignment): Promise<Verdict> {
  const subject = memberOf(assignment);
  const parents = parentsOf(assignment);
  const rows = await db.rows<Omit<Step, "ours"> & { comment: string | null }>("list memberships", STEPS, [
    subject,
  ]);
  const said = await db.rows<{ role: number; allowed: boolean }>("check the access", SERVER_SAYS, [
    subject,
    parents,
  ]);
  const steps = rows.map((row) => ({
    ...row,
    ours: markOn({ name: row.memberName, comment: row.comment })?.owner === db.owner,
  }));
  return judgeWays(steps, subject, {
    parents,
    said: new Set(said.filter((one) => one.allowed).map(({ role }) => role)),
  });
}

/** What the server says counts even where no membership explains it: superusers, owners of the database. */
export function judgeWays(
  steps: readonly Step[],
  subject: number,
  { parents, said }: { readonly parents: readonly number[]; readonly said: ReadonlySet<number> },
): Verdict {
  const all = reach(steps, subject);
  const others = reach(
    steps.filter((step) => !step.ours),
    subject,
  );
  const ways = parents.map((parent) => steps.filter((step) => step.role === parent && all.uses(step)));
  const unexplained = parents.filter((parent, index) => said.has(parent) && ways[index]?.length === 0);
  const via = new Set(ways.flat().map((step) => step.memberName));
  if (unexplained.length > 0) via.add("a privilege of the subject itself");
  return {
    allowed: parents.length > 0 && parents.every((parent) => said.has(parent) || all.roles.has(parent)),
    via: [...via],
    standing:
      parents.length > 0 &&
      parents.every((parent) => others.roles.has(parent) || unexplained.includes(parent)),
  };
}

/** SET ROLE any number of times, then whatever that role inherits. */
function reach(steps: readonly Step[], subject: number) {
  const settable = closure(
    new Set([subject]),
    steps.filter((step) => step.sets),
  );
  const roles = closure(
    settable,
    steps.filter((step) => step.inherits),
  );
  const uses = ({ member, inherits, sets }: Step) =>
    (inherits && roles.has(member)) || (sets && settable.has(member));
  return { roles, uses };
}

function closure(from: ReadonlySet<number>, steps: readonly Step[]): ReadonlySet<number> {
  const reached = new Set(from);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const member of reached) {
    for (const step of steps) if (step.member === member) reached.add(step.role);
  }
  return reached;
}
