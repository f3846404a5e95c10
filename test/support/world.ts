// A whole world in one process: a sandbox forge over real git, a pretended target, a clock that only moves when told.
import { randomBytes } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "../../src/context.ts";
import type { Instant } from "../../src/core/model.ts";
import { fromEpoch, instant } from "../../src/core/time.ts";
import { github } from "../../src/forge/github.ts";
import { loadProvider } from "../../src/providers/index.ts";
import { memory } from "../../src/providers/memory/index.ts";
import { memoryTarget, type MemoryTarget } from "../../src/providers/memory/target.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { apply, expire } from "../../src/reconcile.ts";
import { gitLedger } from "../../src/repo/git-ledger.ts";
import { gitRepo } from "../../src/repo/git.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/github/sandbox.ts";
import { ACCOUNTS, policies, requestFile, requestPath, type Ask } from "./company.ts";

const run = promisify(execFile);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export interface WorldOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>> | ((name: string) => string | undefined);
  /** When it begins. */
  readonly start?: Instant;
  /** Told of every step of the clock. */
  readonly onTick?: (ms: number) => void;
  /** Bound on one call to a target, in milliseconds. */
  readonly timeout?: number;
  /** Stands in for a registered provider. */
  readonly providers?: Readonly<Record<string, Provider>>;
}

export interface World {
  readonly forge: Sandbox;
  readonly shop: MemoryTarget;
  now(): Instant;
  tick(ms: number): void;
  /** An empty repository with a fresh context at the present time: what one workflow run has. */
  context(change?: Partial<Context>): Promise<Context>;
  apply(): ReturnType<typeof apply>;
  expire(): ReturnType<typeof expire>;
  /** Branch and pull request with one request file; returns the number. */
  ask(ask: Ask & { readonly author?: string }): Promise<number>;
  approve(pull: number, by: string, body?: string): Promise<number>;
  merge(pull: number, by?: string, options?: Parameters<Sandbox["merge"]>[2]): Promise<string>;
  /** ask → approve by carol → merge, with seconds in between. */
  askAndMerge(ask: Ask & { readonly author?: string }, approvers?: readonly string[]): Promise<number>;
  /** bob's pull request that changes these files, approved by erin and grace or by others, and merged. */
  change(files: Files, approvers?: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

type Files = Parameters<Sandbox["push"]>[2];

/** The world as it is after the first sweep, so that granting is open. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), "lapse-world-"));
  let now = Number(options.start ?? instant("2026-11-23T09:00:00Z"));
  const { secrets = {}, timeout = 5_000 } = options;
  const clock = () => now;
  const tokens = new Map(ACCOUNTS.map((a) => [a.login, randomBytes(12).toString("hex")]));
  const users = ACCOUNTS.map((a) => ({ ...a, token: tokens.get(a.login) ?? "" }));
  const forge = await startSandbox({ dir: join(dir, "forge"), repository: "acme/access", clock, users });
  const shop = memoryTarget({ clock: () => fromEpoch(now) });
  const pretended = memory((name) => (name === "shop" ? shop : undefined));
  const providers: Readonly<Record<string, Provider>> = { memory: pretended, ...options.providers };
  await forge.push("grace", "main", policies(options.files));
  let clones = 0;
  let changes = 0;
  const context = async (change: Partial<Context> = {}): Promise<Context> => {
    const clone = join(dir, `clone-${String((clones += 1))}`);
    // As the workflows do: an empty repository with a remote, so that nothing but objects is ever there.
    await run("git", ["init", "-q", clone]);
    await run("git", ["-C", clone, "remote", "add", "origin", forge.gitUrlFor("lapse-applier")]);
    const repo = gitRepo({ dir: clone, env: process.env });
    const { apiUrl } = forge;
    const token = tokens.get("lapse-applier") ?? "";
    return {
      dir: clone,
      now: fromEpoch(now),
      clock: () => fromEpoch(now),
      run: "test",
      repo,
      ledger: gitLedger(repo),
      forge: () => Promise.resolve(github({ apiUrl, repository: "acme/access", token })),
      provider: async (kind) => providers[kind] ?? (await loadProvider(kind)),
      providerKinds: Object.keys(providers),
      timeout,
      secret: (name) => (typeof secrets === "function" ? secrets(name) : secrets[name]),
      io: {
        out: () => undefined,
        err: () => undefined,
        color: false,
        interactive: false,
        annotates: false,
        summary: () => undefined,
      },
      json: false,
      ...change,
    };
  };
  const tick = (ms: number) => {
    now += ms;
    options.onTick?.(ms);
  };
  const ask: World["ask"] = async ({ author = "ann", ...request }) => {
    tick(SECOND);
    await forge.push(author, `access/${request.id}`, { [requestPath(request)]: requestFile(request) });
    tick(SECOND);
    return forge.openPull(author, { branch: `access/${request.id}`, title: `Access: ${request.id}` });
  };
  const approve: World["approve"] = async (pull, by, body = "") => {
    tick(SECOND);
    return forge.review(by, pull, "APPROVED", { body });
  };
  const merge: World["merge"] = async (pull, by = "grace", how = {}) => {
    tick(SECOND);
    const after = await forge.merge(by, pull, how);
    tick(SECOND);
    return after;
  };
  const made: World = {
    forge,
    shop,
    now: () => fromEpoch(now),
    tick,
    context,
    apply: async () => apply(await context()),
    expire: async () => expire(await context()),
    ask,
    approve,
    merge,
    askAndMerge: async (request, approvers = ["carol"]) => {
      const pull = await ask(request);
      for (const by of approvers) await approve(pull, by);
      await merge(pull);
      return pull;
    },
    change: async (files, approvers = ["erin", "grace"]) => {
      tick(SECOND);
      const branch = `change/${String((changes += 1))}`;
      await forge.push("bob", branch, files);
      tick(SECOND);
      const pull = await forge.openPull("bob", { branch, title: branch });
      for (const by of approvers) await approve(pull, by);
      await merge(pull, "dan");
      return pull;
    },
    stop: async () => {
      await forge.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await made.expire();
  tick(MINUTE);
  return made;
}
