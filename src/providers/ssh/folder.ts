// How are the files that the CA shares with its hosts read and written? (whole or not at all, each call bounded in time)
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { join, resolve } from "node:path";
import { ProviderError } from "../provider.ts";
import { codeOf } from "./errors.ts";
import { patience } from "./patience.ts";
import type { Machine } from "./tool.ts";

/** Where each kind of file lies. `tmp` is on the same file system, so that a rename from there is atomic. */
export type Shelf = "certificates" | "issued" | "revoked" | "tmp";
export const SHELVES: readonly Shelf[] = ["certificates", "issued", "revoked", "tmp"];
export const LIST = "revoked.krl";
const CA = "ca.pub";
const { W_OK, X_OK } = constants;

export interface Folder {
  readonly timeout: number;
  /** Of the certificates there; what else a file server keeps beside them is none of ours. */
  names(shelf: Shelf): Promise<readonly string[]>;
  /** Nothing if there is no such file. */
  read(...path: readonly string[]): Promise<Buffer | undefined>;
  /** Replaces the file as a whole, readable by everybody: what is here is public. */
  write(content: string | Buffer, ...path: readonly string[]): Promise<void>;
  /** False if the file is there already. */
  claim(content: string, ...path: readonly string[]): Promise<boolean>;
  /** Fine if there is no such file. */
  remove(...path: readonly string[]): Promise<void>;
  /** When it was last written by the clock of the folder's server, and its permissions; nothing if it is not there. */
  facts(...path: readonly string[]): Promise<{ readonly at: number; readonly mode: number } | undefined>;
  /** May we make and remove files there? */
  writable(...path: readonly string[]): Promise<boolean>;
  /** Throws unless this still is the folder of this CA: what is missing in an unmounted folder is not absent. */
  prove(): Promise<void>;
}

export function openFolder(
  { disk, hung }: Pick<Machine, "disk" | "hung">,
  root: string,
  ca: string,
  timeout: number,
): Folder {
  const bounded = patience(hung, resolve(root), timeout);
  const read: Folder["read"] = (...path) =>
    bounded("read", () => orNothing(disk.readFile(join(root, ...path))));
  return {
    timeout,
    read,
    names: async (shelf) => certificates(await bounded("list", () => disk.readdir(join(root, shelf)))),
    write: async (content, ...path) => {
      const temporary = join(root, "tmp", randomUUID());
      await bounded("write", () => disk.writeFile(temporary, content, { flag: "wx", flush: true }));
      await bounded("write", () => disk.chmod(temporary, 0o644));
      await bounded("write", () => disk.rename(temporary, join(root, ...path)));
    },
    claim: (content, ...path) =>
      bounded("lock", () => exclusive(disk.writeFile(join(root, ...path), content, { flag: "wx" }))),
    remove: async (...path) => {
      await bounded("remove a file", () => orNothing(disk.unlink(join(root, ...path))));
    },
    facts: async (...path) => {
      const found = await bounded("look", () => orNothing(disk.stat(join(root, ...path))));
      return found && { at: found.mtimeMs, mode: found.mode };
    },
    writable: (...path) =>
      bounded("look", () =>
        disk.access(join(root, ...path), W_OK | X_OK).then(
          () => true,
          () => false,
        ),
      ),
    prove: async () => {
      mustBe(ca, await read(CA));
    },
  };
}

function mustBe(ca: string, file: Buffer | undefined): void {
  const found = file?.toString().trim().split(/\s+/).slice(0, 2).join(" ");
  if (found === ca) return;
  const what = found === undefined ? "has no ca.pub: is it mounted?" : "belongs to another CA";
  throw new ProviderError("target-missing", `the folder ${what}`, { vendorCode: "ca.pub" });
}

const certificates = (names: readonly string[]) => names.filter((name) => name.endsWith(".pub")).sort();

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((thrown: unknown) => {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  });
}

async function exclusive(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    (thrown: unknown) => {
      if (codeOf(thrown) === "EEXIST") return false;
      throw thrown;
    },
  );
}
