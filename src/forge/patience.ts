// How long do we wait when GitHub asks us to? (all calls of a run share one budget, and wait together)
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../core/problem.ts";

export interface Patience {
  /** GitHub asked to stop for so long. False when that is more than is left of the budget. */
  stop(seconds: number): boolean;
  /** Resolves when calls are allowed again; throws a Problem when that is too long to wait for. */
  ready(): Promise<void>;
}

/** Clocks and timers are not exact to the millisecond: never come back early. */
const MARGIN = 20;

/** `budget`: milliseconds that may be waited in all. Overlapping demands count once; once overdrawn, none is met. */
export function patience(budget: number): Patience {
  let left = budget;
  let until = 0;
  return {
    stop: (seconds) => {
      const asked = performance.now() + seconds * 1000;
      left -= Math.max(0, asked - Math.max(until, performance.now()));
      until = Math.max(until, asked);
      return left >= 0;
    },
    ready: async () => {
      const wait = until - performance.now();
      if (wait <= 0) return;
      if (left < 0) throw tooLong(wait);
      await sleep(wait + MARGIN);
    },
  };
}

const tooLong = (wait: number): Problem =>
  new Problem(
    "unavailable",
    `GitHub asks to wait ${Math.ceil(wait / 1000)} s before the next call`,
    "run it again later; an App has a higher limit than the token of a workflow",
  );
