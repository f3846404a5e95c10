// Who lets this subject in, and through what?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { memberOf, parentsOf } from "./catalog.ts";
import { markStart } from "./names.ts";
import type { Db } from "./sql.ts";

/** One membership above the subject. */
export interface Step {
  readonly member: number;
  readonly memberName: string;
  readonly role: number;
  readonly inherits: boolean;
  /** SET ROLE is possible: before version 16 always. */
  readonly sets: boolean;
  /** The member says in its comment that we made it for some request; `doctor` looks for impostors. */
  readonly ours: boolean;
}

/**
 * Nobody climbs on from a role of ours but to the roles in question: a subject may have hundreds of them. The set of
 * ours is hashed once; as a join it would be searched for each row, since the planner knows little of catalogues.
 */
const OURS = `(SELECT objoid FROM pg_shdescription WHERE classoid = 'pg_authid'::regclass AND starts_with(description, $3))`;
const STEPS = `
  WITH RECURSIVE above(oid, ours) AS (
    SELECT $1::oid, false UNION
    SELECT m.roleid, m.roleid IN ${OURS} FROM above a JOIN pg_auth_members m ON m.member = a.oid WHERE NOT a.ours)
  SELECT m.member, r.rolname AS "memberName", m.roleid AS role, a.ours,
    coalesce((to_jsonb(m)->>'inherit_option')::bool, r.rolinherit) AS inherits,
    coalesce((to_jsonb(m)->>'set_option')::bool, true) AS sets
  FROM above a JOIN pg_auth_members m ON m.member = a.oid JOIN pg_roles r ON r.oid = a.oid
  WHERE NOT a.ours OR m.roleid = ANY($2::oid[])`;

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
  const steps = await db.rows<Step>("list memberships", STEPS, [subject, parents, markStart(db.owner)]);
  const said = await db.rows<{ role: number; allowed: boolean }>("check the access", SERVER_SAYS, [
    subject,
    parents,
  ]);
  const allowed = new Set(said.filter((one) => one.allowed).map(({ role }) => role));
  return judgeWays(steps, subject, { parents, said: allowed });
}

/** What the server says counts even where no membership explains it: superusers, owners of the database. */
function judgeWays(
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
