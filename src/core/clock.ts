// Is this machine's clock right? (windows are measured by the forge's: attack D8, a wrong clock)
import { minus } from "./time.ts";
import type { Instant } from "./model.ts";

/** Further off than this, in milliseconds, and nothing is granted. */
const MOST_OFF = 60_000;
/** HTTP dates are cut to whole seconds (RFC 9110, 5.6.7). */
const RESOLUTION = 1000;

/** What our clock showed before the forge was asked and after it answered, and what the forge's showed. */
export interface Clocks {
  readonly before: Instant;
  readonly theirs: Instant | null;
  readonly after: Instant;
}

/** Why nothing may be granted by this clock; undefined where it agrees with the forge's, as far as that can be told. */
export function clockDoubt({ before, theirs, after }: Clocks): string | undefined {
  if (theirs === null)
    return "the forge does not say what time it is, so nobody knows whether this clock is right";
  const ahead = minus(before, theirs) - RESOLUTION;
  const behind = minus(theirs, after);
  if (Math.max(ahead, behind) <= MOST_OFF) return undefined;
  const off = `${Math.round(Math.max(ahead, behind) / 1000)} s ${ahead > behind ? "ahead of" : "behind"} the forge's`;
  return `this machine's clock is ${off}: nothing is granted until it is right`;
}
