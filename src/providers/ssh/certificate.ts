// What does a user certificate say? (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.certkeys)
import { field, reader, type Reader } from "./wire.ts";

export interface Certificate {
  readonly keyId: string;
  readonly serial: string;
  /** The certified public key, as `type base64`. */
  readonly key: string;
  readonly principals: readonly string[];
  /** Milliseconds since the epoch. Valid while from <= now < until. */
  readonly from: number;
  readonly until: number;
  /** Options that a host must know and obey, e.g. force-command, and extensions that it may ignore. */
  readonly critical: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, string>>;
  /** `type base64`, without a comment: what the file holds. */
  readonly text: string;
}

const USER = 1;
/** How many fields make the public key, by the certificate's type. */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ["ssh-ed25519-cert-v01@openssh.com", 1],
  ["sk-ssh-ed25519-cert-v01@openssh.com", 2],
  ["ecdsa-sha2-nistp256-cert-v01@openssh.com", 2],
  ["ecdsa-sha2-nistp384-cert-v01@openssh.com", 2],
  ["ecdsa-sha2-nistp521-cert-v01@openssh.com", 2],
  ["sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 3],
  ["ssh-rsa-cert-v01@openssh.com", 2],
]);

/** The certificate and who signed it; nothing if this is no user certificate. The signature is not checked here. */
export function readCertificate(line: string): { certificate: Certificate; ca: string } | undefined {
  const [type = "", encoded = ""] = line.trim().split(/\s+/);
  const count = KEY_FIELDS.get(type);
  if (count === undefined) return undefined;
  try {
    const fields = reader(Buffer.from(encoded, "base64"));
    if (fields.text() !== type) return undefined;
    fields.bytes(); // the nonce
    const key = Array.from({ length: count }, () => fields.bytes());
    return readRest(fields, publicKey(type, key), `${type} ${encoded}`);
  } catch {
    return undefined;
  }
}

function readRest(fields: Reader, key: string, text: string) {
  const serial = fields.number64().toString();
  if (fields.number32() !== USER) return undefined;
  const keyId = fields.text();
  const principals = list(fields.bytes());
  const [from, until] = [milliseconds(fields.number64()), milliseconds(fields.number64())];
  const critical = options(fields.bytes());
  const extensions = options(fields.bytes());
  fields.bytes(); // reserved
  const blob = fields.bytes();
  const ca = `${reader(blob).text()} ${blob.toString("base64")}`;
  return { certificate: { keyId, serial, key, principals, from, until, critical, extensions, text }, ca };
}

function publicKey(type: string, fields: readonly Buffer[]): string {
  const hardware = type.startsWith("sk-");
  const plain = type.replace("-cert-v01@openssh.com", hardware ? "@openssh.com" : "");
  return `${plain} ${Buffer.concat([plain, ...fields].map(field)).toString("base64")}`;
}

function list(data: Buffer): readonly string[] {
  const found: string[] = [];
  for (const fields = reader(data); !fields.atEnd();) found.push(fields.text());
  return found;
}

function options(data: Buffer): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const fields = reader(data); !fields.atEnd();) {
    const name = fields.text();
    const value = fields.bytes();
    found.push([name, value.length > 0 ? reader(value).text() : ""]);
  }
  return Object.fromEntries(found);
}

/** The largest number there is means for ever. */
function milliseconds(seconds: bigint): number {
  return seconds < 2n ** 50n ? Number(seconds) * 1000 : Infinity;
}
