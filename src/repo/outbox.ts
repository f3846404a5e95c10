// What has happened, but is not on the remote yet? (receipts that wait in the clone; one file each, never overwritten)
import { randomBytes } from "node:crypto";
import { access, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { EMPTY_TIP, sealAll, type Batch } from "../core/chain.ts";
import { error } from "../core/finding.ts";
import { parseEntry } from "../core/ledger-lines.ts";
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
  const where = (): Promise<string> => (found ??= gitPath(git, folder));
  return {
    async read() {
      const dir = await where();
      const read = await Promise.all((await list(dir)).map((name) => load(dir, name)));
      const kept = read.filter((one) => typeof one === "object");
      const findings = read.filter((one) => typeof one === "string").map(damaged);
      return { kept, findings };
    },
    async keep(batch, name) {
      const dir = await where();
      await write(dir, name ?? nextName(await list(dir)), batch);
    },
    async drop(kept) {
      if (kept.length === 0) return;
      const dir = await where();
      await Promise.all(kept.map(({ name }) => rm(join(dir, name), { force: true })));
    },
  };
}

/** An ordinary clone is known by its looks, as git knows it; anything else (a worktree, a bare clone) is asked for. */
async function gitPath(git: Git, path: string): Promise<string> {
  const own = join(git.dir, ".git");
  const looks = await Promise.all(["HEAD", "objects", "refs"].map((name) => isThere(join(own, name))));
  if (looks.every((there) => there)) return join(own, path);
  return (await run(git, ["rev-parse", "--path-format=absolute", "--git-path", path])).out.trim();
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function damaged(name: string): Finding {
  const fix = "read the file in the clone's lapse/outbox by hand";
  return error("LPS511", `kept receipts cannot be read: ${name}`, fix);
}

/** Sorts after all that are there: the order of keeping is the order of what happened. */
function nextName(names: readonly string[]): string {
  const last = Number.parseInt(names.at(-1) ?? "0", 10);
  return `${String(last + 1).padStart(12, "0")}-${randomBytes(8).toString("hex")}.json`;
}

async function list(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    if (isMissing(cause)) return [];
    throw cause;
  });
  return names.filter((name) => name.endsWith(".json")).sort();
}

/** The name alone when the file is damaged; undefined when another run has just flushed it. */
async function load(dir: string, name: string): Promise<Kept | string | undefined> {
  try {
    const batch = JSON.parse(await readFile(join(dir, name), "utf8")) as Batch;
    const { lines } = sealAll([batch], EMPTY_TIP, () => "");
    return lines.every((line) => parseEntry(line)) ? { ...batch, name } : name;
  } catch (cause) {
    return isMissing(cause) ? undefined : name;
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
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
