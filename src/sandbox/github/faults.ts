// How does the sandbox misbehave on demand?
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv, Call } from "./api.ts";
import type { World } from "./world.ts";

type Misbehaviour =
  /** The secondary rate limit; `retryAfter` in seconds, or no such header at all. */
  | { readonly is: "throttled"; readonly status: 403 | 429; readonly retryAfter?: number }
  | { readonly is: "error"; readonly status: 403 | 404 | 500 | 502 | 503; readonly message?: string }
  /** Never answers; `after`: the write was done all the same. */
  | { readonly is: "hang" | "reset"; readonly effect: "before" | "after" }
  /** A whole HTTP answer with half of its JSON. */
  | { readonly is: "cut" }
  /** Answers from the state of so many acts ago; a push, a review, a merge and every other call that writes is one. */
  | { readonly is: "stale"; readonly acts: number };

export interface Fault {
  /** Tested against `GET /repos/acme/access/pulls/1/reviews?page=2` or `POST /acme/access.git/git-receive-pack`. */
  readonly on: RegExp;
  readonly do: Misbehaviour;
  /** How many calls it hits; 1 when absent. */
  readonly times?: number;
  /** How many matching calls it lets pass first. */
  readonly skip?: number;
}

export interface Faults {
  readonly add: (fault: Fault) => void;
  readonly clear: () => void;
  readonly take: (call: string) => Misbehaviour | undefined;
}

export function faults(initial: readonly Fault[]): Faults {
  let armed: { readonly fault: Fault; skip: number; times: number }[] = [];
  const add = (fault: Fault) => {
    armed.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  };
  initial.forEach(add);
  return {
    add,
    clear: () => {
      armed = [];
    },
    take: (call) => {
      const hit = armed.find(({ fault, times }) => times > 0 && fault.on.test(call));
      if (!hit) return undefined;
      if (hit.skip > 0) {
        hit.skip -= 1;
        return undefined;
      }
      hit.times -= 1;
      return hit.fault.do;
    },
  };
}

/** The call as fault patterns and the log of calls name it. */
export function callName(c: Call): string {
  const { pathname, search } = new URL(c.req.url);
  return `${c.req.method} ${pathname.replace(/^\/api\/v3/, "")}${search}`;
}

const SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

function throttled({ status, retryAfter }: Extract<Misbehaviour, { is: "throttled" }>): Response {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  const documentation_url =
    "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#secondary-rate-limits";
  return Response.json({ message: SECONDARY, documentation_url }, { status, headers });
}

async function cut(c: Call): Promise<void> {
  const text = await c.res.text();
  c.res = new Response(text.slice(0, text.length / 2), { status: c.res.status, headers: c.res.headers });
}

const never = (stopped: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    stopped.addEventListener("abort", () => {
      resolve();
    });
  });

/** Hangs or resets before or after the handler has done its work. */
async function silent(
  c: Call,
  next: () => Promise<void>,
  how: Extract<Misbehaviour, { effect: string }>,
  stopped: AbortSignal,
): Promise<Response> {
  if (how.effect === "after") await next();
  if (how.is === "hang") await never(stopped);
  else (c.env satisfies HttpBindings).incoming.socket.resetAndDestroy();
  c.res = new Response(null, { status: 503 });
  return c.res;
}

/** Answers in the place of the handler, or lets it answer and spoils that. */
async function apply(
  c: Call,
  next: () => Promise<void>,
  how: Exclude<Misbehaviour, { is: "stale" }>,
  stopped: AbortSignal,
): Promise<Response | undefined> {
  switch (how.is) {
    case "throttled":
      return throttled(how);
    case "error":
      return Response.json({ message: how.message ?? "Server Error" }, { status: how.status });
    case "hang":
    case "reset":
      return await silent(c, next, how, stopped);
    case "cut":
      await next();
      await cut(c);
      return undefined;
  }
}

/** Applies the first armed fault that matches the call. */
export const misbehave =
  (world: World, armed: Pick<Faults, "take">, stopped: AbortSignal): MiddlewareHandler<ApiEnv> =>
  async (c, next): Promise<Response | undefined> => {
    const how = armed.take(callName(c));
    if (c.req.method !== "GET") world.store.begin();
    c.set("state", how?.is === "stale" ? world.store.past(how.acts) : world.store.now());
    if (how !== undefined && how.is !== "stale") return await apply(c, next, how, stopped);
    await next();
    return undefined;
  };
