// Who and what does a claim mean on this server, and may it be granted at all?
import type { Assignment, Claim } from "../../core/model.ts";
import { ProviderError, type ErrorClass } from "../provider.ts";
import { lint, PERPETUATING, roleName, wanted } from "./names.ts";
import { PER_GRANTOR, type Db } from "./sql.ts";

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly login: boolean;
  readonly inherit: boolean;
  /** The applier may give this role away. */
  readonly admin: boolean;
  /** What makes this role, or one that it is a member of, too strong to be lent. */
  readonly strong: string | null;
}

const STRONG = `
  WITH RECURSIVE above(oid) AS (
    SELECT r.oid UNION SELECT m.roleid FROM pg_auth_members m JOIN above a ON m.member = a.oid)
  SELECT CASE
    WHEN bool_or(p.rolsuper) THEN 'is a superuser'
    WHEN bool_or(p.rolcreaterole) THEN 'can create roles'
    WHEN bool_or(p.rolreplication) THEN 'can replicate'
    WHEN bool_or(p.rolname = ANY($2::text[]::name[])) THEN 'reaches files or programs of the server'
    WHEN bool_or(EXISTS (SELECT FROM pg_auth_members g WHERE g.member = p.oid AND g.admin_option))
      THEN 'can give roles to others'
  END FROM above JOIN pg_roles p USING (oid)`;

const ROLES = `
  SELECT r.oid, r.rolname AS name, r.rolcanlogin AS login, r.rolinherit AS inherit,
    pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') AS admin, (${STRONG}) AS strong
  FROM pg_roles r WHERE r.rolname = ANY($1::text[]::name[])`;

function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/** Throws malformed, subject-missing, role-missing, forbidden or denied-by-policy. */
export async function resolve(db: Db, claim: Claim): Promise<Assignment> {
  const wrong = lint(claim);
  if (wrong !== undefined) refuse("malformed", wrong);
  const names = wanted(claim.role);
  const rows = await db.rows<Row>("resolve names", ROLES, [[claim.identity, ...names], PERPETUATING]);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const subject = checkedSubject(db, byName.get(claim.identity), claim);
  const roles = names.map((name) => checkedRole(byName.get(name), name));
  const mark = roleName(claim.owner, claim.request);
  return {
    key: `${claim.target}/${mark}`,
    owner: claim.owner,
    target: claim.target,
    provider: claim.provider,
    connection: claim.connection,
    principal: { oid: subject.oid, name: subject.name },
    role: { roles: roles.map(({ oid, name }) => ({ oid, name })), request: claim.request },
    scope: claim.scope,
    mark,
  };
}

function checkedSubject(db: Db, row: Row | undefined, { identity }: Claim): Row {
  if (!row) refuse("subject-missing", `there is no role ${identity} on the server`, "42704");
  if (!row.login) refuse("subject-missing", `${identity} cannot log in, so it is nobody's account`);
  if (row.oid === db.applier) refuse("denied-by-policy", "the applier does not grant to itself");
  if (!row.inherit && db.version < PER_GRANTOR)
    refuse(
      "denied-by-policy",
      `${identity} is NOINHERIT: before PostgreSQL 16 the access would not take effect`,
    );
  return row;
}

function checkedRole(row: Row | undefined, name: string): Row {
  if (!row) refuse("role-missing", `there is no role ${name} on the server`, "42704");
  if (row.strong !== null)
    refuse("denied-by-policy", `${name} ${row.strong}: it would outlive any time limit`);
  if (!row.admin) refuse("forbidden", `the applier has no ADMIN option on ${name}`, "42501");
  return row;
}
