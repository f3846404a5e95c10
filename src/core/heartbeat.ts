// Is the sweep alive? (P10: what cannot be taken away on time must not be given)
import type { Duration, Instant } from "./model.ts";

/** The heartbeat is stale after this many sweep intervals. */
const STALE_AFTER = 3;

/** How old, in milliseconds, the last sweep may be. */
export function heartbeatLimit(interval: Duration): number {
  return STALE_AFTER * interval;
}

/** Did a sweep finish of late? One that lies far ahead was written by a wrong clock, and proves nothing. */
export function isBeating(heartbeat: Instant | undefined, now: Instant, limit: number): boolean {
  return heartbeat !== undefined && Math.abs(now - heartbeat) <= limit;
}
