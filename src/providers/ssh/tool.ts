// What must a program do that signs certificates and keeps revocation lists? (types only; ssh-keygen is one)
import type { Instant } from "../../core/model.ts";
import type { Certificate } from "./certificate.ts";

export type Order = Omit<Certificate, "text">;

/** What a revocation list holds. */
export interface Listing {
  readonly keyIds: readonly string[];
  /** Entries of any other kind or CA: an administrator's, never ours. */
  readonly others: number;
}

/** Holds the CA's private key. Every call is bounded in time and throws ProviderError. */
export interface KeyTool {
  /** The CA's public key, as `type base64`. */
  readonly ca: string;
  /** The certificate's line. */
  sign(order: Order): Promise<string>;
  /** What each line says; nothing for a line that is no user certificate whole and signed by this CA. */
  show(lines: readonly string[]): Promise<readonly (Certificate | undefined)[]>;
  /** Does the list refuse each of these certificates or keys? Judged as a host judges it. */
  refused(list: Buffer, lines: readonly string[]): Promise<readonly boolean[]>;
  /** The list, and on it these key ids of this CA; a new one if there is none. */
  revoke(list: Buffer | undefined, keyIds: readonly string[]): Promise<Buffer>;
  listing(list: Buffer): Promise<Listing>;
}

export type OpenTool = (privateKey: string, timeout: number) => Promise<KeyTool>;

/** What the provider runs on: the tool, the file system and the time. */
export interface Machine {
  readonly open: OpenTool;
  readonly disk: Disk;
  readonly now: () => Instant;
  /** Folders that did not answer in time, as long as this process lives. */
  readonly hung: Set<string>;
}

/** The part of node:fs/promises that is used. */
export type Disk = Pick<
  typeof import("node:fs/promises"),
  "readFile" | "writeFile" | "readdir" | "rename" | "unlink" | "stat" | "chmod" | "access"
>;
