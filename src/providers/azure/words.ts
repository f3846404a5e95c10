// What do people write for Azure, and which of it is refused without asking Azure?
import type { Claim, JsonObject } from "../../core/model.ts";
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, variable, word } from "../schema.ts";
import { assigning } from "./catalogue.ts";
import { patternOf } from "./clouds.ts";

const UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
const ID = { max: 36, pattern: `^${UUID}$` };
const EXAMPLE = "00000000-0000-0000-0000-000000000000";
const GROUP = { max: 90, pattern: "^[A-Za-z0-9_().-]*[A-Za-z0-9_()-]$" };

export const isId = (value: string): boolean => new RegExp(ID.pattern).test(value);
export const isGroup = (value: string): boolean =>
  value.length <= GROUP.max && new RegExp(GROUP.pattern).test(value);

/** Everything that is written for both kinds. */
export const schemas: Provider["schemas"] = {
  connection: closed(
    "A subscription, and the application as which the applier signs in by workload identity: from GitHub Actions, without a stored secret.",
    {
      tenant: text("Id of the Entra tenant", EXAMPLE, ID),
      subscription: text("Id of the subscription", EXAMPLE, ID),
      clientId: text("Id of the application that the applier signs in as", EXAMPLE, ID),
      authority: text("Where to sign in, in a sovereign cloud", "https://login.microsoftonline.us", {
        max: 50,
        pattern: patternOf("authority"),
      }),
      endpoint: text(
        "Where Azure Resource Manager is, in a sovereign cloud",
        "https://management.usgovcloudapi.net",
        { max: 50, pattern: patternOf("endpoint") },
      ),
      graph: text("Where Microsoft Graph is, in a sovereign cloud", "https://graph.microsoft.us", {
        max: 50,
        pattern: patternOf("graph"),
      }),
      caEnv: variable("the authorities to trust instead of the public ones, as PEM", "LAPSE_CA"),
    },
    ["authority", "endpoint", "graph", "caEnv"],
  ),
  role: closed("A role in one resource group.", {
    roleDefinition: text("Id of the role definition", "acdd72a7-3385-48ef-bd42-f606fba81ae7", ID),
    resourceGroup: text("Name of the resource group", "orders-production", GROUP),
  }),
  scope: NO_SCOPE,
};

/** The role definition and the resource group that a claim names. */
export function wanted(role: JsonObject): { readonly definition: string; readonly group: string } {
  return { definition: word(role["roleDefinition"]).toLowerCase(), group: word(role["resourceGroup"]) };
}

export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  const { definition, group } = wanted(role);
  if (!isId(identity))
    return `${JSON.stringify(identity)} is not an object id of Entra: names can be given to somebody else`;
  if (!isId(definition)) return `${JSON.stringify(definition)} is not the id of a role definition`;
  if (!isGroup(group)) return `${JSON.stringify(group)} is not the name of a resource group`;
  return assigning(definition);
}

export function howToConnect({ connection, role }: Claim): string {
  const subscription = word(connection["subscription"]);
  return `az resource list --subscription '${subscription}' --resource-group '${wanted(role).group}'`;
}

/** What goes on after a removal. https://learn.microsoft.com/azure/role-based-access-control/troubleshooting */
export const RESIDUE: readonly string[] = [
  "a removed role may be honoured for up to 10 minutes",
  "storage keys, SAS tokens and certificates that were read meanwhile go on working",
];
