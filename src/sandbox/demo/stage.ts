// Who is on stage? (a database, a forge with the example company's rules, a clone for each person)
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Problem } from "../../core/problem.ts";
import { startSandbox, type Sandbox } from "../github/sandbox.ts";
import { startDatabase, type Database } from "./database.ts";

const run = promisify(execFile);
const REPOSITORY = "acme/access";

/** The people of policies/people who play a part, and the App that applies. */
const CAST = [
  { login: "ann", id: 1001 },
  { login: "bob", id: 1002 },
  { login: "carol", id: 1003 },
  { login: "dan", id: 1004 },
  { login: "grace", id: 1007, permission: "admin" },
  { login: "lapse-applier[bot]", id: 1900, type: "Bot" },
] as const;

export interface Stage {
  readonly database: Database;
  readonly forge: Sandbox;
  readonly dir: string;
  /** A clone with this person's credentials, and the environment in which their commands run. */
  seat(login: string): Promise<Seat>;
  stop(): Promise<void>;
}

export interface Seat {
  readonly login: string;
  readonly clone: string;
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
}

/** Starts everything on loopback. What fails on the way takes down what had started. */
export async function setStage(): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), "lapse-demo-"));
  const started: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const database = await startDatabase();
    started.push(() => database.stop());
    const tokens = new Map<string, string>(CAST.map(({ login }) => [login, randomBytes(16).toString("hex")]));
    const users = CAST.map((who) => ({ ...who, token: tokens.get(who.login) ?? "" }));
    const forge = await startSandbox({
      dir: join(dir, "forge"),
      repository: REPOSITORY,
      clock: Date.now,
      users,
    });
    started.push(() => forge.stop());
    await forge.push("grace", "main", await exampleCompany(), { message: "The example company\n" });
    const seat = (login: string) => takeSeat({ dir, forge, database, token: tokens.get(login) ?? "" }, login);
    return { database, forge, dir, seat, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

interface Set {
  readonly dir: string;
  readonly forge: Sandbox;
  readonly database: Database;
  readonly token: string;
}

async function takeSeat({ dir, forge, database, token }: Set, login: string): Promise<Seat> {
  const clone = join(dir, login.replace(/\W+/g, "-"), "access");
  if (!existsSync(clone)) await run("git", ["clone", "-q", forge.gitUrlFor(login), clone]);
  const applier = login.startsWith("lapse-applier");
  const env = {
    GITHUB_API_URL: forge.apiUrl,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_TOKEN: token,
    ...(applier && { ORDERS_DB_URL: database.applierUrl }),
  };
  return { login, clone, env, token };
}

/** The targets that stand on this stage; a sweep is red as long as one that is declared cannot be listed. */
const SERVED: readonly string[] = ["orders-db", "production"];

/** Without the targets that are not here, and without every rule and test that speaks of what they offer. */
function onStage(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const named = (folder: string) =>
    Object.entries(files).flatMap(([path, text]) => {
      const [, name] = new RegExp(`^policies/${folder}/(.*)\\.yaml$`).exec(path) ?? [];
      return name === undefined ? [] : [{ name, text }];
    });
  const absent = named("targets").flatMap(({ name }) => (SERVED.includes(name) ? [] : [name]));
  const offered = named("entitlements").filter(({ text }) => speaksOf(text, absent));
  const gone = [...absent, ...offered.map(({ name }) => name)];
  const kept = Object.entries(files).filter(
    ([path, text]) =>
      !/^policies\/(targets|entitlements|rules|tests)\//.test(path) || !speaksOf(`${path}\n${text}`, gone),
  );
  return Object.fromEntries(kept);
}

function speaksOf(text: string, names: readonly string[]): boolean {
  return names.some((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text));
}

/** The policies/, requests/ and schemas/ that this very repository ships. */
async function exampleCompany(): Promise<Readonly<Record<string, string>>> {
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
  const files: Record<string, string> = {};
  for (const folder of ["policies", "requests", "schemas"]) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((e) => e.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files[path.slice(root.length + 1).replaceAll("\\", "/")] = await readFile(path, "utf8");
    }
  }
  return onStage(files);
}

function packageRoot(from: string): string {
  if (existsSync(join(from, "policies", "lapse.yaml"))) return from;
  if (dirname(from) !== from) return packageRoot(dirname(from));
  throw new Problem(
    "misconfigured",
    "the example company is not here",
    "run the demo from a clone of the Lapse repository",
  );
}
