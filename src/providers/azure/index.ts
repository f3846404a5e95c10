// What can be asked for in an Azure subscription? (declared: policies and checks know it)
import { declared } from "../declared.ts";
import { closed, NO_SCOPE, text, word } from "../schema.ts";

const UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
const ID = { max: 36, pattern: `^${UUID}$` };
const EXAMPLE = "00000000-0000-0000-0000-000000000000";
/** Ids of built-in roles that can assign roles. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const GRANTING: ReadonlySet<string> = new Set([
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
]);

export const provider = declared({
  kind: "azure",
  capabilities: {
    ownership: "marked",
    expiry: "none",
    async: false,
    concurrency: 4,
    sweepable: false,
    residue: [
      "a removed role may be honoured for up to 10 minutes",
      "storage keys, SAS tokens and certificates that were read meanwhile go on working",
    ],
  },
  schemas: {
    connection: closed("A subscription; the applier signs in by workload identity.", {
      tenant: text("Id of the Entra tenant", EXAMPLE, ID),
      subscription: text("Id of the subscription", EXAMPLE, ID),
    }),
    role: closed("A role in one resource group.", {
      roleDefinition: text("Id of the role definition", "acdd72a7-3385-48ef-bd42-f606fba81ae7", ID),
      resourceGroup: text("Name of the resource group", "orders-production", {
        max: 90,
        pattern: "^[A-Za-z0-9_().-]*[A-Za-z0-9_()-]$",
      }),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: ({ roleDefinition }) =>
    typeof roleDefinition === "string" && GRANTING.has(roleDefinition.toLowerCase())
      ? "its holder can assign roles that do not end"
      : undefined,
  lint: ({ identity }) =>
    new RegExp(ID.pattern).test(identity)
      ? undefined
      : `${identity} is not an object id of Entra: names can be given to somebody else`,
  howToConnect: ({ role }) => `az resource list --resource-group '${word(role["resourceGroup"])}'`,
});
