// Which SSH keys are there, good and bad? (made now, in OpenSSH's form, without ssh-keygen)
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { field } from "../../src/providers/ssh/wire.ts";

const line = (type: string, ...fields: readonly (Buffer | string)[]): string =>
  `${type} ${Buffer.concat([type, ...fields].map(field)).toString("base64")}`;
const bytes = (value: string | undefined): Buffer => Buffer.from(value ?? "", "base64url");
/** As a multiple-precision number: a zero in front keeps it positive. */
const positive = (value: string | undefined): Buffer => {
  const number = bytes(value);
  return (number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.from([0]), number]);
};

const edwards = (): JsonWebKey => generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });

function point(namedCurve: string): Buffer {
  const { x, y } = generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" });
  return Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
}

export const ed25519 = (): string => line("ssh-ed25519", bytes(edwards().x));
export const skEd25519 = (application = "ssh:"): string =>
  line("sk-ssh-ed25519@openssh.com", bytes(edwards().x), application);
export const ecdsa = (bits: 256 | 384 | 521): string =>
  line(`ecdsa-sha2-nistp${bits}`, `nistp${bits}`, point(`P-${bits}`));
export const skEcdsa = (): string =>
  line("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", point("P-256"), "ssh:");
export function rsa(modulusLength: number): string {
  const { n, e } = generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" });
  return line("ssh-rsa", positive(e), positive(n));
}

/** The form of a CA's private key, with a public half and nothing in the other. */
export function hollowPrivateKey(): string {
  const one = Buffer.from([0, 0, 0, 1]);
  const key = Buffer.from(ed25519().split(" ")[1] ?? "", "base64");
  const parts = [
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map(field),
    one,
    field(key),
    field(""),
  ];
  const [first, last] = ["BEGIN", "END"].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`);
  return `${first}\n${Buffer.concat(parts).toString("base64")}\n${last}\n`;
}

/** Keys that nobody should be let in by, each with what is wrong. */
export function badKeys(): Readonly<Record<string, string>> {
  const good = ed25519();
  const [type = "", blob = ""] = good.split(" ");
  const raw = Buffer.from(blob, "base64");
  return {
    "no key": "ann",
    "options in front": `command="id" ${good}`,
    "a comment": `${good} ann@example.com`,
    "a second line": `${good}\n${ed25519()}`,
    "a line feed at the end": `${good}\n`,
    "a tab": good.replace(" ", "\t"),
    "a certificate": good.replace(type, "ssh-ed25519-cert-v01@openssh.com"),
    "an old kind": line("ssh-dss", "1", "2", "3", "4"),
    "another type than it says": good.replace(type, "ecdsa-sha2-nistp256"),
    "more than a key": `${type} ${Buffer.concat([raw, field("more")]).toString("base64")}`,
    "half a key": `${type} ${raw.subarray(0, -4).toString("base64")}`,
    "base64 that says the same in another way": `${type} ${blob.replace(/=*$/, "")}A===`,
    "a curve that is not its own": line("ecdsa-sha2-nistp256", "nistp384", point("P-384")),
    "a point of another curve": line("ecdsa-sha2-nistp256", "nistp256", point("P-384")),
    "RSA of 2048 bits": rsa(2048),
    "an exponent of 1": line("ssh-rsa", Buffer.from([1]), Buffer.alloc(385, 0x7f)),
    "a security key for the web": skEd25519("webauthn.example"),
  };
}
