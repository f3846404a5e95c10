// How late was access gone, target by target? (words for the status and the audit)
import type { Spread, TargetLateness } from "../core/lateness.ts";
import { visible } from "./encode.ts";
import { columns, counted } from "./table.ts";
import { lengthWords } from "./time-words.ts";

/** One line a target, with what was promised and whether that was kept. */
export function latenessLines(all: readonly TargetLateness[]): readonly string[] {
  return columns(all.map(({ target, ...one }) => [target, words(one)]));
}

function words({ planned, early, open, bound, held }: Omit<TargetLateness, "target">): string {
  const parts = [
    ...(planned ? [`${counted(planned.count, "end")}: ${spreadWords(planned)}`] : []),
    ...(early ? [`${counted(early.count, "early end")}, from the order: ${spreadWords(early)}`] : []),
    ...(open > 0 ? [`${open} STILL OPEN`] : []),
    `bound ${lengthWords(bound)} ${held ? "held" : "NOT HELD"}`,
  ];
  return parts.join(" · ");
}

function spreadWords({ p50, p99, worst }: Spread): string {
  const [half, most, all] = [p50, p99, worst.lateness].map(lengthWords);
  return `p50 ${half ?? ""}, p99 ${most ?? ""}, worst ${all ?? ""} (${visible(worst.request)})`;
}

export function latenessJson(all: readonly TargetLateness[]): readonly object[] {
  return all.map(({ target, planned, early, open, bound, held }) => ({
    target,
    planned: planned ? spreadJson(planned) : null,
    early: early ? spreadJson(early) : null,
    open,
    boundSeconds: bound / 1000,
    held,
  }));
}

function spreadJson({ count, p50, p99, worst }: Spread): object {
  const { request, lateness } = worst;
  return {
    count,
    p50Seconds: p50 / 1000,
    p99Seconds: p99 / 1000,
    worst: { request, seconds: lateness / 1000 },
  };
}
