// What can be asked for on a PostgreSQL server (14 to 18), and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, variable } from "../schema.ts";
import { lint, NAME_BYTES, perpetuating, wanted } from "./names.ts";

export const provider: Provider = {
  kind: "postgres",
  grants: true,
  capabilities: {
    ownership: "object",
    expiry: "none",
    async: false,
    concurrency: 1,
    sweepable: true,
    residue: [
      "objects that the subject made, and privileges that it passed on, stay",
      "with `terminate: false` an open cursor or a running statement goes on until its session ends",
      "on PostgreSQL 15 and older, also a session that did SET ROLE",
      "sessions on standby servers end by themselves only",
    ],
  },
  schemas: {
    connection: closed(
      "A server, and where its credentials are.",
      {
        urlEnv: variable("the applier's postgres:// URL, TLS settings included", "LAPSE_ORDERS_DB_URL"),
        terminate: {
          type: "boolean",
          description: "End the subject's sessions once the access is gone",
          default: true,
          examples: [true],
        },
      },
      ["terminate"],
    ),
    role: closed("Membership of roles that the database's owners made for this purpose.", {
      roles: {
        type: "array",
        description: "Names of existing roles, exactly as the server knows them",
        examples: [["orders_read"]],
        items: text("Name of a role", "orders_read", { max: NAME_BYTES }),
        minItems: 1,
        maxItems: 5,
        uniqueItems: true,
      },
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: (role) => {
    const bad = perpetuating(wanted(role));
    return bad.length > 0 ? `${bad.join(", ")} can make access that does not end` : undefined;
  },
  lint,
  howToConnect: ({ target, identity, role }) =>
    `connect to ${target} as ${identity}, as always: the rights of ${wanted(role).join(", ")} apply at once, without SET ROLE`,
  connect: async (connection, options) => (await import("./session.ts")).openPostgres(connection, options),
};
