// What is a CA's folder with two people and an administrator in it? (everybody keeps a copy of every certificate they see)
import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromEpoch, plus } from "../../core/time.ts";
import type { Assignment, Duration, Instant } from "../../core/model.ts";
import type { World } from "../../conformance/world.ts";
import type { Session } from "../provider.ts";
import type { Authority } from "./fake-authority.ts";
import { fakeDisk, type DiskFault } from "./fake-disk.ts";
import { ssh } from "./index.ts";
import { field } from "./wire.ts";

export const PRINCIPAL = "deploy";
const ROLE = { principals: [PRINCIPAL] };
const YEAR = 365 * 86_400_000;

export interface Options {
  /** The time when the world begins, and how it goes on; by default it stands still but for `advance`. */
  readonly now?: () => Instant;
  readonly timeout?: number;
  readonly subjects?: readonly [string, string];
  /** Another way to find out whether a certificate lets in: a real login. */
  readonly login?: (certificate: string, key: string) => Promise<boolean>;
}

export type SshWorld = Omit<World, "advance"> & {
  readonly advance: (ms: number) => void;
  readonly directory: string;
  readonly disk: (fault: DiskFault) => void;
  /** The share is well again, and another process looks at it. */
  readonly heal: () => void;
  /** Where a file of ours lies, by the assignment. */
  readonly file: (shelf: string, assignment: Assignment) => string;
  /** Of the hosts and of the folder's server. */
  readonly clock: () => Instant;
  /** The clock of the machine that Lapse runs on is ahead of it by as much. */
  readonly misset: (ms: number) => void;
  /** Every certificate that anybody ever saw. */
  readonly copies: ReadonlySet<string>;
};

/** A public key that nobody has the other half of. */
export function newKey(): string {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const blob = Buffer.concat([field("ssh-ed25519"), field(Buffer.from(x, "base64url"))]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

export async function sshWorld(authority: Authority, options: Options = {}): Promise<SshWorld> {
  let moved = 0 as Duration;
  const start = options.now ?? (() => fromEpoch(Date.UTC(2026, 10, 23, 9)));
  const clock = () => plus(start(), moved);
  const directory = await mkdtemp(join(tmpdir(), "lapse-ssh-world-"));
  const at = (...path: readonly string[]) => join(directory, ...path);
  for (const shelf of ["certificates", "issued", "revoked", "tmp"]) await mkdir(at(shelf));
  await writeFile(at("ca.pub"), `${authority.ca} the CA\n`);
  const [ann, bob] = options.subjects ?? [newKey(), newKey()];
  const stranger = newKey();
  // Somebody lost this key, and the administrator put it on the list.
  const list = () => readFile(at("revoked.krl"));
  await writeFile(at("revoked.krl"), authority.ban(undefined, stranger));

  const copies = new Set<string>();
  const collect = async (): Promise<void> => {
    for (const name of await readdir(at("certificates")))
      copies.add((await readFile(at("certificates", name), "utf8")).trim());
  };
  const lets = async (key: string, certificate: string): Promise<boolean> =>
    options.login
      ? options.login(certificate, key)
      : authority.lets({
          certificate,
          key,
          principal: PRINCIPAL,
          list: await list().catch(() => undefined),
          now: clock(),
        });
  const byHand = (keyId: string, key: string): string =>
    authority.sign({
      keyId,
      serial: "7",
      key,
      principals: [PRINCIPAL, "staging"],
      from: clock() - YEAR,
      until: clock() + YEAR,
      critical: {},
      extensions: { "permit-pty": "", "permit-port-forwarding": "" },
    });
  const fileName = ({ mark = "" }: Assignment) => `${mark.replaceAll(":", ".")}-cert.pub`;
  const standing = async (key: string): Promise<void> => {
    const certificate = byHand("by hand", key);
    await writeFile(at("certificates", `admin-${copies.size}-cert.pub`), `${certificate}\n`);
    await collect();
  };
  const { disk, fault, heal } = fakeDisk(clock);
  let ahead = 0 as Duration;
  const hung = new Set<string>();
  const provider = ssh({ open: authority.open, disk, now: () => plus(clock(), ahead), hung });
  const connection = { caKeyEnv: "CA_KEY", directory };
  const secret = (name: string) => (name === "CA_KEY" ? authority.privateKey : undefined);
  const timeout = options.timeout ?? 1_000;
  const watched = (session: Session): Session => ({
    ...session,
    grant: (...args) => session.grant(...args).finally(collect),
  });
  return {
    provider: { ...provider, connect: async (...args) => watched(await provider.connect(...args)) },
    owner: "lapse",
    connection,
    secret,
    timeout,
    subjects: [ann, bob],
    stranger,
    role: ROLE,
    missingRole: { skip: "which principals let in is in each host's own files" },
    now: clock(),
    advance: (ms) => {
      moved = (moved + ms) as Duration;
    },
    nowhere: () =>
      provider.connect({ ...connection, directory: at("tmp") }, { owner: "lapse", secret, timeout }),
    can: async (key) => {
      await collect();
      for (const certificate of copies) if (await lets(key, certificate)) return true;
      return false;
    },
    standing,
    endStanding: async () => {
      for (const name of await readdir(at("certificates")))
        if (name.startsWith("admin-")) {
          const line = (await readFile(at("certificates", name), "utf8")).trim();
          await writeFile(at("revoked.krl"), authority.ban(await list(), line));
          await unlink(at("certificates", name));
        }
    },
    otherWay: standing,
    addSubject: { skip: "a subject is a key, and a key has no name" },
    rename: { skip: "a key has no name that could change" },
    hinder: async () => {
      await writeFile(at("tmp", "lock"), "another applier");
      return () => unlink(at("tmp", "lock"));
    },
    disarm: () => {
      for (const on of ["writeFile", "rename", "unlink", "chmod"] as const)
        fault({ on, path: /./, code: "EACCES", times: Infinity });
      return Promise.resolve();
    },
    strip: (assignment) => unlink(at("certificates", fileName(assignment))),
    addMember: { skip: "a certificate is for one key and is signed as a whole" },
    replace: async (assignment, key) => {
      await unlink(at("issued", fileName(assignment)));
      await writeFile(at("certificates", fileName(assignment)), `${byHand("by hand", key)}\n`);
      await collect();
    },
    snapshot: async () => {
      const names = await readdir(directory, { recursive: true, withFileTypes: true });
      const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      return Promise.all(files.sort().map(async (file) => [file, await readFile(file, "latin1")]));
    },
    breakListing: () => {
      fault({ on: "readFile", path: /issued\/lapse\.lapse\.target\.bob/, code: "EIO", times: Infinity });
      fault({
        on: "readFile",
        path: /certificates\/lapse\.lapse\.target\.bob/,
        code: "EIO",
        times: Infinity,
      });
    },
    settle: { skip: "a certificate is good as soon as it is written" },
    tooSoon: { skip: "a certificate can be revoked at any time" },
    close: async () => {
      await rm(directory, { recursive: true, force: true });
      authority.close();
    },
    directory,
    disk: fault,
    heal: () => {
      heal();
      hung.clear();
    },
    file: (shelf, assignment) => at(shelf, fileName(assignment)),
    clock,
    misset: (ms) => {
      ahead = ms as Duration;
    },
    copies,
  };
}
