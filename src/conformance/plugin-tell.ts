// How is the author's second command told what to do with the test target? (one start an op, JSON in and out)
import { spawnSync } from "node:child_process";
import type { Instant, Json, JsonObject } from "../core/model.ts";
import { Problem } from "../core/problem.ts";
import { instant } from "../core/time.ts";

/** What `make` answers: the target that it made, and what there is no such thing as. */
export interface Made {
  /** `connection.config` of the target, and the variables that its plugin is given. */
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, string>>;
  readonly subjects: readonly [string, string];
  readonly stranger: string;
  readonly role: JsonObject;
  readonly missingRole?: JsonObject;
  /** `connection.config` of a target that does not exist. */
  readonly nowhere?: JsonObject;
  readonly now: Instant;
  /** By helper, the reason why this target has no such thing. */
  readonly without: Readonly<Record<string, string>>;
}

/** Carries out one op, at once; what it answered. Throws a Problem when it could not. */
export type Tell = (op: string, more?: Readonly<Record<string, unknown>>) => Json;

const TIMEOUT = 30_000;
const MAX_OUTPUT = 8 * 2 ** 20;
const FIX = 'see "Test it" in src/providers/README.md for what each op gets and answers';

/** The command with its state in this folder. It runs with the whole environment: it is the author's own. */
export function teller([command = "", ...args]: readonly string[], state: string): Tell {
  return (op, more = {}) => {
    const input = JSON.stringify({ op, state, ...more });
    const options = {
      input,
      encoding: "utf8",
      timeout: TIMEOUT,
      maxBuffer: MAX_OUTPUT,
      killSignal: "SIGKILL",
    } as const;
    const { status, stdout, stderr, error } = spawnSync(command, args, options);
    if (status === 0) return resultOf(stdout, op);
    const why = error?.message ?? stderr.trim().slice(-500);
    throw new Problem("misconfigured", `the world could not ${op}: ${why}`, FIX, error);
  };
}

function resultOf(stdout: string, op: string): Json {
  try {
    return (JSON.parse(stdout) as { readonly result: Json }).result;
  } catch (cause) {
    throw new Problem("misconfigured", `the world's answer to ${op} is no JSON`, FIX, cause);
  }
}

/** Only what the suite itself needs is looked at: the rest is for the plugin, which judges it. */
export function madeOf(answer: Json): Made {
  const made = (answer ?? {}) as Partial<Record<keyof Made, Json>>;
  const now = typeof made.now === "string" ? instant(made.now) : undefined;
  const needed = ["config", "subjects", "stranger", "role"] as const;
  const absent = needed.filter((name) => made[name] === undefined);
  if (absent.length > 0 || now === undefined) {
    const names = [...absent, ...(now === undefined ? ["now (like 2026-11-23T09:00:00Z)"] : [])];
    throw new Problem("misconfigured", `the world's answer to make lacks ${names.join(", ")}`, FIX);
  }
  return { env: {}, without: {}, ...made, now } as unknown as Made;
}
