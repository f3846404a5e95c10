// How is one question put to the plugin, and when does its answer count?
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { ProviderError, type ConnectOptions, type ErrorClass } from "../provider.ts";
import { word } from "../schema.ts";
import { pinnedBytes, withCopy } from "./pinned.ts";
import { API_VERSION, type Answer, type Op, type Request } from "./protocol.ts";
import { list, nonsense, object } from "./read.ts";
import { runOnce, type Ran } from "./run.ts";

export interface Plugin {
  readonly program: string;
  readonly sha256: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly config: JsonObject;
  readonly owner: string;
  readonly timeout: number;
}

/** An answer of which nothing but its envelope was looked at. */
export type Unread = Readonly<Partial<Record<keyof Answer, unknown>>>;

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Ops that only read; the others may write. */
const READS: readonly Op[] = ["describe", "resolve", "observe", "list", "verify", "doctor"];

const ERRORS: Readonly<Record<ErrorClass, string>> = {
  throttled: "the target asks to slow down",
  conflict: "something else is in the way, or is being changed",
  "too-soon": "the target does not allow it yet",
  transient: "it did not work this time, and nobody knows whether it was done",
  "subject-missing": "there is no such subject on the target",
  "role-missing": "there is no such role on the target",
  "target-missing": "there is no such target",
  forbidden: "the applier may not do this on the target",
  "denied-by-policy": "the plugin refuses this role",
  malformed: "the plugin does not understand this claim",
};

/** Throws a Problem when a variable that the target's file names is not set. */
export function pluginOf(connection: JsonObject, { owner, secret, timeout }: ConnectOptions): Plugin {
  const words = (name: string) => (connection[name] ?? []) as readonly string[];
  const env = words("env").map((name) => {
    const value = secret(name);
    if (value !== undefined) return [name, value] as const;
    const fix = "set it for the job that runs lapse, or take it out of `env` in the target's file";
    throw new Problem("misconfigured", `the environment has no ${name}`, fix);
  });
  return {
    program: word(connection["program"]),
    sha256: word(connection["sha256"]),
    args: words("args"),
    env: Object.fromEntries(env),
    config: (connection["config"] ?? {}) as JsonObject,
    owner,
    timeout,
  };
}

export function requestTo(
  { config, owner, timeout }: Plugin,
  op: Op,
  more: Pick<Request, "claims" | "assignments" | "window"> = {},
): Request {
  const base = { apiVersion: API_VERSION, op, requestId: randomUUID(), timeoutMs: timeout };
  return { ...base, dryRun: READS.includes(op), owner, config, ...more };
}

/** Starts the program once with whatever is to be said. Its hash is looked at before every start. */
export async function exchange(plugin: Plugin, said: object): Promise<Ran> {
  const { program, args, timeout } = plugin;
  const bytes = await pinnedBytes(program, plugin.sha256);
  return withCopy(program, bytes, ({ program: copy, cwd }) => {
    const env = { PATH, HOME: cwd, TMPDIR: cwd, LC_ALL: "C", ...plugin.env };
    return runOnce({ program: copy, args, cwd, env, timeout, input: JSON.stringify(said) });
  });
}

/** The whole answer, if it is one to this question. Everything else is unknown: never "not done", never "absent". */
export async function ask(plugin: Plugin, request: Request): Promise<Unread> {
  const { trouble, out, log } = await exchange(plugin, request).catch((thrown: unknown) => {
    throw notStarted(request.op, thrown);
  });
  const unknown = (vendorCode: string) =>
    new ProviderError("transient", `the plugin did not answer \`${request.op}\`: ${vendorCode}`, {
      vendorCode,
      cause: new Error(`stderr: ${withoutSecrets(log, plugin)}`),
    });
  if (trouble !== undefined) throw unknown(trouble);
  const answer = parsed(out);
  if (answer?.apiVersion !== API_VERSION) throw unknown(answer ? "other-version" : "no-json");
  if (answer.requestId !== request.requestId) throw unknown("other-request");
  throwError(answer);
  return answer;
}

/** With the first question of a connection it is a matter of its set-up, which stops before anything is done. */
function notStarted(op: Op, thrown: unknown): Error {
  const why = thrown instanceof Problem ? thrown : undefined;
  if (why && op === "describe") return why;
  const reason = why ? `${why.message}; ${why.fix}` : "its private copy could not be written";
  const message = `the plugin was not started: ${reason}`;
  return new ProviderError("forbidden", message, { vendorCode: "program", cause: thrown });
}

function parsed(out: string): Unread | undefined {
  try {
    return object(JSON.parse(out), "answer");
  } catch {
    return undefined;
  }
}

/** The values of the variables that it was given, taken out of what it wrote to its log. */
function withoutSecrets(log: string, { env }: Plugin): string {
  return Object.values(env)
    .filter((value) => value !== "")
    .reduce((rest, value) => rest.replaceAll(value, "***"), log);
}

/** What was answered to this id: exactly one result, or it is unknown. An error is thrown in our own words. */
export function resultFor(answer: Unread, id: string): JsonObject {
  const results = list(answer.results, "results", Infinity).map((one) => object(one, "results"));
  const [result, second] = results.filter((one) => one["id"] === id);
  if (!result || second) throw nonsense(`results with the id ${id}`);
  throwError(result);
  return result;
}

function throwError({ error }: { readonly error?: unknown }): void {
  if (error === undefined) return;
  const { class: cls, code, message, retryAfter } = object(error, "error");
  const known = Object.hasOwn(ERRORS, word(cls)) ? (word(cls) as ErrorClass) : "transient";
  const later = typeof retryAfter === "number" ? `; it says: in ${Math.ceil(retryAfter)} s` : "";
  const vendorCode = /^[A-Za-z0-9._-]{1,40}$/.test(word(code)) ? word(code) : "none";
  throw new ProviderError(known, `${ERRORS[known]}${later}`, {
    vendorCode,
    cause: new Error(`the plugin: ${word(message)}`),
  });
}
