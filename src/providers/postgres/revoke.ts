// How is access taken away? (first the memberships, which nobody can hold up; then the sessions; then the role)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { givesNothing, isMarked, memberOf, nameOf, parentsOf, rolesNamed, type OwnRole } from "./catalog.ts";
import { BLOCKED, cutOff, drop, leading, type Cut } from "./cut.ts";
import { endBlocking, endSessions } from "./sessions.ts";
import { id, type Db } from "./sql.ts";
import { verify } from "./verify.ts";

/** Read after the act: may the subject have another way in, and which sessions has he open? */
interface Aftermath {
  readonly maybe: boolean;
  readonly pids: readonly number[];
}

interface Closed {
  readonly allowed: boolean;
  readonly standing: boolean;
  readonly residue: readonly string[];
}

const NO_WAY = { allowed: false, standing: false };
const AFTERMATH = `
  SELECT coalesce((SELECT bool_or(pg_has_role($1::oid, p, 'MEMBER')) FROM unnest($2::oid[]) AS p), false) AS maybe,
    ARRAY(SELECT pid FROM pg_stat_activity WHERE usesysid = $1 AND pid <> pg_backend_pid()) AS pids`;

/**
 * `escaped`: every role of the assignment can still be used, by a way that is not of our name. Whatever a comment
 * says, and whoever holds a lock, neither word is said while a role of our name leads the subject to any of them:
 * then a conflict is thrown, or that the applier lacks the rights.
 */
export async function revoke(db: Db, assignment: Assignment): Promise<Revocation> {
  const cut = await cutOff(db, assignment);
  const early = await closeSessions(db, assignment);
  const kept = cut.role && cut.extent === "whole" ? await remove(db, cut.role, assignment) : undefined;
  const left = await leftOver(db, assignment, cut, kept);
  // Where the memberships could not be cut, it is the end of the role that ended the access.
  const { standing, residue } = early.allowed ? await closeSessions(db, assignment) : early;
  const receipt: JsonObject = { role: nameOf(assignment), oid: cut.role?.oid ?? null };
  return { state: standing ? "escaped" : "absent", receipt, residue: [...left, ...residue] };
}

/** Whoever may go on by another way keeps his sessions. */
async function closeSessions(db: Db, assignment: Assignment): Promise<Closed> {
  const member = memberOf(assignment);
  const [after] = await db.rows<Aftermath>("be read back", AFTERMATH, [member, parentsOf(assignment)]);
  if (!after)
    throw new ProviderError("transient", "PostgreSQL did not say what is left", { vendorCode: "none" });
  const { allowed, standing } = after.maybe ? await verify(db, assignment) : NO_WAY;
  return { allowed, standing, residue: allowed ? [] : await endSessions(db, member, after.pids) };
}

/** A role that still gives something must go; one that does not may wait for whoever holds a lock on it. */
async function remove(db: Db, role: OwnRole, assignment: Assignment): Promise<string | undefined> {
  const code = await drop(db, role);
  if (code === undefined || !BLOCKED.includes(code)) return code;
  const now = await named(db, role.name);
  if (!now || givesNothing(now)) return code;
  await endBlocking(db, memberOf(assignment));
  return drop(db, role);
}

async function named(db: Db, name: string): Promise<OwnRole | undefined> {
  return (await rolesNamed(db, [name])).get(name);
}

/** Reads the role back: what is left of it and what was strange about it, in words. */
async function leftOver(
  db: Db,
  assignment: Assignment,
  cut: Cut,
  code: string | undefined,
): Promise<readonly string[]> {
  const after = await named(db, nameOf(assignment));
  if (!after) return strange(cut, assignment);
  const gives = cut.extent === "whole" && !givesNothing(after);
  if (gives || (await leading(db, assignment)).leads) throw stillIn(after, cut);
  const words = {
    whole: async () => `role ${after.name} kept as a tombstone: ${await blockers(db, after, code)}`,
    edge: () => `role ${after.name} has other members or roles and was kept: only the subject was taken out`,
    none: () => `a role named ${after.name} is not ours and was left alone`,
  };
  return [...strange(cut, assignment), await words[cut.extent]()];
}

function strange({ role, extent }: Cut, assignment: Assignment): readonly string[] {
  if (!role || extent === "none" || isMarked(role, assignment)) return [];
  return [`the comment on the role ${role.name} is not ours any more: somebody changed it`];
}

function stillIn({ name }: OwnRole, { extent, refused }: Cut): ProviderError {
  if (extent === "whole" && refused && !refused.retryable) return refused;
  return new ProviderError(
    "conflict",
    `the role ${name} still gives access and Lapse cannot end that: an administrator must REVOKE ${id(name)}`,
    { vendorCode: refused?.vendorCode ?? "none", cause: refused },
  );
}

/** What keeps the role from being removed: objects of the subject, which may be in any database, or a lock. */
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
  if (places.length > 0) return places.join(", ");
  return BLOCKED.includes(code) ? `a lock is held on it (${code})` : `the server refused (${code})`;
}
