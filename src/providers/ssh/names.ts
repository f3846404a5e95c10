// What are our certificates called, and which number does each have?
import { createHash } from "node:crypto";
import type { Claim } from "../../core/model.ts";

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

const plain = (name: string): string => (NAME.test(name) ? name : `sha256.${hash(name).slice(0, 32)}`);

/** What every key id of this installation starts with. */
export function markStart(owner: string): string {
  return `lapse:${plain(owner)}:`;
}

/**
 * The certificate's key id, which sshd writes into its log at each login: `lapse:<owner>:<target>:<request>`. A name of
 * any other form becomes a hash, told apart by a dot, which no proper name has. It is the only place in a certificate
 * for the target's name that hosts do not complain about: they log every extension that they do not know.
 */
export function markOf({ owner, target, request }: Pick<Claim, "owner" | "target" | "request">): string {
  return `${markStart(owner)}${plain(target)}:${plain(request)}`;
}

/** The target in a key id of this installation. */
export function targetIn(mark: string, owner: string): string {
  return mark.slice(markStart(owner).length).split(":")[0] ?? "";
}

/** 64 bits, so that two requests practically never share one. It is for people and logs: revoked is by key id. */
export function serialOf(mark: string): string {
  return BigInt(`0x${hash(mark).slice(0, 16)}`).toString();
}

/** Without colons, which some file systems and programs take for something else. */
export function fileOf(mark: string): string {
  return `${mark.replaceAll(":", ".")}-cert.pub`;
}
