// Is this a public key that a person may be let in by? (one line `type base64`: no options, no comment, no weak kinds)
import { createHash } from "node:crypto";
import { reader, type Reader } from "./wire.ts";

/** Each check reads the fields behind the type, and says what is wrong with them. */
type Check = (fields: Reader) => string | undefined;

const SMALLEST_RSA = 3072;
const LARGEST_RSA = 8192;

const ed25519: Check = (fields) => (fields.bytes().length === 32 ? undefined : "has no 32 bytes");

const ecdsa =
  (curve: string, size: number): Check =>
  (fields) => {
    if (fields.text() !== curve) return "names another curve";
    const point = fields.bytes();
    return point.length === 2 * size + 1 && point[0] === 4 ? undefined : "has no whole point of its curve";
  };

const rsa: Check = (fields) => {
  const exponent = fields.bytes();
  const modulus = fields.bytes();
  if (!isPositive(exponent) || !isPositive(modulus)) return "holds a number in no proper form";
  const bits = BigInt(`0x${modulus.toString("hex")}`).toString(2).length;
  if (bits < SMALLEST_RSA || bits > LARGEST_RSA)
    return `has ${bits} bits: RSA keys need ${SMALLEST_RSA} to ${LARGEST_RSA}, or take ed25519`;
  return exponent.length === 1 && (exponent[0] ?? 0) < 3 ? "has an exponent that is too small" : undefined;
};

/** On a security key; the application says for what, usually `ssh:`. */
const hardware =
  (check: Check): Check =>
  (fields) =>
    check(fields) ?? (/^ssh:[\x21-\x7e]{0,60}$/.test(fields.text()) ? undefined : "is not for ssh");

const KINDS: ReadonlyMap<string, Check> = new Map([
  ["ssh-ed25519", ed25519],
  ["sk-ssh-ed25519@openssh.com", hardware(ed25519)],
  ["ecdsa-sha2-nistp256", ecdsa("nistp256", 32)],
  ["ecdsa-sha2-nistp384", ecdsa("nistp384", 48)],
  ["ecdsa-sha2-nistp521", ecdsa("nistp521", 66)],
  ["sk-ecdsa-sha2-nistp256@openssh.com", hardware(ecdsa("nistp256", 32))],
  ["ssh-rsa", rsa],
]);

const LINE = /^([a-z0-9@.-]{1,40}) ([A-Za-z0-9+/]{1,2000}={0,2})$/;

/** What is wrong with a key as it is written in a person's file; nothing if it can be used. */
export function wrongKey(line: string): string | undefined {
  const [, type, encoded] = LINE.exec(line) ?? [];
  if (type === undefined || encoded === undefined)
    return "is not one public key as `type base64`, without options and comment";
  const check = KINDS.get(type);
  if (!check) return `is of type ${type}: allowed are ${[...KINDS.keys()].join(", ")}`;
  const blob = Buffer.from(encoded, "base64");
  return blob.toString("base64") === encoded ? wrongBlob(blob, type, check) : "is not whole base64";
}

function wrongBlob(blob: Buffer, type: string, check: Check): string | undefined {
  try {
    const fields = reader(blob);
    if (fields.text() !== type) return "holds a key of another type than it says";
    return check(fields) ?? (fields.atEnd() ? undefined : "holds more than a key");
  } catch {
    return "is cut off";
  }
}

/** As OpenSSH prints it. */
export function fingerprint(line: string): string {
  const blob = Buffer.from(line.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** A multiple-precision number that is positive and has no needless zeros. */
function isPositive(bytes: Buffer): boolean {
  const [first = 0x80, second = 0] = bytes;
  return first < 0x80 && (first !== 0 || second >= 0x80);
}
