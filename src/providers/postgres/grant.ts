// How is access given? (create-only, in one transaction, and read back)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { judge, memberOf, nameOf, parentsOf, rolesNamed, type OwnRole } from "./catalog.ts";
import { readMark, writeMark } from "./names.ts";
import { ALONE, id, literal, PER_GRANTOR, type Db } from "./sql.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

/** Somebody was quicker: another applier, or whoever likes our names. */
const TAKEN = ["42710", "23505"];

export async function grant(db: Db, assignment: Assignment, window: Window): Promise<JsonObject> {
  if (!(window.end > window.now))
    throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const comment = commentFor(assignment, window.end);
  const there = await own(db, assignment);
  if (there) return converge(db, there, assignment, comment);
  try {
    await alone(db, "grant", await statements(db, assignment, comment));
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && TAKEN.includes(thrown.vendorCode))) throw thrown;
  }
  return confirmed(await own(db, assignment), assignment);
}

/** Whoever holds the appliers' lock can put a grant off, and nothing else. */
async function alone(db: Db, doing: string, statements: readonly string[]): Promise<void> {
  try {
    await db.run(doing, [ALONE, ...statements]);
  } catch (cause) {
    if (!(cause instanceof ProviderError && cause.vendorCode === "55P03")) throw cause;
    const message = `PostgreSQL did not ${doing}: somebody else holds a lock`;
    throw new ProviderError("conflict", message, { vendorCode: cause.vendorCode, cause });
  }
}

async function own(db: Db, assignment: Assignment): Promise<OwnRole | undefined> {
  const name = nameOf(assignment);
  return (await rolesNamed(db, [name])).get(name);
}

function commentFor(assignment: Assignment, end: Instant): string {
  const request = assignment.role["request"];
  return writeMark({
    owner: assignment.owner,
    request: typeof request === "string" ? request : "",
    target: assignment.target,
    until: new Date(end).toISOString(),
    member: memberOf(assignment),
    roles: parentsOf(assignment),
  });
}

/** The names that the ids have now: the subject may have been renamed since. */
async function statements(db: Db, assignment: Assignment, comment: string): Promise<readonly string[]> {
  const member = memberOf(assignment);
  const parents = parentsOf(assignment);
  const found = await db.rows<{ oid: number; name: string }>(
    "show the roles",
    "SELECT oid, rolname AS name FROM pg_roles WHERE oid = ANY($1::oid[])",
    [[member, ...parents]],
  );
  const names = new Map(found.map(({ oid, name }) => [oid, name]));
  const subject = names.get(member);
  if (subject === undefined)
    throw new ProviderError("subject-missing", "the subject's role is gone", { vendorCode: "42704" });
  const roles = parents.flatMap((oid) => names.get(oid) ?? []);
  if (roles.length < parents.length || roles.length === 0)
    throw new ProviderError("role-missing", "a role is gone", { vendorCode: "42704" });
  const role = id(nameOf(assignment));
  // SET FALSE: a session that did SET ROLE would keep the rights after they are revoked.
  const how = db.version >= PER_GRANTOR ? " WITH INHERIT TRUE, SET FALSE" : "";
  return [
    `CREATE ROLE ${role} NOLOGIN INHERIT`,
    `COMMENT ON ROLE ${role} IS ${literal(comment)}`,
    `GRANT ${roles.map(id).join(", ")} TO ${role}${how}`,
    `GRANT ${role} TO ${id(subject)}${how}`,
  ];
}

/** Granting again is granting once; only the end in the comment may have moved. */
async function converge(
  db: Db,
  there: OwnRole,
  assignment: Assignment,
  comment: string,
): Promise<JsonObject> {
  const receipt = confirmed(there, assignment);
  if (there.comment !== comment)
    await alone(db, "note the end", [`COMMENT ON ROLE ${id(there.name)} IS ${literal(comment)}`]);
  return receipt;
}

/** What is there must be exactly what we would have made; anything else is never adopted. */
function confirmed(role: OwnRole | undefined, assignment: Assignment): JsonObject {
  const seen = judge(role, assignment);
  const request = role && readMark(role.comment)?.request;
  if (seen.state === "ours" && seen.drift === undefined && request === assignment.role["request"])
    return seen.receipt;
  throw new ProviderError("conflict", "a role of that name is there and differs", { vendorCode: "42710" });
}
