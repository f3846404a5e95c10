// What has happened, but is not on the remote yet? (receipts that wait in the clone; one file each, never overwritten)
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Batch } from "../core/chain.ts";
import { error } from "../core/finding.ts";
import type { Finding } from "../core/model.ts";
import { run, type Git } from "./process.ts";

/** Receipts of one call, in the file `name`. */
export interface Kept extends Batch {
  readonly name: string;
  readonly main?: string;
  /** The commit that was last tried with these: when it is in the ledger after all, they are not due any more. */
  readonly tried?: string;
}

export interface Outbox {
  /** Oldest first. */
  read(): Promise<{ readonly kept: readonly Kept[]; readonly findings: readonly Finding[] }>;
  /** On disk, flushed, when this returns. */
  keep(batch: Omit<Kept, "name">, name?: string): Promise<void>;
  drop(kept: readonly Kept[]): Promise<void>;
}

/** In a folder of the clone's git directory, which is found when it is first needed. */
export function outbox(git: Git, folder: string): Outbox {
  let found: Promise<string> | undefined;
  const where = () =>
    (found ??= run(git, ["rev-parse", "--path-format=absolute", "--git-path", folder]).then(({ out }) =>
      out.trim(),
    ));
  return {
    async read() {
      const dir = await where();
      const names = (await list(dir)).filter((name) => name.endsWith(".json")).sort();
      const read = await Promise.all(names.map(async (name) => ({ name, kept: await load(dir, name) })));
      const broken = read.filter((one) => one.kept === undefined);
      const findings = broken.map(({ name }) =>
        error(
          "LPS511",
          `kept receipts cannot be read: ${name}`,
          "read the file in the clone's lapse/outbox by hand",
        ),
      );
      return { kept: read.flatMap((one) => one.kept ?? []), findings };
    },
    keep: async (batch, name) => write(await where(), name ?? newName(batch.at), batch),
    async drop(kept) {
      if (kept.length === 0) return;
      const dir = await where();
      await Promise.all(kept.map(({ name }) => rm(join(dir, name), { force: true })));
    },
  };
}

function newName(at: number): string {
  return `${String(at).padStart(15, "0")}-${randomBytes(8).toString("hex")}.json`;
}

async function list(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  });
}

async function load(dir: string, name: string): Promise<Kept | undefined> {
  try {
    const value = JSON.parse(await readFile(join(dir, name), "utf8")) as Partial<Kept>;
    const fits =
      Array.isArray(value.drafts) && Number.isSafeInteger(value.at) && typeof value.run === "string";
    return fits ? { ...(value as Kept), name } : undefined;
  } catch {
    return undefined;
  }
}

async function write(dir: string, name: string, batch: Omit<Kept, "name">): Promise<void> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, name);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(batch));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dir, "r");
  await folder.sync().finally(() => folder.close());
}
