// What can be asked for on a MariaDB server (10.6 and newer), and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, variable } from "../schema.ts";
import { id, lint, NAME_LENGTH, roleName } from "./names.ts";

export const provider: Provider = {
  kind: "mariadb",
  grants: true,
  capabilities: {
    ownership: "object",
    expiry: "none",
    async: false,
    concurrency: 1,
    sweepable: true,
    residue: [
      "objects that the subject made, and privileges that it passed on, stay",
      "ending sessions ends those of every account with the subject's user name, whatever its host",
      "with `terminate: false` a session that did SET ROLE keeps the rights on its current database, and those on the whole server, until it ends",
      "sessions on replicas end by themselves only",
    ],
  },
  schemas: {
    connection: closed(
      "A server, and where its credentials are.",
      {
        urlEnv: variable("the applier's mariadb:// URL", "LAPSE_ORDERS_DB_URL"),
        caEnv: variable(
          "the certificate (PEM) of the authority that vouches for the server",
          "LAPSE_ORDERS_DB_CA",
        ),
        tls: {
          type: "boolean",
          description: "Encrypt, and verify the server's name; may be false on a loopback address only",
          default: true,
          examples: [true],
        },
        terminate: {
          type: "boolean",
          description: "End the subject's sessions once the access is gone; without it they keep part of it",
          default: true,
          examples: [true],
        },
      },
      ["caEnv", "tls", "terminate"],
    ),
    role: closed("Membership of roles that the database's owners made for this purpose.", {
      roles: {
        type: "array",
        description: "Names of existing roles, exactly as the server knows them",
        examples: [["orders_read"]],
        items: text("Name of a role", "orders_read", { max: NAME_LENGTH }),
        minItems: 1,
        maxItems: 5,
        uniqueItems: true,
      },
    }),
    scope: NO_SCOPE,
  },
  // MariaDB has no predefined roles. What a role can do is seen on the server, when the claim is resolved.
  selfPerpetuating: () => undefined,
  lint,
  howToConnect: ({ target, identity, owner, request }) =>
    `connect to ${target} as ${identity}, as always, then: SET ROLE ${id(roleName(owner, request))};`,
  connect: async (connection, options) => (await import("./session.ts")).openMariadb(connection, options),
};
