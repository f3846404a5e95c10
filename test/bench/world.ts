// Where does a bench find a company's repository? (a temporary clone with an origin, written by `git fast-import`)
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { LiveGrant } from "../../src/core/entry.ts";
import type { Catalog } from "../../src/core/model.ts";
import { firstCommit, ledgerBranch, onMain, pullBranch } from "./branches.ts";
import { company, policyFiles } from "./company.ts";
import { NOW, request, steps, type Past, type Step } from "./history.ts";
import { random, type Random } from "./random.ts";

export interface World {
  /** The clone's work tree, which is empty. */
  readonly dir: string;
  readonly catalog: Catalog;
  readonly live: ReadonlyMap<string, LiveGrant>;
  /** Main's tip, and a branch on top of it that adds one request. */
  readonly base: string;
  readonly head: string;
  /** A variable that no Git configuration of this machine can change. */
  readonly env: Readonly<Record<string, string>>;
}

/** Requests that one run finds to open or end. */
const A_RUN = 20;

const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync("git", args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 30, timeout: 600_000 }).trim();

const worlds = new Map<number, Promise<World>>();

/** A repository with this many live requests, shared by the rows and removed with the process. */
export function liveWorld(count: number): Promise<World> {
  const made = worlds.get(count) ?? world(1, { lifecycles: count, live: count });
  worlds.set(count, made);
  return made;
}

/** Builds a repository. The ledger's last entry is a heartbeat of this very moment. */
async function world(seed: number, past: Past): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), "lapse-bench-"));
  process.once("exit", () => {
    rmSync(root, { recursive: true, force: true });
  });
  const [origin, dir] = [join(root, "origin.git"), join(root, "access")];
  git(root, "init", "--quiet", "--bare", "--initial-branch=main", origin);
  const catalog = company();
  const rng = random(seed);
  await fastImport(origin, onto(past, catalog, rng));
  const base = git(origin, "rev-parse", "main");
  const ledger = ledgerBranch(catalog);
  await fastImport(origin, remembered(past, { catalog, rng: random(seed), ledger, main: base }));
  git(root, "clone", "--quiet", "--no-checkout", origin, dir);
  const head = git(dir, "rev-parse", "origin/pull");
  return { dir, catalog, live: ledger.live, base, head, env };
}

function* onto(past: Past, catalog: Catalog, rng: Random): Generator<string> {
  yield firstCommit(policyFiles());
  for (const step of steps(past, catalog, rng)) yield onMain(step);
  yield pullBranch("pull", request(past.lifecycles, NOW, catalog, rng));
}

interface Remembering {
  readonly catalog: Catalog;
  readonly rng: Random;
  readonly ledger: ReturnType<typeof ledgerBranch>;
  readonly main: string;
}

function* remembered(past: Past, { catalog, rng, ledger, main }: Remembering): Generator<string> {
  let batch: Step[] = [];
  for (const step of steps(past, catalog, rng)) {
    batch.push(step);
    if (batch.length < A_RUN) continue;
    yield ledger.append(batch);
    batch = [];
  }
  if (batch.length > 0) yield ledger.append(batch);
  yield ledger.close(NOW, main);
}

async function fastImport(dir: string, stream: Iterable<string>): Promise<void> {
  const child = spawn("git", ["fast-import", "--quiet", "--date-format=raw"], {
    cwd: dir,
    env,
    stdio: ["pipe", "ignore", "inherit"],
    timeout: 20 * 60_000,
  });
  const closed = once(child, "close");
  await pipeline(Readable.from(stream), child.stdin);
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`git fast-import ended with ${String(code)}`);
}
