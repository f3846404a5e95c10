// How fast may GitHub be asked? (its pauses between writes, waiting when told to, and never for longer than a call may take)
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { ThrottlingOptions } from "@octokit/plugin-throttling";
import { ProviderError } from "../provider.ts";

export interface Pace {
  /** A second between two writes, three where people are notified: GitHub's secondary limits. */
  readonly pauses: boolean;
  /** Milliseconds until a read is repeated: after a failure, or because a write does not show yet. */
  readonly again: number;
}

/** https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
export const GITHUB: Pace = { pauses: true, again: 1000 };
/** A server on this machine has no such limits. */
const HERE: Pace = { pauses: false, again: 20 };

export function paceFor(api: string): Pace {
  return new URL(api).protocol === "http:" ? HERE : GITHUB;
}

/** What a server asks for is kept by the whole session. */
export interface Patience {
  /** GitHub asked to stop for so long. False when a call may not take that long. */
  stop(seconds: number): boolean;
  /** Resolves when calls are allowed again. */
  ready(): Promise<void>;
}

/** Clocks and timers are not exact to the millisecond: never come back early. */
const MARGIN = 20;

/** `longest`: milliseconds that one wait may take. */
export function patience(longest: number): Patience {
  let until = 0;
  return {
    stop: (seconds) => {
      until = Math.max(until, performance.now() + seconds * 1000);
      return seconds * 1000 <= longest;
    },
    ready: async () => {
      const wait = until - performance.now();
      if (wait <= 0) return;
      if (wait > longest) {
        const message = `GitHub asks to wait ${Math.ceil(wait / 1000)} s before the next call`;
        throw new ProviderError("throttled", message, { vendorCode: "wait" });
      }
      await sleep(wait + MARGIN);
    },
  };
}

/** In the place of the plugin's limiter groups, of which it uses nothing but this. */
const UNPACED = {
  key: () => ({
    schedule: (_: unknown, work: (...args: unknown[]) => unknown, ...args: unknown[]) => work(...args),
  }),
} as unknown as NonNullable<ThrottlingOptions["write"]>;

/** A call that was refused as one too many is repeated once, when GitHub said that it may be. */
export function throttle(api: string, pace: Pace, waiting: Patience): ThrottlingOptions {
  const again = (seconds: number, _options: unknown, _octokit: unknown, count: number) =>
    waiting.stop(seconds) && count < 1;
  const limiters = pace.pauses ? {} : { write: UNPACED, notifications: UNPACED };
  return { id: api, onRateLimit: again, onSecondaryRateLimit: again, ...limiters };
}
