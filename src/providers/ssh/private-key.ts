// Which public key belongs to a private one? (OpenSSH's form says it in clear, so nothing has to be decrypted or written)
import { reader } from "./wire.ts";

const FORM = /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----$/;
const MAGIC = "openssh-key-v1\0";

/**
 * As `type base64`; nothing if it is in another form, or has a passphrase.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
export function publicHalf(privateKey: string): string | undefined {
  const blob = Buffer.from(FORM.exec(privateKey.trim())?.[1] ?? "", "base64");
  if (blob.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) return undefined;
  const fields = reader(blob.subarray(MAGIC.length));
  try {
    if (fields.text() !== "none") return undefined; // the cipher
    fields.bytes(); // how its key is derived, by name and by options
    fields.bytes();
    if (fields.number32() !== 1) return undefined;
    const key = fields.bytes();
    return `${reader(key).text()} ${key.toString("base64")}`;
  } catch {
    return undefined;
  }
}
