// How is access taken away? (first the membership, which nobody can block; then the role; then the sessions)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { givesNothing, isOurs, memberOf, nameOf, parentsOf, rolesNamed, type OwnRole } from "./catalog.ts";
import { endSessions } from "./sessions.ts";
import { id, type Db } from "./sql.ts";
import { verify } from "./verify.ts";

/** Read after the act: is the role there, may the subject have another way in, and which sessions has he open? */
interface Aftermath {
  readonly there: boolean;
  readonly maybe: boolean;
  readonly pids: readonly number[];
}

const NO_WAY = { allowed: false, standing: false };
const AFTERMATH = `
  SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1::name) AS there,
    coalesce((SELECT bool_or(pg_has_role($2::oid, p, 'MEMBER')) FROM unnest($3::oid[]) AS p), false) AS maybe,
    ARRAY(SELECT pid FROM pg_stat_activity WHERE usesysid = $2 AND pid <> pg_backend_pid()) AS pids`;

/** `escaped`: every role of the assignment can still be used, by a way that is not ours. */
export async function revoke(db: Db, assignment: Assignment): Promise<Revocation> {
  const name = nameOf(assignment);
  const before = (await rolesNamed(db, [name])).get(name);
  const left = await end(db, before, assignment);
  const { there, maybe, pids } = await aftermath(db, assignment);
  if (there && left.length === 0)
    throw new ProviderError("conflict", "a role of that name is there again", { vendorCode: "42710" });
  const { allowed, standing } = maybe ? await verify(db, assignment) : NO_WAY;
  // Whoever may go on by another way keeps his sessions.
  const sessions = allowed ? [] : await endSessions(db, memberOf(assignment), pids);
  const receipt: JsonObject = { role: name, oid: before?.oid ?? null };
  return { state: standing ? "escaped" : "absent", receipt, residue: [...left, ...sessions] };
}

async function aftermath(db: Db, assignment: Assignment): Promise<Aftermath> {
  const values = [nameOf(assignment), memberOf(assignment), parentsOf(assignment)];
  const [after] = await db.rows<Aftermath>("be read back", AFTERMATH, values);
  if (after) return after;
  throw new ProviderError("transient", "PostgreSQL did not say what is left", { vendorCode: "none" });
}

async function end(db: Db, role: OwnRole | undefined, assignment: Assignment): Promise<readonly string[]> {
  if (!role) return [];
  if (isOurs(role, assignment)) return takeAway(db, role);
  return [`a role named ${role.name} is not ours and was left alone`];
}

/** What is left of our role, in words. If anything is refused, every cut is tried by itself. */
async function takeAway(db: Db, role: OwnRole): Promise<readonly string[]> {
  const members = role.members.map((edge) => `REVOKE ${id(role.name)} FROM ${id(edge.name)}`);
  const refused = await attempt(db, members, [dropping(role)]);
  if (!refused) return [];
  const parents = role.parents.map((edge) => `REVOKE ${id(edge.name)} FROM ${id(role.name)}`);
  for (const statement of [...members, ...parents]) await attempt(db, [statement]);
  const kept = await drop(db, role);
  const after = (await rolesNamed(db, [role.name])).get(role.name);
  if (!after) return [];
  if (givesNothing(after))
    return [`role ${role.name} kept as a tombstone: ${await blockers(db, role, kept)}`];
  throw refused;
}

/** A refusal of the server is returned; a server that does not answer is thrown. */
async function attempt(
  db: Db,
  ...transactions: readonly (readonly string[])[]
): Promise<ProviderError | undefined> {
  try {
    await db.run("revoke", ...transactions);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ProviderError && (!thrown.retryable || thrown.class === "conflict")) return thrown;
    throw thrown;
  }
}

function dropping({ name }: OwnRole): string {
  return `DROP ROLE IF EXISTS ${id(name)}`;
}

/** The code of the refusal, if the role could not be removed. */
export async function drop(db: Db, role: OwnRole): Promise<string | undefined> {
  return (await attempt(db, [dropping(role)]))?.vendorCode;
}

/** What keeps the role from being removed: objects of the subject, which may be in any database. */
async function blockers(db: Db, { oid }: OwnRole, code = "none"): Promise<string> {
  const found = await db.rows<{ place: string; objects: number }>(
    "say what depends on the role",
    `SELECT coalesce('database ' || d.datname, 'the whole server') AS place, count(*)::int AS objects
     FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
     WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = $1 AND s.classid <> 'pg_auth_members'::regclass
     GROUP BY 1 ORDER BY 1`,
    [oid],
  );
  const places = found.map(({ place, objects }) => `${objects} object(s) in ${place}`);
  return places.length > 0 ? places.join(", ") : `the server refused (${code})`;
}
