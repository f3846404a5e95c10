// Must granting wait, whatever is asked for? (P10: what cannot be taken away on time must not be given)
import type { Context } from "./context.ts";
import { clockDoubt } from "./core/clock.ts";
import { heartbeatLimit, isBeating } from "./core/heartbeat.ts";
import type { MainView } from "./core/snapshot.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { reasonOf } from "./session.ts";

interface Known {
  readonly ledger: LedgerState;
  readonly main: MainView | undefined;
  /** Why main cannot be believed. */
  readonly doubted: string | undefined;
  /** Is there anything to grant? Where there is not, nobody needs to be asked what time it is. */
  readonly wanted: boolean;
}

/** Why nothing may be granted now: no sweep of late, a change that nobody approved, or a clock that is not the forge's. */
export async function frozen(context: Context, known: Known): Promise<string | undefined> {
  const { ledger, main, doubted, wanted } = known;
  return (
    staleHeartbeat(context, ledger, main) ?? doubted ?? (wanted ? await doubtAboutTime(context) : undefined)
  );
}

function staleHeartbeat(
  { now }: Context,
  { tip }: LedgerState,
  main: MainView | undefined,
): string | undefined {
  const settings = main?.rules.catalog.settings;
  if (settings?.is !== "found") return "policies/lapse.yaml cannot be read";
  const { heartbeat } = tip;
  if (heartbeat === undefined)
    return "the sweep has never run here: run `lapse expire` once, and on a schedule";
  if (isBeating(heartbeat, now, heartbeatLimit(settings.value.sweepInterval))) return undefined;
  return `the sweep last ran at ${new Date(heartbeat).toISOString()}: nothing is granted until \`lapse expire\` runs again`;
}

/** Windows are the forge's time: whoever gives by another opens them early, or after their end. */
async function doubtAboutTime(context: Context): Promise<string | undefined> {
  try {
    const forge = await context.forge();
    const before = context.clock();
    const theirs = await forge.time();
    return clockDoubt({ before, theirs, after: context.clock() });
  } catch (problem) {
    return reasonOf(problem);
  }
}
