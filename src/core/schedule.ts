// When does a controller have to do something again? (pure; no timer a grant, so none can overflow)
import type { LiveGrant } from "./entry.ts";
import type { Duration, Instant } from "./model.ts";
import { isOver } from "./time.ts";

/** No sleep is longer, in milliseconds: what was slept through (a suspended machine, a set clock) is noticed soon. */
const LONGEST_NAP = 60_000;
const SHORTEST_BACKOFF = 1000;
/** How often everything is looked at where the settings do not say so. */
const USUAL_INTERVAL = (5 * 60_000) as Duration;

/** What a controller remembers from one turn to the next. Milliseconds count from the same moment as `elapsed`. */
export interface Memory {
  /** When it last swept, by the wall clock: whatever ended up to then was seen. */
  readonly swept: Instant | undefined;
  /** When it last looked at everything. */
  readonly whole: number | undefined;
  /** How often everything is looked at. */
  readonly interval: Duration | undefined;
  /** When it asks the remote again. */
  readonly look: number;
  /** Turns in a row in which something failed, and when it tries again. */
  readonly failures: number;
  readonly again: number | undefined;
}

export const FRESH: Memory = {
  swept: undefined,
  whole: undefined,
  interval: undefined,
  look: 0,
  failures: 0,
  again: undefined,
};

/** Has some access ended since the last sweep? Its end needs nobody's word. */
export function hasEnded(live: readonly LiveGrant[], { swept }: Memory, now: Instant): boolean {
  return live.some(({ end }) => isOver(end, now) && !(swept !== undefined && end <= swept));
}

/** Is some access due to begin? */
export function hasBegun(live: readonly LiveGrant[], { swept }: Memory, now: Instant): boolean {
  return live.some(
    ({ phase, start }) =>
      phase === "waiting" && isOver(start, now) && !(swept !== undefined && start <= swept),
  );
}

/** Is it time to look at everything: for the first time, after the interval, or again after a failure? */
export function isWhole({ whole, interval, again }: Memory, elapsed: number): boolean {
  if (whole === undefined || (again !== undefined && elapsed >= again)) return true;
  return elapsed - whole >= (interval ?? USUAL_INTERVAL);
}

/**
 * In milliseconds, twice as long after every failure; `random` spreads it, so that a herd does not come back at once. Access
 * that could not be taken away is tried again every minute, for ever; all else waits for the ordinary interval in the end.
 */
export function backoff({ failures, interval }: Memory, urgent: boolean, random: number): number {
  const most = urgent ? LONGEST_NAP : (interval ?? USUAL_INTERVAL);
  const full = Math.min(most, SHORTEST_BACKOFF * 2 ** Math.min(failures, 16));
  return full * (0.5 + random / 2);
}

/**
 * How long to sleep, in milliseconds: to the next look, start or end, and never long. What ended since the last sweep ends
 * the sleep at once; while something fails, only the second try and what is still to come do.
 */
export function nap(
  live: readonly LiveGrant[],
  { swept, look, failures, again }: Memory,
  { now, elapsed }: { readonly now: Instant; readonly elapsed: number },
): number {
  const seen = failures > 0 ? now : (swept ?? now);
  const coming = live.flatMap(({ phase, start, end }) => (phase === "waiting" ? [start, end] : [end]));
  const next = coming.filter((at) => at > seen).map((at) => at - now);
  const own = (again ?? look) - elapsed;
  return Math.max(
    0,
    [...next, own].reduce((least, ms) => Math.min(least, ms), LONGEST_NAP),
  );
}
