// A company small enough to read at a glance: who is who, what may be asked for, and who says yes.
import type { JsonObject } from "../../src/core/model.ts";

export interface Someone {
  readonly login: string;
  readonly id: number;
  readonly permission?: "admin" | "write" | "read" | "none";
  readonly type?: "User" | "Bot";
}

/** Accounts on the forge. ann and bob ask, carol and dan own the data, erin is security, grace runs the place;
 * dan, erin and grace maintain it. */
export const ACCOUNTS: readonly Someone[] = [
  { login: "ann", id: 1001 },
  { login: "bob", id: 1002 },
  { login: "carol", id: 1003 },
  { login: "carol-private", id: 1103 },
  { login: "dan", id: 1004 },
  { login: "erin", id: 1005 },
  { login: "rita", id: 1006, permission: "read" },
  { login: "robo", id: 1007, type: "Bot" },
  { login: "grace", id: 1008, permission: "admin" },
  { login: "mallory", id: 1666 },
  { login: "lapse-applier", id: 1900, type: "Bot", permission: "write" },
];

const HEAD = "apiVersion: lapse.dev/v1\n";

function person(name: string, id: number, more = ""): string {
  return `${HEAD}kind: Person\nmetadata: { name: ${name} }\nspec:\n  login: ${name}\n  id: ${String(id)}\n${more}  identities: { memory: ${name}, postgres: ${name} }\n`;
}

function group(name: string, members: readonly string[]): string {
  return `${HEAD}kind: Group\nmetadata: { name: ${name} }\nspec: { members: [${members.join(", ")}] }\n`;
}

interface Offer {
  readonly target?: string;
  readonly risk?: string;
  readonly role?: JsonObject;
  readonly eligible?: string;
  readonly approvals: string;
}

function entitlement(name: string, offer: Offer): string {
  const { target = "shop", risk = "medium", role = { role: "reader" }, eligible = "group:backend" } = offer;
  return `${HEAD}kind: Entitlement
metadata: { name: ${name} }
spec:
  title: ${name} in the shop
  target: ${target}
  role: ${JSON.stringify(role)}
  risk: ${risk}
  eligible: [${eligible}]
  maxDuration: 8h
  approvals: ${offer.approvals}
`;
}

export function target(name: string, provider: string, connection: JsonObject): string {
  return `${HEAD}kind: Target
metadata: { name: ${name} }
spec:
  title: The ${name}
  provider: ${provider}
  environment: production
  bound: 20m
  connection: ${JSON.stringify(connection)}
`;
}

/** The whole of policies/, on a pretended target. */
export function policies(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    "policies/lapse.yaml": `${HEAD}kind: Settings\nmetadata: { name: lapse }\nspec:\n  owner: lapse\n  pendingTimeout: 3d\n  sweepInterval: 15m\n  maxDuration: 12h\n  changes: { from: [group:maintainers], count: 2 }\n`,
    "policies/people/ann.yaml": person("ann", 1001),
    "policies/people/bob.yaml": person("bob", 1002),
    "policies/people/carol.yaml": person(
      "carol",
      1003,
      "  otherAccounts: [{ login: carol-private, id: 1103 }]\n",
    ),
    "policies/people/dan.yaml": person("dan", 1004),
    "policies/people/erin.yaml": person("erin", 1005),
    "policies/people/rita.yaml": person("rita", 1006),
    "policies/people/robo.yaml": person("robo", 1007),
    "policies/people/grace.yaml": person("grace", 1008),
    "policies/people/backend.yaml": group("backend", ["ann", "bob", "carol"]),
    "policies/people/owners.yaml": group("owners", ["carol", "dan", "rita", "robo"]),
    "policies/people/security.yaml": group("security", ["erin"]),
    "policies/people/maintainers.yaml": group("maintainers", ["dan", "erin", "grace"]),
    "policies/targets/shop.yaml": target("shop", "memory", { name: "shop" }),
    "policies/entitlements/orders-read.yaml": entitlement("orders-read", {
      approvals: "[{ from: [group:owners], count: 1 }]",
    }),
    "policies/entitlements/orders-write.yaml": entitlement("orders-write", {
      risk: "high",
      role: { role: "writer" },
      approvals: "[{ from: [group:owners], count: 2 }]",
    }),
    "policies/entitlements/open-read.yaml": entitlement("open-read", {
      risk: "low",
      role: { role: "browser" },
      approvals: "[]",
    }),
    "policies/entitlements/crown.yaml": entitlement("crown", {
      risk: "critical",
      role: { role: "keeper" },
      approvals: "[{ from: [group:owners], count: 1 }, { from: [group:security], count: 1 }]",
    }),
    "requests/README.md": "One file a request.\n",
    ...more,
  };
}

export interface Ask {
  readonly id: string;
  readonly subject?: string;
  readonly entitlement?: string;
  readonly duration?: string;
  readonly more?: string;
}

export function requestPath({ id, entitlement = "orders-read" }: Ask): string {
  return `requests/${entitlement}/${id}.yaml`;
}

export function requestFile({
  id,
  subject = "ann",
  entitlement = "orders-read",
  duration = "1h",
  more = "",
}: Ask): string {
  return `${HEAD}kind: AccessRequest
metadata: { name: ${id} }
spec:
  subject: ${subject}
  entitlement: ${entitlement}
  duration: ${duration}
  reason: Backfill of stuck orders
${more}`;
}
