// What does the watchdog say?
import { printInstant } from "../core/time.ts";
import type { Watch } from "../core/watch.ts";
import { page } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { counted } from "./table.ts";
import { lengthWords, when } from "./time-words.ts";

export function watchText(seen: Watch, options: { readonly color: boolean }): string {
  const { heartbeat, now, limit, open, findings } = seen;
  if (findings.length > 0) return findingsText(findings, options);
  const last = heartbeat === undefined ? "never" : when(heartbeat, now);
  return page([
    `✓ Last sweep ${last}; at most ${lengthWords(limit)} may pass.`,
    `✓ ${counted(open, "open case")}, none has outlived its end.`,
  ]);
}

export function watchJson({ heartbeat, now, limit, open, outlived, stale, findings }: Watch): object {
  return {
    now: printInstant(now),
    reconciledAt: heartbeat === undefined ? null : printInstant(heartbeat),
    withinSeconds: limit / 1000,
    stale,
    open,
    overdue: outlived.map(({ request, target, due }) => ({ request, target, due: printInstant(due) })),
    findings: findingsJson(findings),
  };
}
