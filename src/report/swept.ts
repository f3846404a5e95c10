// What does a sweeper's log say?
import type { Instant } from "../core/model.ts";
import type { Swept } from "../core/swept.ts";
import { printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { counted } from "./table.ts";
import { utcSeconds, when } from "./time-words.ts";

export function sweptText({ target, seen, complete, ends, cleaned }: Swept, now: Instant): string {
  const failed = ends.filter(({ ok }) => !ok).length;
  return page([
    ...ends.map(({ mark, until, ok, notes }) => {
      const ended = until === undefined ? "its end could not be read" : `ended ${when(until, now)}`;
      const said = notes.length > 0 ? `  (${notes.map(visible).join("; ")})` : "";
      return `${ok ? "✓ revoked    " : "▲ NOT revoked"} ${visible(mark)}  ${ended}${said}`;
    }),
    ...cleaned.map((what) => `· ${visible(what)}`),
    ...(complete ? [] : [`? unknown     the list of ${visible(target)} was cut short: more may be left`]),
    `${visible(target)}: ${counted(seen, "mark")} seen, ${ends.length - failed} revoked, ${failed} failed. ${utcSeconds(now)}`,
  ]);
}

export function sweptJson({ ends, ...swept }: Swept): object {
  return {
    ...swept,
    ends: ends.map(({ until, ...one }) => ({
      ...one,
      until: until === undefined ? null : printInstant(until),
    })),
  };
}
