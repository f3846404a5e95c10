// Which memberships are cut, and how, without waiting for anybody who would like to keep them?
import { setTimeout as sleep } from "node:timers/promises";
import type { Assignment } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { endsWith, memberOf, nameOf, parentsOf, rolesNamed, type OwnRole } from "./catalog.ts";
import { endBlocking } from "./sessions.ts";
import { id, type Db } from "./sql.ts";

/** `whole`: the role goes with all that it has. `edge`: it holds others too, and only the subject is taken out. */
export interface Cut {
  readonly role?: OwnRole;
  readonly extent: "whole" | "edge" | "none";
  /** The server said no to at least one of the cuts. */
  readonly refused?: ProviderError;
}

/** A lock was not to be had in time, or the statement took too long. */
export const BLOCKED: readonly string[] = ["55P03", "57014"];
/** Somebody else changed the same rows, or a name has just gone. What is done is idempotent, so it is done again. */
const RACES: readonly string[] = ["XX000", "23505", "40001", "40P01", "42704"];
const TRIES = 4;
const PAUSE_MS = 20;
/** Of the bound on a call, for one lock. */
const PATIENCE = 0.1;

/** Takes away what makes the access, in one transaction; if the server refuses, every cut is tried by itself. */
export async function cutOff(db: Db, assignment: Assignment): Promise<Cut> {
  const name = nameOf(assignment);
  for (let tried = 1; ; tried++) {
    const role = (await rolesNamed(db, [name])).get(name);
    if (!role) return { extent: "none" };
    const { extent, cuts } = await cutsOf(db, role, assignment);
    const refused = await carryOut(db, assignment, cuts);
    if (!refused) return { role, extent };
    if (!isRace(refused) || tried === TRIES) return { role, extent, refused };
    await sleep(PAUSE_MS * tried);
  }
}

async function cutsOf(
  db: Db,
  role: OwnRole,
  assignment: Assignment,
): Promise<{ readonly extent: Cut["extent"]; readonly cuts: readonly string[] }> {
  if (endsWith(role, assignment)) {
    const members = role.members.map((edge) => `REVOKE ${id(role.name)} FROM ${id(edge.name)}`);
    const parents = role.parents.map((edge) => `REVOKE ${id(edge.name)} FROM ${id(role.name)}`);
    return { extent: "whole", cuts: [...members, ...parents] };
  }
  const { leads, direct } = await leading(db, assignment);
  if (!leads || direct === null) return { extent: "none", cuts: [] };
  return { extent: "edge", cuts: [`REVOKE ${id(role.name)} FROM ${id(direct)}`] };
}

async function carryOut(
  db: Db,
  assignment: Assignment,
  cuts: readonly string[],
): Promise<ProviderError | undefined> {
  if (cuts.length === 0) return undefined;
  const together = await attempt(db, cuts);
  if (!together || isRace(together)) return together;
  if (BLOCKED.includes(together.vendorCode)) await endBlocking(db, memberOf(assignment));
  const refusals: ProviderError[] = [];
  for (const cut of cuts) {
    const refused = await attempt(db, [cut]);
    if (refused) refusals.push(refused);
  }
  return refusals.find(isRace) ?? refusals[0];
}

/** Removes the role, which may give nothing any more; the code of the refusal if it stays. */
export async function drop(db: Db, role: OwnRole): Promise<string | undefined> {
  for (let tried = 1; ; tried++) {
    const refused = await attempt(db, [`DROP ROLE IF EXISTS ${id(role.name)}`]);
    if (!refused || !isRace(refused) || tried === TRIES) return refused?.vendorCode;
    await sleep(PAUSE_MS * tried);
  }
}

/** A refusal of the server is returned; a server that does not answer is thrown. */
async function attempt(db: Db, statements: readonly string[]): Promise<ProviderError | undefined> {
  try {
    const patience = `SET LOCAL lock_timeout = ${Math.ceil(db.timeout * PATIENCE)}`;
    await db.run("revoke", [patience, ...statements]);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    const answered = !thrown.retryable || thrown.class === "conflict" || BLOCKED.includes(thrown.vendorCode);
    if (answered) return thrown;
    throw thrown;
  }
}

function isRace({ vendorCode }: ProviderError): boolean {
  return RACES.includes(vendorCode);
}

/** Every membership counts, even one that only lets its member take the rest. */
const LEADING = `
  WITH RECURSIVE above(oid) AS (
    SELECT $2::oid UNION SELECT m.roleid FROM above a JOIN pg_auth_members m ON m.member = a.oid),
  beyond(oid) AS (
    SELECT r.oid FROM pg_roles r JOIN above USING (oid) WHERE r.rolname = $1::name
    UNION SELECT m.roleid FROM beyond b JOIN pg_auth_members m ON m.member = b.oid)
  SELECT EXISTS (SELECT FROM beyond WHERE oid = ANY($3::oid[])) AS leads,
    (SELECT DISTINCT pg_get_userbyid(m.member) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
     WHERE r.rolname = $1::name AND m.member = $2) AS direct`;

/** Does a role of our name lead the subject to any of the roles, and is he its member himself (by which name)? */
export async function leading(
  db: Db,
  assignment: Assignment,
): Promise<{ readonly leads: boolean; readonly direct: string | null }> {
  const values = [nameOf(assignment), memberOf(assignment), parentsOf(assignment)];
  const [row] = await db.rows<{ leads: boolean; direct: string | null }>("show ways in", LEADING, values);
  if (row) return row;
  throw new ProviderError("transient", "PostgreSQL did not show the ways in", { vendorCode: "none" });
}
