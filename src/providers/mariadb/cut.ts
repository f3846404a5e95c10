// Which role is cut away, and how, also when somebody would like to keep it?
import type { Assignment } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { endsWith, look, memberOf, nameOf, roleNamed, type OwnRole } from "./catalog.ts";
import { BLOCKED, CODE } from "./errors.ts";
import { id, quoted, same, type Account } from "./names.ts";
import { endSessions } from "./sessions.ts";
import type { Db } from "./sql.ts";
import { holders, leads } from "./verify.ts";

/** `whole`: the role goes with all that it has. `edge`: it holds others too, and only the subject is taken out. */
export interface Cut {
  readonly role?: OwnRole;
  readonly extent: "whole" | "edge" | "none";
  /** Whose sessions may have made use of what is cut. */
  readonly holders: readonly Account[];
  /** The server said no to at least one of the cuts. */
  readonly refused?: ProviderError;
}

const TRIES = 3;
/** Said of what is gone already. */
const GONE: readonly string[] = [CODE.operationFailed, CODE.notGranted, CODE.noSuchRole, CODE.noSuchUser];

/** Drops the role; where the applier may not, takes apart what it may. */
export async function cutOff(db: Db, assignment: Assignment): Promise<Cut> {
  const picture = await look(db, "as it is");
  const role = roleNamed(db, picture, nameOf(assignment));
  const subject = memberOf(assignment);
  if (!role) return { extent: "none", holders: [subject] };
  if (endsWith(role, assignment)) {
    const refused = await cutWhole(db, role, subject);
    const others = holders(picture, role.name).filter((one) => !same(one, subject) && !same(one, db.applier));
    return { role, extent: "whole", holders: [subject, ...others], ...(refused && { refused }) };
  }
  const direct = role.members.some((edge) => same(edge, subject));
  if (!direct || !leads(picture, assignment)) return { role, extent: "none", holders: [subject] };
  const refused = await patiently(db, subject, () => attempt(db, revokeFrom(role.name, subject)));
  return { role, extent: "edge", holders: [subject], ...(refused && { refused }) };
}

async function cutWhole(db: Db, role: OwnRole, subject: Account): Promise<ProviderError | undefined> {
  const refused = await patiently(db, subject, () => drop(db, role));
  if (refused?.class !== "forbidden") return refused;
  for (const cut of [...role.members.map((edge) => revokeFrom(role.name, edge)), ...parentCuts(role)])
    await patiently(db, subject, () => attempt(db, cut));
  return refused;
}

const revokeFrom = (role: string, member: Account): string =>
  `REVOKE ${id(role)} FROM ${member.host === "" ? id(member.user) : quoted(member)}`;

const parentCuts = ({ name, parents }: OwnRole): readonly string[] =>
  parents.map((edge) => `REVOKE ${id(edge.role)} FROM ${id(name)}`);

/** Removes the role with all that it has and gives; the refusal of the server if it stays. */
export function drop(db: Db, { name }: Pick<OwnRole, "name">): Promise<ProviderError | undefined> {
  return attempt(db, `DROP ROLE ${id(name)}`);
}

/**
 * Whoever can read mysql.roles_mapping can keep it locked by reading it slowly. So the subject's sessions are ended
 * when a cut has to wait.
 */
async function patiently(
  db: Db,
  subject: Account,
  act: () => Promise<ProviderError | undefined>,
): Promise<ProviderError | undefined> {
  const until = performance.now() + db.timeout;
  for (let tried = 1; ; tried++) {
    const refused = await act();
    if (!refused || !BLOCKED.includes(refused.vendorCode)) return refused;
    if (tried === TRIES || performance.now() > until) return refused;
    await endSessions(db, subject);
  }
}

/** A refusal of the server is returned, but for what is gone already; a server that does not answer is thrown. */
async function attempt(db: Db, statement: string): Promise<ProviderError | undefined> {
  try {
    await db.run("revoke", statement);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    if (GONE.includes(thrown.vendorCode)) return undefined;
    if (thrown.retryable && !BLOCKED.includes(thrown.vendorCode)) throw thrown;
    return thrown;
  }
}
