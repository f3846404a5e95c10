// Which calls came in, were they allowed to, and which headers does every answer have?
import { performance } from "node:perf_hooks";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv, Call } from "./api.ts";
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

interface Quiet {
  readonly announced: number;
  readonly until: number;
}

/** Did this call come while its token was asked to be quiet? */
const early = (quiet: Quiet | undefined, arrived: number): boolean =>
  quiet !== undefined && arrived > quiet.announced + IN_FLIGHT && arrived < quiet.until;

function addHeaders(c: Call, now: number, used: number): void {
  c.header("date", new Date(now).toUTCString());
  c.header("x-ratelimit-limit", "5000");
  c.header("x-ratelimit-used", String(used));
  c.header("x-ratelimit-remaining", String(Math.max(1, 5000 - used)));
  c.header("x-ratelimit-reset", String(Math.floor(now / 1000) + 3600));
  c.header("x-ratelimit-resource", "core");
}

/** Notes every call, and every call that came before `retry-after` had passed. */
export function recorded(world: World, log: Log): MiddlewareHandler<ApiEnv> {
  const quietUntil = new Map<string, Quiet>();
  let used = 0;
  return async (c, next) => {
    const token = c.req.header("authorization") ?? "";
    if (early(quietUntil.get(token), performance.now()))
      log.violations.push(`called before retry-after had passed: ${callName(c)}`);
    await next();
    const announced = performance.now();
    const wait = Number(c.res.headers.get("retry-after") ?? 0) * 1000;
    if (wait > 0) quietUntil.set(token, { announced, until: announced + wait });
    // A 304 is free.
    if (c.res.status !== 304) used += 1;
    addHeaders(c, world.clock(), used);
    const { user } = c.var as Partial<typeof c.var>;
    log.calls.push({ call: callName(c), user: user?.login ?? "", status: c.res.status });
  };
}
