// How are instants and lengths of time said to people?
import prettyMilliseconds from "pretty-ms";
import type { Instant } from "../core/model.ts";
import { printInstant } from "../core/time.ts";

const UNITS: Readonly<Record<string, string>> = { d: "d", h: "h", m: "min", s: "s", ms: "ms" };

/** A length in milliseconds, two units at most, cut off and never rounded up: `1 h 42 min`, `37 s`. */
export function lengthWords(milliseconds: number): string {
  const whole = milliseconds >= 1000 ? milliseconds - (milliseconds % 1000) : Math.round(milliseconds);
  return prettyMilliseconds(whole, { unitCount: 2, hideYear: true }).replace(
    /(\d+)([a-z]+)/gu,
    (_, count: string, unit: string) => `${count} ${UNITS[unit] ?? unit}`,
  );
}

/** `2026-11-23 15:05 UTC`: for everything that stays on a page. */
export function utc(at: Instant): string {
  return `${printInstant(at).slice(0, 10)} ${printInstant(at).slice(11, 16)} UTC`;
}

/** `2026-11-23 15:05:11 UTC`: where seconds matter, for receipts and confirmations. */
export function utcSeconds(at: Instant): string {
  return `${printInstant(at).slice(0, 10)} ${printInstant(at).slice(11, 19)} UTC`;
}

/** `15:05 UTC`, with the date where it is not today's. */
export function clock(at: Instant, now: Instant): string {
  return printInstant(at).slice(0, 10) === printInstant(now).slice(0, 10) ? utc(at).slice(11) : utc(at);
}

/** `in 1 h 42 min`, `8 min ago`, `now`: only for a terminal, since a page is read later. */
export function relative(at: Instant, now: Instant): string {
  const apart = Math.abs(at - now);
  if (apart < 1000) return "now";
  const words = lengthWords(apart < 60_000 ? apart : apart - (apart % 60_000));
  return at > now ? `in ${words}` : `${words} ago`;
}

/** `in 42 min (15:05 UTC)`. */
export function when(at: Instant, now: Instant): string {
  return `${relative(at, now)} (${clock(at, now)})`;
}
