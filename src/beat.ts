// Is it time for the sweep to write that it is alive?
import type { Context } from "./context.ts";
import type { Draft } from "./core/entry.ts";
import type { SweepView } from "./core/snapshot.ts";
import { minus } from "./core/time.ts";
import type { LedgerState } from "./repo/ledger.ts";

/** Coalesced: alone it is written at most every half interval; with other entries it comes along for nothing. */
export function heartbeat(context: Context, view: SweepView, { tip }: LedgerState): readonly Draft[] {
  const settings = view.main?.rules.catalog.settings;
  const every = settings?.is === "found" ? settings.value.sweepInterval / 2 : 0;
  const last = tip.heartbeat;
  // One that lies ahead is a wrong clock's, and must not keep the next one away.
  const due = last === undefined || Math.abs(minus(context.now, last)) >= every;
  return due ? [{ kind: "heartbeat", main: view.main?.commit ?? "" }] : [];
}
