// How is access taken away? (first the membership, which nobody can block; then the role; then the sessions)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { givesNothing, isOurs, memberOf, nameOf, rolesNamed, type OwnRole } from "./catalog.ts";
import { endSessions } from "./sessions.ts";
import { id, LOCK, type Db } from "./sql.ts";
import { verify } from "./verify.ts";

export async function revoke(db: Db, assignment: Assignment): Promise<Revocation> {
  const name = nameOf(assignment);
  const before = (await rolesNamed(db, [name])).get(name);
  const left = before && isOurs(before, assignment) ? await takeAway(db, before) : foreign(before);
  const { allowed, standing } = await verify(db, assignment);
  // Whoever may go on by another way keeps his sessions.
  const sessions = allowed ? [] : await endSessions(db, memberOf(assignment));
  const receipt: JsonObject = { role: name, oid: before?.oid ?? null };
  return { state: standing ? "escaped" : "absent", receipt, residue: [...left, ...sessions] };
}

function foreign(role: OwnRole | undefined): readonly string[] {
  return role ? [`a role named ${role.name} is not ours and was left alone`] : [];
}

/** What is left of our role, in words. Throws unless a read shows that it gives nothing any more. */
async function takeAway(db: Db, role: OwnRole): Promise<readonly string[]> {
  const refused = await cut(db, role);
  const kept = await drop(db, role);
  const after = (await rolesNamed(db, [role.name])).get(role.name);
  if (!after) return [];
  if (givesNothing(after))
    return [`role ${role.name} kept as a tombstone: ${await blockers(db, role, kept)}`];
  throw refused ?? new ProviderError("forbidden", "others keep the access alive", { vendorCode: "42501" });
}

/** All at once; if that is refused, one by one: a single cut membership may be enough. Returns the refusal. */
async function cut(db: Db, role: OwnRole): Promise<ProviderError | undefined> {
  const statements = [
    ...role.members.map((edge) => `REVOKE ${id(role.name)} FROM ${id(edge.name)}`),
    ...role.parents.map((edge) => `REVOKE ${id(edge.name)} FROM ${id(role.name)}`),
  ];
  if (statements.length === 0) return undefined;
  const refused = await attempt(db, LOCK, ...statements);
  if (refused) for (const statement of statements) await attempt(db, LOCK, statement);
  return refused;
}

/** A refusal of the server is returned; a server that does not answer is thrown. */
async function attempt(db: Db, ...statements: readonly string[]): Promise<ProviderError | undefined> {
  try {
    await db.run("revoke", ...statements);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ProviderError && (!thrown.retryable || thrown.class === "conflict")) return thrown;
    throw thrown;
  }
}

/** The code of the refusal, if the role could not be removed. */
export async function drop(db: Db, role: OwnRole): Promise<string | undefined> {
  return (await attempt(db, LOCK, `DROP ROLE IF EXISTS ${id(role.name)}`))?.vendorCode;
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
