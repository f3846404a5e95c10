// What are our certificates called, and which number does each have?
import { createHash } from "node:crypto";

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const hash = (...parts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/** What every key id of this installation starts with. */
export function markStart(owner: string): string {
  return `lapse:${NAME.test(owner) ? owner : `sha256.${hash(owner).slice(0, 32)}`}:`;
}

/**
 * The certificate's key id, which sshd writes into its log at each login: `lapse:<owner>:<request>`. A name of any
 * other form becomes a hash, told apart by a dot, which no proper name has.
 */
export function markOf(owner: string, request: string): string {
  const name = NAME.test(request) ? request : `sha256.${hash(owner, request).slice(0, 32)}`;
  return `${markStart(owner)}${name}`;
}

/** 64 bits, so that two requests practically never share one. It is for people and logs: revoked is by key id. */
export function serialOf(mark: string): string {
  return BigInt(`0x${hash(mark).slice(0, 16)}`).toString();
}

/** Without colons, which some file systems and programs take for something else. */
export function fileOf(mark: string): string {
  return `${mark.replaceAll(":", ".")}-cert.pub`;
}
