// `lapse watchdog`: has the sweep stopped, or has access outlived its end? (for cron and pagers: the exit code tells)
import type { Context, ExitCode } from "../context.ts";
import type { Duration } from "../core/model.ts";
import type { Watch } from "../core/watch.ts";
import { json } from "../report/json.ts";
import { watchJson, watchText } from "../report/watch.ts";
import { watch } from "../watch.ts";

export interface WatchdogOptions {
  /** How old the last sweep may be; three sweep intervals where it is left out. */
  readonly within?: Duration;
}

export async function watchdog(context: Context, { within }: WatchdogOptions): Promise<ExitCode> {
  const seen = await watch(context, within);
  context.io.out(context.json ? json(watchJson(seen)) : watchText(seen, context.io));
  return exitOf(seen);
}

/** 7 access outlived its end · 3 the sweep is stale or the ledger damaged · 6 nobody could be asked. */
function exitOf({ outlived, findings }: Watch): ExitCode {
  if (outlived.length > 0) return 7;
  if (findings.some(({ code }) => code !== "LPS961")) return 3;
  return findings.length > 0 ? 6 : 0;
}
