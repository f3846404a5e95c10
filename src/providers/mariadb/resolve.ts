// Who and what does a claim mean on this server, and may it be granted at all?
import type { Assignment, Claim } from "../../core/model.ts";
import { ProviderError, type ErrorClass } from "../provider.ts";
import { look, type Picture } from "./catalog.ts";
import { CODE } from "./errors.ts";
import { account, id, lint, printed, roleName, same, wanted, type Account } from "./names.ts";
import { grantsOf, tooStrong } from "./privileges.ts";
import type { Db } from "./sql.ts";

function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/** Throws malformed, subject-missing, role-missing, forbidden or denied-by-policy. */
export async function resolve(db: Db, claim: Claim): Promise<Assignment> {
  const wrong = lint(claim);
  if (wrong !== undefined) refuse("malformed", wrong);
  const subject = account(claim.identity);
  const roles = wanted(claim.role);
  const picture = await look(db, "noted");
  checkSubject(db, picture, subject);
  for (const name of roles) checkRole(db, picture, name);
  await checkStrength(db, roles);
  const mark = roleName(claim.owner, claim.request);
  return {
    key: `${claim.target}/${mark}`,
    owner: claim.owner,
    target: claim.target,
    provider: claim.provider,
    connection: claim.connection,
    principal: { ...subject },
    role: { roles, request: claim.request },
    scope: claim.scope,
    mark,
  };
}

function checkSubject({ applier }: Db, { accounts, roles }: Picture, subject: Account): void {
  const there = accounts.some((one) => same(one, subject));
  if (!there && roles.has(subject.user))
    refuse("subject-missing", `${subject.user} is a role, nobody's account`);
  if (!there)
    refuse("subject-missing", `there is no account ${printed(subject)} on the server`, CODE.noSuchUser);
  // Sessions are ended by user name, whatever the host: Lapse would end its own.
  if (subject.user === applier.user)
    refuse("denied-by-policy", "the applier does not grant to itself, nor to an account of its user name");
}

function checkRole({ applier }: Db, { roles, edges, notes }: Picture, name: string): void {
  if (!roles.has(name)) refuse("role-missing", `there is no role ${name} on the server`, CODE.noSuchRole);
  if (notes?.has(name) === true) refuse("denied-by-policy", `${name} is itself a role of a request`);
  const administers = edges.some((edge) => edge.role === name && edge.admin && same(edge, applier));
  if (!administers) refuse("forbidden", `the applier has no ADMIN option on ${name}`, "1698");
}

/** SHOW GRANTS shows a role to whoever made it current, and so to the applier, which needs no right to all grants. */
async function checkStrength(db: Db, roles: readonly string[]): Promise<void> {
  await db.aside(async (rows) => {
    for (const name of roles) {
      await rows("show what the role can do", `SET ROLE ${id(name)}`);
      const why = tooStrong(await grantsOf(rows, "CURRENT_ROLE"));
      if (why !== undefined) refuse("denied-by-policy", `${name} ${why}: it would outlive any time limit`);
    }
  });
}
