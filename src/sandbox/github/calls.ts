// Which calls came in, were they allowed to, and which headers does every answer have?
import { performance } from "node:perf_hooks";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./api.ts";
import { callName } from "./faults.ts";
import type { World } from "./world.ts";

export interface RecordedCall {
  /** `GET /repos/acme/access/pulls/1`, with its query. */
  readonly call: string;
  /** Login of the token's account; empty where the call never got that far. */
  readonly user: string;
  readonly status: number;
}

export interface Log {
  readonly calls: RecordedCall[];
  /** What a well-behaved client or a faithful server would not have done. Tests expect none. */
  readonly violations: string[];
}

/** Calls that were on their way when the limit was announced are no violation. */
const IN_FLIGHT = 100;

/** Notes every call, and every call that came before `retry-after` had passed. */
export function recorded(world: World, log: Log): MiddlewareHandler<ApiEnv> {
  const quietUntil = new Map<string, { readonly announced: number; readonly until: number }>();
  let used = 0;
  return async (c, next) => {
    const arrived = performance.now();
    const token = c.req.header("authorization") ?? "";
    const quiet = quietUntil.get(token);
    if (quiet && arrived > quiet.announced + IN_FLIGHT && arrived < quiet.until)
      log.violations.push(`called before retry-after had passed: ${callName(c)}`);
    await next();
    const { status, headers } = c.res;
    const wait = Number(headers.get("retry-after") ?? 0) * 1000;
    if (wait > 0) quietUntil.set(token, { announced: performance.now(), until: performance.now() + wait });
    // A 304 is free.
    if (status !== 304) used += 1;
    const reset = String(Math.floor(world.clock() / 1000) + 3600);
    c.header("date", new Date(world.clock()).toUTCString());
    c.header("x-ratelimit-limit", "5000");
    c.header("x-ratelimit-used", String(used));
    c.header("x-ratelimit-remaining", String(Math.max(1, 5000 - used)));
    c.header("x-ratelimit-reset", reset);
    c.header("x-ratelimit-resource", "core");
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a fault answers before anybody is known
    log.calls.push({ call: callName(c), user: c.var.user?.login ?? "", status });
  };
}
