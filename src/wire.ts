// Who plays which part? (composition root: with cli.ts the only reader of environment and clock)
import { appendFileSync, existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Context, Io, Life } from "./context.ts";
import type { Instant } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { redactor as freshRedactor, type Redactor } from "./core/redact.ts";
import { isSecretName } from "./core/secret-parts.ts";
import { fromEpoch, instant } from "./core/time.ts";
import type { Forge } from "./forge/forge.ts";
import { redacted } from "./redacted.ts";
import { loadProvider, providerKinds } from "./providers/index.ts";
import { gitRepo } from "./repo/git.ts";
import { gitLease } from "./repo/git-lease.ts";
import { gitLedger } from "./repo/git-ledger.ts";

export interface WireOptions {
  /** The access repository, or a folder in it. */
  readonly directory: string;
  /** The command works outside of a repository, too. */
  readonly anywhere: boolean;
  readonly json: boolean;
  readonly color: boolean;
  /** Shared with whoever prints what this context throws; one of its own where it is left out. */
  readonly redactor?: Redactor;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Bound on one call to a target, in milliseconds. */
const CALL_TIMEOUT = 15_000;
const PUBLIC_API = "https://api.github.com";

/** From being asked to stop to being stopped, in milliseconds: less than what Kubernetes waits before it kills. */
const GRACE = 25_000;

/** Builds the one context of this process. Throws a Problem when the environment contradicts itself. */
export function wire(options: WireOptions, env: Env = process.env): Context {
  const dir = options.anywhere ? resolve(options.directory) : rootOf(resolve(options.directory));
  const apiUrl = env["GITHUB_API_URL"] ?? PUBLIC_API;
  const token = env["GITHUB_TOKEN"];
  const repo = gitRepo({ dir, env, ...(token !== undefined && { token }) });
  const clock = clockOf(env, apiUrl);
  let forge: Promise<Forge> | undefined;
  const context: Context = {
    dir,
    now: clock(),
    clock,
    run: env["GITHUB_RUN_ID"] ?? "local",
    ...refOf(env),
    repo,
    ledger: gitLedger(repo),
    forge: () => (forge ??= connectForge(apiUrl, token, env, repo)),
    provider: loadProvider,
    providerKinds,
    timeout: CALL_TIMEOUT,
    secret: (name) => env[name],
    io: terminal(options, env),
    json: options.json,
  };
  const { redactor = freshRedactor() } = options;
  const derive = masks(env);
  for (const secret of secretsOf(env)) redactor.learn(secret).forEach(derive);
  return redacted(context, redactor, derive);
}

/** What SDKs and git read by themselves, and addresses with a login in them, such as a proxy's. */
function secretsOf(env: Env): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]) =>
    isSecretName(name) || /^[a-z]+:\/\/[^/\s]*@/i.test(value) ? [value] : [],
  );
}

/**
 * Tells the runner what to take out of the log that it cannot know: it is given whole secrets, and knows no part of
 * them. On stderr, since stdout is the result, which people keep. The runner reads both, and shows neither command.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log
 */
function masks(env: Env): (part: string) => void {
  if (env["GITHUB_ACTIONS"] !== "true") return () => undefined;
  const escaped = (text: string) =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return (part) => process.stderr.write(`::add-mask::${escaped(part)}\n`);
}

/** The branch that a workflow runs on. */
function refOf({ GITHUB_REF }: Env): Pick<Context, "ref"> {
  return GITHUB_REF === undefined ? {} : { ref: GITHUB_REF };
}

/** What a long-running command has on top: sleep, signals, chance, and a turn to take. */
export function wireLife(options: WireOptions, env: Env = process.env): Life {
  const dir = rootOf(resolve(options.directory));
  const token = env["GITHUB_TOKEN"];
  const elapsed = () => performance.now();
  const name = `controller-${hostname()}-${randomBytes(4).toString("hex")}`;
  const stop = new AbortController();
  return {
    name,
    elapsed,
    random: Math.random,
    sleep: async (ms) => {
      await sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    },
    stopping: () => stopOnSignals(stop),
    lease: (life) =>
      gitLease(gitRepo({ dir, env, ...(token !== undefined && { token }) }), { holder: name, life, elapsed }),
  };
}

/** The command line leaves a signal alone that somebody else listens to; once is enough, the second one is its own. */
function stopOnSignals(stop: AbortController): AbortSignal {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.abort();
      setTimeout(() => process.kill(process.pid, signal), GRACE).unref();
    });
  }
  return stop.signal;
}

/** The work tree that a folder belongs to, so that every command means the same wherever it is called. */
function rootOf(directory: string): string {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Problem("misconfigured", `there is no folder ${directory}`, "name one that exists with -C DIR");
  }
  let at = directory;
  while (!existsSync(join(at, ".git"))) {
    if (dirname(at) === at) {
      const fix = "run lapse in a clone of the access repository, or name one with -C DIR";
      throw new Problem("misconfigured", `${directory} is not in a git repository`, fix);
    }
    at = dirname(at);
  }
  return at;
}

/** The wall clock, or `LAPSE_NOW` where no real forge can be reached with it. */
function clockOf(env: Env, apiUrl: string): () => Instant {
  const fixed = env["LAPSE_NOW"];
  if (fixed === undefined) return () => fromEpoch(Date.now());
  if (!isLoopback(apiUrl)) {
    const fix = "unset LAPSE_NOW: it sets the clock in the sandbox and in tests only";
    throw new Problem("misconfigured", `LAPSE_NOW is refused against ${apiUrl}`, fix);
  }
  const at = instant(fixed);
  if (at === undefined)
    throw new Problem("misconfigured", "LAPSE_NOW is not a time", "write it like 2026-11-23T12:00:00Z");
  return () => at;
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

async function connectForge(
  apiUrl: string,
  token: string | undefined,
  env: Env,
  repo: ReturnType<typeof gitRepo>,
): Promise<Forge> {
  if (token === undefined || token === "") {
    throw new Problem(
      "forbidden",
      "there is no token for the forge",
      "set GITHUB_TOKEN (in a workflow: an App token)",
    );
  }
  const repository = env["GITHUB_REPOSITORY"] ?? (await repo.remoteName());
  if (repository === undefined) {
    throw new Problem(
      "misconfigured",
      "the remote does not say which repository this is",
      "set GITHUB_REPOSITORY=owner/name",
    );
  }
  const { github } = await import("./forge/github.ts");
  return github({ apiUrl, repository, token });
}

function terminal({ color }: WireOptions, env: Env): Io {
  const summary = env["GITHUB_STEP_SUMMARY"];
  return {
    out: (text) => process.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
    err: (text) => process.stderr.write(text.endsWith("\n") ? text : `${text}\n`),
    color: color && process.stdout.isTTY && env["NO_COLOR"] === undefined,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    annotates: env["GITHUB_ACTIONS"] === "true",
    summary: (markdown) => {
      if (summary !== undefined) appendFileSync(summary, `${markdown}\n`);
    },
  };
}
