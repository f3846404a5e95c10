// Where is the server, who are we there, and how is the way to it protected?
import { isIP } from "node:net";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import type { ConnectOptions } from "../provider.ts";
import { word } from "../schema.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Absent on a loopback address without encryption. */
  readonly ssl?: { readonly ca?: string; readonly minVersion: string; readonly verifyIdentity: true };
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** Throws a Problem (misconfigured) that names the variable, never its content. */
export function addressOf(connection: JsonObject, secret: ConnectOptions["secret"]): Address {
  const name = word(connection["urlEnv"]);
  const url = parse(secret(name));
  if (!url) {
    throw new Problem(
      "misconfigured",
      `the environment variable ${name} holds no mariadb:// URL with a user name`,
      `set ${name} to mariadb://applier:password@host:3306`,
    );
  }
  return { ...url, ...protection(url.host, name, { connection, secret }) };
}

type Where = Omit<Address, "ssl">;

function parse(value: string | undefined): Where | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(value);
  if (!/^(mariadb|mysql):$/.test(protocol) || username === "" || hostname === "") return undefined;
  try {
    return {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? 3306 : Number(port),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
  } catch {
    return undefined;
  }
}

function protection(
  host: string,
  name: string,
  { connection, secret }: { readonly connection: JsonObject; readonly secret: ConnectOptions["secret"] },
): Pick<Address, "ssl"> {
  if (connection["tls"] === false) {
    if (LOOPBACK.test(host)) return {};
    throw new Problem(
      "misconfigured",
      "tls: false is for loopback addresses: over a network the password and the access would be anybody's",
      "leave tls out, and set up TLS on the server",
    );
  }
  // The driver checks the certificate of an address against the name "localhost".
  if (isIP(host) !== 0) {
    throw new Problem(
      "misconfigured",
      `the URL in ${name} has an IP address: a certificate is verified by name`,
      `write the server's name into ${name}, as its certificate has it`,
    );
  }
  const ca = authority(word(connection["caEnv"]), secret);
  return { ssl: { minVersion: "TLSv1.2", verifyIdentity: true, ...(ca !== undefined && { ca }) } };
}

function authority(name: string, secret: ConnectOptions["secret"]): string | undefined {
  if (name === "") return undefined;
  const pem = secret(name);
  if (pem?.includes("-----BEGIN CERTIFICATE-----") === true) return pem;
  throw new Problem(
    "misconfigured",
    `the environment variable ${name} holds no certificate`,
    `set ${name} to the PEM text of the authority's certificate`,
  );
}
