// Can the applier do exactly what it must, and no more?
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { look, markedRoles, roleNamed, type Picture } from "./catalog.ts";
import { leftovers } from "./cleanup.ts";
import { id, quoted, same } from "./names.ts";
import { grantsOf, readGrant, tooStrong, type Privileges } from "./privileges.ts";
import { canEnd } from "./sessions.ts";
import type { Db } from "./sql.ts";

const SETUP = "as an administrator: the GRANT of src/providers/mariadb/setup.sql";
const NEEDED = ["USAGE", "CREATE USER", "CONNECTION ADMIN"];
const ALL = "ALL PRIVILEGES";

export async function doctor(db: Db): Promise<readonly Finding[]> {
  const lines = await grantsOf(db.rows, "CURRENT_USER");
  const grants = lines.map((line) => readGrant(line));
  const picture = await pictureOrReason(db);
  const general = [...needs(db, lines, grants), ...sessions(db), ...excess(db, grants), ...reach(db, grants)];
  if ("reason" in picture) return [...general, picture.reason];
  return [
    ...general,
    ...notesReadable(picture),
    ...(await lending(db, picture)),
    ...(await left(db, picture)),
    ...pretending(db, picture),
  ];
}

async function pictureOrReason(db: Db): Promise<Picture | { readonly reason: Finding }> {
  try {
    return await look(db, "as it is");
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && thrown.class === "forbidden")) throw thrown;
    const message = `the applier ${quoted(db.applier)} cannot read who has which role`;
    return { reason: error("LPS430", message, `${SETUP}s on the database mysql`) };
  }
}

type Grants = readonly (Privileges | undefined)[];

/** Has it this privilege there, whatever table of the database it is narrowed to? */
function has(grants: Grants, privilege: string, database: string): boolean {
  return grants.some((grant) => {
    const there = grant?.database === "*" || grant?.database === database;
    return there && (grant.names.includes(privilege) || grant.names.includes(ALL));
  });
}

function needs(db: Db, lines: readonly string[], grants: Grants): readonly Finding[] {
  const applier = `the applier ${quoted(db.applier)}`;
  const cannotEnd = db.connection["terminate"] !== false && !canEnd(lines);
  const readOnly = !["SELECT", "INSERT", "UPDATE", "DELETE"].every((one) => has(grants, one, "lapse"));
  return [
    ...(has(grants, "CREATE USER", "*")
      ? []
      : [error("LPS430", `${applier} cannot create and drop roles`, `${SETUP} with CREATE USER`)]),
    ...(cannotEnd
      ? [error("LPS430", `${applier} cannot end sessions`, `${SETUP} with CONNECTION ADMIN`)]
      : []),
    ...(readOnly
      ? [error("LPS430", `${applier} cannot write to lapse.grants`, `${SETUP} on lapse.grants`)]
      : []),
  ];
}

function notesReadable({ notes }: Picture): readonly Finding[] {
  if (notes) return [];
  return [
    error(
      "LPS430",
      "the table lapse.grants cannot be read",
      "as an administrator: run setup.sql on this server",
    ),
  ];
}

function sessions({ connection }: Db): readonly Finding[] {
  if (connection["terminate"] !== false) return [];
  const message =
    "sessions keep rights of a dropped role until they end: those on their database and on the whole server";
  return [warning("LPS434", message, "leave `terminate: false` out of the target's connection")];
}

function excess({ applier }: Db, grants: Grants): readonly Finding[] {
  const more = grants.flatMap((grant) => beyond(grant));
  if (more.length === 0) return [];
  const say = more.some((one) => /SUPER|ALL PRIVILEGES|OPTION/.test(one)) ? error : warning;
  const fix = `as an administrator: REVOKE that FROM ${quoted(applier)}`;
  return [say("LPS431", `the applier ${quoted(applier)} has ${more.join(", ")}`, fix)];
}

/** What of this grant nothing needs, in words. */
function beyond(grant: Privileges | undefined): readonly string[] {
  if (!grant) return ["a grant that Lapse does not understand"];
  const { names, database, passable } = grant;
  if (database === undefined) return [];
  if (passable) return [`${names.join(", ")} WITH GRANT OPTION`];
  if (database === "*") return names.filter((name) => !NEEDED.includes(name));
  return isExpected(grant) ? [] : [`${names.join(", ")} on the database ${database}`];
}

/** Everything else in the database `mysql` would show it the password hashes, or more than it needs. */
function isExpected({ names, database, part = "" }: Privileges): boolean {
  const reads = names.join() === "SELECT" && ["roles_mapping", "user"].includes(part);
  return database === "lapse" || (database === "mysql" && reads);
}

function reach({ applier }: Db, grants: Grants): readonly Finding[] {
  if (applier.host !== "%" || !has(grants, "CREATE USER", "*")) return [];
  const message = `the applier ${quoted(applier)} may log in from anywhere, and on MariaDB CREATE USER changes any password`;
  const fix = `as an administrator: RENAME USER ${quoted(applier)} TO ${id(applier.user)}@ the one host that it comes from`;
  return [warning("LPS431", message, fix)];
}

/** The roles that the applier can give away, and whether they could be lent at all. */
async function lending(db: Db, picture: Picture): Promise<readonly Finding[]> {
  const administered = picture.edges.filter((edge) => edge.admin && same(edge, db.applier));
  const roles = administered
    .map(({ role }) => role)
    .filter((role) => picture.notes?.has(role) !== true && !role.startsWith(`${db.owner}:`));
  const applier = quoted(db.applier);
  if (roles.length === 0) {
    const fix =
      "as an administrator, for each role to lend: the last GRANT of src/providers/mariadb/setup.sql";
    return [error("LPS430", `the applier ${applier} has no ADMIN option on any role`, fix)];
  }
  return db.aside(async (rows) => {
    const findings: Finding[] = [];
    for (const role of roles) {
      await rows("show what the role can do", `SET ROLE ${id(role)}`);
      const why = tooStrong(await grantsOf(rows, "CURRENT_ROLE"));
      const fix = `as an administrator: REVOKE ${id(role)} FROM ${applier}`;
      if (why !== undefined)
        findings.push(error("LPS431", `the applier ${applier} can give away ${role}, which ${why}`, fix));
    }
    return findings;
  });
}

async function left(db: Db, picture: Picture): Promise<readonly Finding[]> {
  const { husks, lone } = await leftovers(db, picture);
  const names = [...husks, ...lone];
  if (names.length === 0) return [];
  const message = `${names.length} role(s) or notes are left and give nothing: ${names.join(", ")}`;
  return [warning("LPS433", message, "the next apply or sweep removes them")];
}

/** Roles of our names that we did not make: without a note, or made by somebody else. */
function pretending(db: Db, picture: Picture): readonly Finding[] {
  if (!picture.notes) return [];
  const ours = new Set(markedRoles(db, picture).map(({ role }) => role.name));
  const named = [...picture.roles].filter(
    (name) => name.startsWith(`${db.owner}:`) || picture.notes?.get(name)?.owner === db.owner,
  );
  const names = named.filter((name) => !ours.has(name) && roleNamed(db, picture, name) !== undefined);
  if (names.length === 0) return [];
  const fix = `as an administrator, after finding out who made them: DROP ROLE ${names.map(id).join(", ")}`;
  return [error("LPS435", `role(s) pretend to be made by Lapse: ${names.join(", ")}`, fix)];
}
