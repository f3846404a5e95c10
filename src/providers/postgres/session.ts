// What does an open connection to one PostgreSQL server do?
import type { JsonObject } from "../../core/model.ts";
import { instant } from "../../core/time.ts";
import type { ConnectOptions, Listed, Session } from "../provider.ts";
import { givesNothing, judge, markedRoles, nameOf, rolesNamed, type OwnRole } from "./catalog.ts";
import { doctor } from "./doctor.ts";
import { grant } from "./grant.ts";
import type { Mark } from "./names.ts";
import { resolve } from "./resolve.ts";
import { revoke } from "./revoke.ts";
import { drop } from "./cut.ts";
import { open, type Db } from "./sql.ts";
import { verify } from "./verify.ts";

/** Throws a Problem (misconfigured) when the URL is missing, else ProviderErrors. */
export async function openPostgres(connection: JsonObject, options: ConnectOptions): Promise<Session> {
  const db = await open(connection, options);
  return {
    resolve: (claim) => resolve(db, claim),
    observe: async (assignments) => {
      const roles = await rolesNamed(db, assignments.map(nameOf));
      return assignments.map((assignment) => judge(roles.get(nameOf(assignment)), assignment));
    },
    list: async () => {
      const giving = (await markedRoles(db)).filter(({ role }) => !givesNothing(role));
      return { items: giving.map((one) => listed(db, one)), complete: true };
    },
    grant: (assignment, window) => grant(db, assignment, window),
    revoke: (assignment) => revoke(db, assignment),
    verify: (assignment) => verify(db, assignment),
    cleanup: () => cleanup(db),
    doctor: () => doctor(db),
    close: () => db.close(),
  };
}

function listed(db: Db, { role, mark }: { readonly role: OwnRole; readonly mark: Mark }): Listed {
  const until = instant(mark.until);
  return {
    key: `${mark.target}/${role.name}`,
    owner: mark.owner,
    target: mark.target,
    provider: "postgres",
    connection: db.connection,
    principal: { oid: mark.member },
    role: { roles: mark.roles.map((oid) => ({ oid })), request: mark.request },
    scope: {},
    mark: role.name,
    ...(until !== undefined && { until }),
  };
}

/**
 * Only what gives nothing goes: whatever still gives access is ended by the sweep, which writes it down first. What
 * there is no time for, since locks are held, is left for the next run.
 */
async function cleanup(db: Db): Promise<readonly string[]> {
  const removed: string[] = [];
  const until = performance.now() + db.timeout;
  for (const { role } of await markedRoles(db)) {
    if (performance.now() > until) break;
    if (givesNothing(role) && (await drop(db, role)) === undefined)
      removed.push(`removed the role ${role.name}`);
  }
  return removed;
}
