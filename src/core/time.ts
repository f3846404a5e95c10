// When is that, and for how long? (the only place that reads, adds or prints time)
import type { Duration, Instant } from "./model.ts";

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(?:Z|([+-])(\d\d):(\d\d))$/;
const DURATION = /^(?:([1-9]\d{0,7})d)?(?:([1-9]\d{0,7})h)?(?:([1-9]\d{0,7})m)?(?:([1-9]\d{0,7})s)?$/;
const UNITS = [86_400_000, 3_600_000, 60_000, 1000] as const;
/** No access lasts longer than a leap year. */
const LONGEST = 366 * UNITS[0];
/** The last millisecond of the year 9999: everything up to it prints in the form that `instant` reads. */
const LAST = 253_402_300_799_999;

/**
 * Reads RFC 3339 with `Z` or an offset, years 1970 to 9999; anything else, leap seconds and days that do not exist
 * included, is undefined. Never `new Date(text)`: engines accept 30 February, local times and prose.
 * https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function instant(text: string): Instant | undefined {
  const found = INSTANT.exec(text);
  if (!found) return undefined;
  const ms = dayStart(found) + timeOfDay(found) - offset(found);
  return ms >= 0 && ms <= LAST ? (ms as Instant) : undefined;
}

/** These three give NaN for what does not exist, which is in no range. */
function dayStart(found: RegExpExecArray): number {
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  // Date.UTC maps the years 0 to 99 to the twentieth century, and 30 February to March.
  if (year < 1970 || month < 1 || month > 12 || day < 1) return NaN;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate() ? Date.UTC(year, month - 1, day) : NaN;
}

function timeOfDay(found: RegExpExecArray): number {
  const [hour, minute, second] = [Number(found[4]), Number(found[5]), Number(found[6])];
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const fraction = Number((found[7] ?? "").padEnd(3, "0"));
  return hour * UNITS[1] + minute * UNITS[2] + second * UNITS[3] + fraction;
}

/** Milliseconds east of UTC. `-00:00` says "zone unknown" in RFC 3339 and is refused. */
function offset(found: RegExpExecArray): number {
  const sign = found[8];
  if (sign === undefined) return 0;
  const [hours, minutes] = [Number(found[9]), Number(found[10])];
  if (hours > 23 || minutes > 59 || (sign === "-" && hours + minutes === 0)) return NaN;
  return (sign === "-" ? -1 : 1) * (hours * UNITS[1] + minutes * UNITS[2]);
}

/**
 * Reads `4h`, `90m`, `1d12h`, `30s`: whole units d h m s in this order, each at most once, without leading zeros;
 * more than nothing and at most 366d. A day is 24 hours, whatever clocks do.
 */
export function duration(text: string): Duration | undefined {
  const found = DURATION.exec(text);
  if (!found) return undefined;
  const ms = UNITS.reduce((sum, unit, i) => sum + unit * Number(found[i + 1] ?? 0), 0);
  return ms > 0 && ms <= LONGEST ? (ms as Duration) : undefined;
}

/** Milliseconds since the Unix epoch. Throws RangeError when that is no point in time up to the year 9999. */
export function fromEpoch(ms: number): Instant {
  if (!(ms >= 0 && ms <= LAST)) throw new RangeError(`not a point in time: ${ms}`);
  return Math.floor(ms) as Instant;
}

/** Throws RangeError beyond the year 9999. */
export function plus(start: Instant, length: Duration): Instant {
  return fromEpoch(start + length);
}

/** Milliseconds from `b` to `a`. */
export function minus(a: Instant, b: Instant): number {
  return a - b;
}

/** Is a window with this end over? An end that is no number is over; a clock that is none is a bug. */
export function isOver(end: Instant, now: Instant): boolean {
  if (!Number.isFinite(now)) throw new RangeError("the clock gave no finite time");
  return !Number.isFinite(end) || end <= now;
}

/** RFC 3339 in UTC; milliseconds only when there are some. */
export function printInstant(at: Instant): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** The shortest text that `duration` reads back; parts of a second are dropped. */
export function printDuration(length: Duration): string {
  let rest: number = length;
  const parts = UNITS.map((unit, i) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count > 0 ? `${count}${"dhms".charAt(i)}` : "";
  });
  return parts.join("") || "0s";
}
