// Does anything need a person now? (for the watchdog: a clone and the clock; no forge, no policy, no target)
import { promised } from "./bounds.ts";
import type { Context } from "./context.ts";
import { heartbeatLimit } from "./core/heartbeat.ts";
import type { Duration } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { watchOver, type Watch } from "./core/watch.ts";

/** How often the sweep runs where the settings do not say so. */
const USUAL_INTERVAL = (15 * 60_000) as Duration;

/** `within`: how old the last sweep may be, in milliseconds; three sweep intervals where it is left out. */
export async function watch(context: Context, within?: Duration): Promise<Watch> {
  const unreached = await fetchFailure(context);
  const { tip, live, findings = [] } = await context.ledger.read();
  const { interval = USUAL_INTERVAL, bounds } = await promised(context);
  return watchOver({
    ...{ now: context.now, tip, live, bounds, ledger: findings },
    limit: within ?? heartbeatLimit(interval),
    ...(unreached !== undefined && { unreached }),
  });
}

async function fetchFailure({ repo }: Context): Promise<string | undefined> {
  try {
    return (await repo.fetch()) ? undefined : "no answer";
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
    throw problem;
  }
}
