// Can the applier do exactly what it must, and no more?
import { error, type Code } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { givesNothing, impostors, markedRoles } from "./catalog.ts";
import { PERPETUATING } from "./names.ts";
import { id, PER_GRANTOR, type Db } from "./sql.ts";

interface Applier {
  readonly name: string;
  readonly superuser: boolean;
  readonly createrole: boolean;
  /** Attributes that nothing needs. */
  readonly more: readonly string[];
  readonly signals: boolean;
  readonly encrypted: boolean;
  /** Roles that it can give away. */
  readonly administers: readonly { readonly name: string; readonly usable: boolean }[];
}

const APPLIER = `
  SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolcreaterole AS createrole,
    array_remove(ARRAY[CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
      CASE WHEN r.rolcreatedb THEN 'CREATEDB' END], NULL) AS more,
    pg_has_role(r.oid, 'pg_signal_backend', 'USAGE') AS signals,
    coalesce(inet_server_addr() << '127.0.0.0/8' OR inet_server_addr() = '::1', true)
      OR coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
    (SELECT coalesce(json_agg(DISTINCT jsonb_build_object('name', p.rolname, 'usable', pg_has_role(r.oid, p.oid, 'USAGE'))), '[]')
     FROM pg_auth_members m JOIN pg_roles p ON p.oid = m.roleid
     WHERE m.member = r.oid AND m.admin_option
       AND NOT coalesce(starts_with(shobj_description(p.oid, 'pg_authid'), '{"lapse":1,'), false)) AS administers
  FROM pg_roles r WHERE r.rolname = current_user`;

export async function doctor(db: Db): Promise<readonly Finding[]> {
  const [applier] = await db.rows<Applier>("describe the applier", APPLIER);
  if (!applier) return [];
  const husks = (await markedRoles(db)).filter(({ role }) => givesNothing(role)).map(({ role }) => role.name);
  return [
    ...needs(db, applier),
    ...excess(db, applier),
    ...leftovers(husks),
    ...pretending(await impostors(db)),
  ];
}

function warning(code: Code, message: string, fix: string): Finding {
  return { ...error(code, message, fix), severity: "warning" };
}

function needs(db: Db, { name, createrole, superuser, signals, administers }: Applier): readonly Finding[] {
  const cannotCreate = error(
    "LPS411",
    `the applier ${name} cannot create roles`,
    `as an administrator: ALTER ROLE ${id(name)} CREATEROLE`,
  );
  const nothingToLend = error(
    "LPS412",
    `the applier ${name} has no ADMIN option on any role`,
    "as an administrator, for each role to lend: the last GRANT of src/providers/postgres/setup.sql",
  );
  const cannotEnd = warning(
    "LPS413",
    `the applier ${name} cannot end sessions`,
    `as an administrator: GRANT pg_signal_backend TO ${id(name)}`,
  );
  return [
    ...(createrole || superuser ? [] : [cannotCreate]),
    ...(administers.length > 0 || superuser ? [] : [nothingToLend]),
    ...(signals || db.connection["terminate"] === false ? [] : [cannotEnd]),
  ];
}

function excess(db: Db, applier: Applier): readonly Finding[] {
  return [...attributes(db, applier), ...memberships(db, applier)];
}

function attributes(db: Db, { name, superuser, createrole, more, encrypted }: Applier): readonly Finding[] {
  const alter = `as an administrator: ALTER ROLE ${id(name)}`;
  const all = error("LPS414", `the applier ${name} is a superuser`, `${alter} NOSUPERUSER`);
  const some = warning(
    "LPS415",
    `the applier ${name} has ${more.join(", ")}`,
    `${alter} NO${more.join(" NO")}`,
  );
  const old = warning(
    "LPS416",
    "CREATEROLE is nearly superuser before PostgreSQL 16",
    "upgrade to 16 or newer",
  );
  const plain = warning("LPS419", "the connection is not encrypted", "add ?sslmode=verify-full to the URL");
  return [
    ...(superuser ? [all] : []),
    ...(more.length > 0 ? [some] : []),
    ...(createrole && db.version < PER_GRANTOR ? [old] : []),
    ...(encrypted ? [] : [plain]),
  ];
}

function memberships(db: Db, { name, superuser, administers }: Applier): readonly Finding[] {
  const modern = db.version >= PER_GRANTOR && !superuser;
  const usable = administers.filter((role) => role.usable && modern).map((role) => role.name);
  const strong = administers.map((role) => role.name).filter((role) => PERPETUATING.includes(role));
  const list = (roles: readonly string[]) => roles.map(id).join(", ");
  const uses = warning(
    "LPS417",
    `the applier ${name} can itself use ${usable.join(", ")}`,
    `GRANT ${list(usable)} TO ${id(name)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
  );
  const gives = error(
    "LPS418",
    `the applier ${name} can give away ${strong.join(", ")}`,
    `as an administrator: REVOKE ${list(strong)} FROM ${id(name)}`,
  );
  return [...(usable.length > 0 ? [uses] : []), ...(strong.length > 0 ? [gives] : [])];
}

function leftovers(husks: readonly string[]): readonly Finding[] {
  if (husks.length === 0) return [];
  const fix = "as an administrator, in each database: REASSIGN OWNED and DROP OWNED for them, then DROP ROLE";
  return [
    warning("LPS420", `${husks.length} role(s) give nothing but cannot be removed: ${husks.join(", ")}`, fix),
  ];
}

function pretending(names: readonly string[]): readonly Finding[] {
  if (names.length === 0) return [];
  const fix = `as an administrator, after finding out who made them: DROP ROLE ${names.map(id).join(", ")}`;
  return [error("LPS421", `role(s) pretend to be made by Lapse: ${names.join(", ")}`, fix)];
}
