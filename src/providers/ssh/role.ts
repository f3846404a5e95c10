// What may a certificate allow, and how does a role say it?
import { isIP } from "node:net";
import type { Claim, JsonObject } from "../../core/model.ts";
import { closed, text, word } from "../schema.ts";
import type { Certificate } from "./certificate.ts";
import { wrongKey } from "./keys.ts";

/** What may be allowed beside a plain command, by its name in a certificate. */
const ALLOW: Readonly<Record<string, string>> = {
  pty: "permit-pty",
  "port-forwarding": "permit-port-forwarding",
  "agent-forwarding": "permit-agent-forwarding",
  "x11-forwarding": "permit-X11-forwarding",
};

/** No comma, which separates principals, no wildcard, and nothing that a program could take for an option. */
const PRINCIPAL = "^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$";
const ADDRESS = "^[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}$";
const COMMAND = "^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$";

const names = (description: string, item: JsonObject, example: string, max: number): JsonObject => ({
  type: "array",
  description,
  examples: [[example]],
  items: item,
  minItems: 1,
  maxItems: max,
  uniqueItems: true,
});

export const ROLE = closed(
  "A login on the hosts that trust this CA.",
  {
    principals: names(
      "Names that the hosts' AuthorizedPrincipalsFile lets in, else the accounts of these names",
      text("A principal", "deploy", { max: 64, pattern: PRINCIPAL }),
      "deploy",
      10,
    ),
    allow: {
      ...names("What is allowed beside commands", { type: "string", enum: Object.keys(ALLOW) }, "pty", 4),
      minItems: 0,
      default: ["pty"],
    },
    forceCommand: text("The only command that runs, whatever is typed", "/usr/local/bin/restart-web", {
      max: 500,
      pattern: COMMAND,
    }),
    sourceAddress: names(
      "Networks from which the login works",
      text("A network in CIDR form", "203.0.113.0/24", { max: 49, pattern: ADDRESS }),
      "203.0.113.0/24",
      20,
    ),
  },
  ["allow", "forceCommand", "sourceAddress"],
);

type Rights = Pick<Certificate, "principals" | "critical" | "extensions">;

/** What a certificate for this role says. */
export function rightsOf(role: JsonObject): Rights {
  const allowed = role["allow"] === undefined ? ["pty"] : texts(role["allow"]);
  const networks = texts(role["sourceAddress"]).join(",");
  const command = word(role["forceCommand"]);
  return {
    principals: texts(role["principals"]),
    critical: {
      ...(command !== "" && { "force-command": command }),
      ...(networks !== "" && { "source-address": networks }),
    },
    extensions: Object.fromEntries(allowed.map((one) => [ALLOW[one] ?? "", ""])),
  };
}

/** The role that a certificate of ours stands for. */
export function roleOf({ principals, critical, extensions }: Rights): JsonObject {
  const { "force-command": forceCommand, "source-address": networks } = critical;
  return {
    principals,
    allow: Object.keys(ALLOW).filter((one) => Object.hasOwn(extensions, ALLOW[one] ?? "")),
    ...(forceCommand !== undefined && { forceCommand }),
    ...(networks !== undefined && { sourceAddress: networks.split(",") }),
  };
}

/** Root can let itself in for ever: a key in authorized_keys is enough. A fixed command may not be able to. */
export function selfPerpetuating(role: JsonObject): string | undefined {
  const { principals, critical } = rightsOf(role);
  if (!principals.includes("root") || critical["force-command"] !== undefined) return undefined;
  return "root can add keys and accounts that do not end";
}

/** What is wrong with a key or a role, judged offline. */
export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  const key = wrongKey(identity);
  if (key !== undefined) return `the subject's SSH key ${key}`;
  const { principals, critical } = rightsOf(role);
  if (principals.length === 0)
    return "the role names no principal, so the certificate would be for everybody";
  const wrong = principals.find((one) => !new RegExp(PRINCIPAL).test(one));
  if (wrong !== undefined) return `${JSON.stringify(wrong)} is no principal`;
  const command = critical["force-command"];
  if (command !== undefined && !new RegExp(COMMAND).test(command))
    return "the forced command is not one plain line";
  return wrongExtras(role);
}

function wrongExtras(role: JsonObject): string | undefined {
  const allowed = texts(role["allow"]).find((one) => !Object.hasOwn(ALLOW, one));
  if (allowed !== undefined) return `${JSON.stringify(allowed)} cannot be allowed`;
  const network = texts(role["sourceAddress"]).find((one) => !isNetwork(one));
  return network === undefined ? undefined : `${JSON.stringify(network)} is no network in CIDR form`;
}

function isNetwork(network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;
}

function texts(value: JsonObject[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
