// What does an open connection to one MariaDB server do?
import type { JsonObject } from "../../core/model.ts";
import { instant } from "../../core/time.ts";
import type { ConnectOptions, Listed, Session } from "../provider.ts";
import { givesNothing, judge, look, markedRoles, nameOf, roleNamed } from "./catalog.ts";
import { cleanup } from "./cleanup.ts";
import { doctor } from "./doctor.ts";
import { grant } from "./grant.ts";
import type { Mark } from "./names.ts";
import { resolve } from "./resolve.ts";
import { revoke } from "./revoke.ts";
import { open, type Db } from "./sql.ts";
import { verify } from "./verify.ts";

/** Throws a Problem (misconfigured) when the URL is missing, else ProviderErrors. */
export async function openMariadb(connection: JsonObject, options: ConnectOptions): Promise<Session> {
  const db = await open(connection, options);
  return {
    resolve: (claim) => resolve(db, claim),
    observe: async (assignments) => {
      const picture = await look(db, "as it is");
      return assignments.map((one) => judge(roleNamed(db, picture, nameOf(one)), one));
    },
    list: async () => {
      const marked = markedRoles(db, await look(db, "noted"));
      const giving = marked.filter(({ role }) => !givesNothing(role));
      return { items: giving.map(({ role, mark }) => listed(db, role.name, mark)), complete: true };
    },
    grant: (assignment, window) => grant(db, assignment, window),
    revoke: (assignment) => revoke(db, assignment),
    verify: (assignment) => verify(db, assignment),
    cleanup: () => cleanup(db),
    doctor: () => doctor(db),
    close: () => db.close(),
  };
}

function listed(db: Db, name: string, mark: Mark): Listed {
  const until = instant(mark.until);
  return {
    key: `${mark.target}/${name}`,
    owner: mark.owner,
    target: mark.target,
    provider: "mariadb",
    connection: db.connection,
    principal: { user: mark.user, host: mark.host },
    role: { roles: mark.roles, request: mark.request },
    scope: {},
    mark: name,
    ...(until !== undefined && { until }),
  };
}
