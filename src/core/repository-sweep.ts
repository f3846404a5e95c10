// Does the ledger show that a sweep runs?
import { error, warning } from "./finding.ts";
import { heartbeatLimit, isBeating } from "./heartbeat.ts";
import type { Finding, Instant, Lookup, Settings } from "./model.ts";
import { minus, printInstant } from "./time.ts";

const MINUTE = 60_000;

export function sweepFindings(
  heartbeat: Instant | undefined,
  settings: Lookup<Settings>,
  now: Instant,
): readonly Finding[] {
  const fix = "see the runs of expire.yml, or run `lapse expire`";
  if (heartbeat === undefined)
    return [warning("LPS925", "no sweep has run yet: nothing is granted before the first", fix)];
  if (settings.is !== "found") return [];
  const limit = heartbeatLimit(settings.value.sweepInterval);
  if (isBeating(heartbeat, now, limit)) return [];
  const age = Math.round(minus(now, heartbeat) / MINUTE);
  const message = `the last sweep was at ${printInstant(heartbeat)}, ${age} min ago; it should be at most ${limit / MINUTE} min`;
  return [error("LPS925", message, fix)];
}
