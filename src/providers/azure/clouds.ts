// At which addresses is Azure? (Microsoft's clouds and no other: GitHub's word for this job and our tokens go there)
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { word } from "../schema.ts";

/** What is signed in at, then Azure Resource Manager, then Microsoft Graph. */
const PARTS = ["authority", "endpoint", "graph"] as const;
type Part = (typeof PARTS)[number];

export interface Cloud extends Readonly<Record<Part, string>> {
  /** For whom GitHub vouches. */
  readonly audience: string;
  /** Entra knows its public authority; it need not be asked about the others. */
  readonly isPublic: boolean;
}

type Addresses = Readonly<Record<Part, readonly string[]>>;

/** https://learn.microsoft.com/graph/deployments https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
const PUBLIC: Addresses = {
  authority: ["https://login.microsoftonline.com"],
  endpoint: ["https://management.azure.com"],
  graph: ["https://graph.microsoft.com"],
};
const US_GOVERNMENT: Addresses = {
  authority: ["https://login.microsoftonline.us"],
  endpoint: ["https://management.usgovcloudapi.net"],
  graph: ["https://graph.microsoft.us", "https://dod-graph.microsoft.us"],
};
const CHINA: Addresses = {
  authority: ["https://login.partner.microsoftonline.cn"],
  endpoint: ["https://management.chinacloudapi.cn"],
  graph: ["https://microsoftgraph.chinacloudapi.cn"],
};
const CLOUDS: readonly Addresses[] = [PUBLIC, US_GOVERNMENT, CHINA];
const LOOPBACK = "https://127\\.0\\.0\\.1:[0-9]{1,5}";

/** What may be written: a rehearsal runs on this machine. */
export function patternOf(part: Part): string {
  const known = CLOUDS.flatMap((cloud) => cloud[part]).map((address) => address.replaceAll(".", "\\."));
  return `^(${[...known, LOOPBACK].join("|")})$`;
}

/**
 * All of one cloud, also where the ledger says so: else a rehearsal would send what opens the real Azure to loopback, or
 * what it made up to the real Azure. The word for a rehearsal has an audience that Entra does not take.
 */
export function cloudOf(connection: JsonObject): Cloud {
  const [authority, endpoint, graph] = PARTS.map((part) => word(connection[part]) || (PUBLIC[part][0] ?? ""));
  const wanted = { authority: authority ?? "", endpoint: endpoint ?? "", graph: graph ?? "" };
  const all = (fits: (part: Part) => boolean): boolean => PARTS.every(fits);
  const rehearsed = all((part) => new RegExp(`^${LOOPBACK}$`).test(wanted[part]));
  const known = CLOUDS.find((cloud) => all((part) => cloud[part].includes(wanted[part])));
  if (!rehearsed && !known)
    throw new Problem(
      "misconfigured",
      "authority, endpoint and graph are not the addresses of one cloud of Microsoft's",
      "leave all three out for the public cloud, or name all three of one sovereign cloud",
    );
  const audience = known ? "api://AzureADTokenExchange" : "api://LapseRehearsal";
  return { ...wanted, audience, isPublic: known === PUBLIC };
}
