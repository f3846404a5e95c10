// What can be asked for in AWS Identity Center by membership of a group, and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text } from "../schema.ts";
import { endpoint, ID, KEYS, OPTIONAL_KEYS, region } from "./connection.ts";
import { GROUPS, lintGroup } from "./group-claim.ts";

const STORE = `^(d-[0-9a-f]{10}|${ID.slice(1, -1).replace("([0-9a-f]{10}-)?", "")})$`;

export const provider: Provider = {
  kind: GROUPS,
  grants: true,
  capabilities: {
    ownership: "container",
    expiry: "none",
    async: false,
    concurrency: 4,
    sweepable: false,
    residue: [
      "a role session that is open lives on for the permission set's session duration, 1 to 12 hours",
    ],
  },
  schemas: {
    connection: closed(
      "An identity store; the applier signs in by workload identity, or by keys.",
      {
        identityStore: text("Id of the identity store", "d-1234567890", { max: 36, pattern: STORE }),
        region: region("Identity Center"),
        ...KEYS,
        endpoint: endpoint("the identity store's API"),
      },
      [...OPTIONAL_KEYS, "endpoint"],
    ),
    role: closed("Membership of a group that exists for temporary access alone.", {
      group: text("Id of the group", "906749a2b1-0f5c1e2d-3b4a-4c5d-8e6f-7a8b9c0d1e2f", {
        max: 47,
        pattern: ID,
      }),
    }),
    scope: NO_SCOPE,
  },
  // What the group leads to is decided by whoever assigns it to accounts: nothing of that is in the role.
  selfPerpetuating: () => undefined,
  lint: lintGroup,
  howToConnect: () => "sign in to the AWS access portal again: the accounts of the group are listed there",
  connect: async (connection, options) =>
    (await import("./group-session.ts")).openGroups(connection, options),
};
