// Is every time that is read a real one, and does nothing unreadable ever last? (laws)
import fc from "fast-check";
import { expect } from "vitest";
import { duration, fromEpoch, instant, isOver, printDuration, printInstant } from "../../src/core/time.ts";
import type { Instant } from "../../src/core/model.ts";
import { law, type Law } from "./law.ts";

const LAST = 253_402_300_799_999;
const DAY = 86_400_000;

const digits = (length: number) =>
  fc
    .array(fc.constantFrom(...Array.from("0123456789")), { minLength: length, maxLength: length })
    .map((d) => d.join(""));
/** Around the edges of what exists: the 13th month, the 30th of February, the 24th hour, a leap second. */
const upTo = (max: number, min = 0) => fc.integer({ min, max }).map((n) => String(n).padStart(2, "0"));
const near = fc
  .tuple(
    fc.oneof(digits(4), upTo(2030, 1968), upTo(2030, 2020)),
    upTo(13),
    fc.oneof(upTo(32), upTo(31, 28)),
    upTo(25),
    upTo(61),
    upTo(61),
  )
  .map(([y, mo, d, h, mi, s]) => `${y}-${mo}-${d}T${h}:${mi}:${s}`);
const zone = fc.oneof(
  fc.constantFrom("Z", "Z", "Z", "Z", "z", "", "+00:00", "-00:00", "+05", " Z"),
  fc.tuple(fc.constantFrom("+", "-"), digits(2), digits(2)).map(([sign, h, m]) => `${sign}${h}:${m}`),
);
const fraction = fc
  .oneof(fc.constant(""), digits(1), digits(3), digits(4))
  .map((d) => (d === "" ? "" : `.${d}`));
const instants = fc.oneof(
  { arbitrary: fc.tuple(near, fraction, zone).map((parts) => parts.join("")), weight: 6 },
  { arbitrary: fc.date({ noInvalidDate: true }).map((d) => d.toISOString()), weight: 2 },
  { arbitrary: fc.string(), weight: 1 },
);

/** The same moment by the engine, which is laxer: told the parts one by one, and asked to give them back. */
function byEngine(text: string): number {
  const [date = "", rest = ""] = text.split("T");
  const ms = Date.parse(text);
  const wall = /^\d\d:\d\d:\d\d(\.\d{1,3})?/u.exec(rest)?.[0] ?? "";
  const local = Date.parse(`${date}T${wall}Z`);
  const same = new Date(local).toISOString().startsWith(`${date}T${wall.slice(0, 8)}`);
  return same ? ms : NaN;
}

const parts = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.constantFrom("d", "h", "m", "s", "w", "M")),
  {
    maxLength: 5,
  },
);
const durations = fc.oneof(
  { arbitrary: parts.map((all) => all.map(([n, unit]) => `${String(n)}${unit}`).join("")), weight: 5 },
  { arbitrary: fc.string({ unit: fc.constantFrom(...Array.from("0123456789dhms PT-+. ")) }), weight: 1 },
);
const UNITS: Readonly<Record<string, number>> = { d: DAY, h: 3_600_000, m: 60_000, s: 1000 };

export const TIME_LAWS: readonly Law[] = [
  law(
    "time: what is read is one moment, is what the engine reads, and prints back",
    [instants],
    (text: string) => {
      const at = instant(text);
      if (at === undefined) return;
      expect(at >= 0 && at <= LAST).toBe(true);
      expect(at).toBe(byEngine(text));
      expect(instant(printInstant(at))).toBe(at);
    },
  ),
  law(
    "time: every moment prints in a form that is read back",
    [fc.integer({ min: 0, max: LAST })],
    (ms: number) => {
      expect(instant(printInstant(fromEpoch(ms)))).toBe(ms);
    },
  ),
  law(
    "time: a length that is read is the sum of its parts, bounded, and prints back",
    [durations],
    (text: string) => {
      const length = duration(text);
      if (length === undefined) return;
      const all = [...text.matchAll(/(\d+)([dhms])/gu)];
      expect(all.map(([part]) => part).join("")).toBe(text);
      expect(length).toBe(all.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ""] ?? NaN), 0));
      expect(length > 0 && length <= 366 * DAY).toBe(true);
      expect(duration(printDuration(length))).toBe(length);
    },
  ),
  law(
    "time: whatever is no number is over, and what is over stays over",
    [fc.double(), fc.integer({ min: 0, max: LAST }), fc.nat()],
    (end: number, now: number, more: number) => {
      const over = isOver(end as Instant, fromEpoch(now));
      expect(over).toBe(!Number.isFinite(end) || end <= now);
      if (over && now + more <= LAST) expect(isOver(end as Instant, fromEpoch(now + more))).toBe(true);
    },
  ),
];
