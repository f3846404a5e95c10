// Are instants and durations read strictly, printed so that they read back, and never without an end?
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Duration, Instant } from "../../src/core/model.ts";
import {
  duration,
  fromEpoch,
  instant,
  isOver,
  minus,
  plus,
  printDuration,
  printInstant,
} from "../../src/core/time.ts";

const DAY = 86_400_000;
const LAST = 253_402_300_799_999;

/** What each text means, as UTC; undefined is refused. */
const INSTANTS: readonly (readonly [string, string | undefined])[] = [
  ["2026-11-24T20:00:00Z", "2026-11-24T20:00:00Z"],
  ["2026-11-24T20:00:00+05:30", "2026-11-24T14:30:00Z"],
  ["2026-11-24T20:00:00-11:00", "2026-11-25T07:00:00Z"],
  ["2026-11-24T20:00:00+00:00", "2026-11-24T20:00:00Z"],
  ["2026-11-24T20:00:00.5Z", "2026-11-24T20:00:00.500Z"],
  ["2026-11-24T20:00:00.050Z", "2026-11-24T20:00:00.050Z"],
  ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"],
  ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
  ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"],
  ["2026-06-30T23:59:60Z", undefined],
  ["2026-06-30T23:60:00Z", undefined],
  ["2026-06-30T24:00:00Z", undefined],
  ["2026-02-29T00:00:00Z", undefined],
  ["2026-02-30T00:00:00Z", undefined],
  ["2026-04-31T00:00:00Z", undefined],
  ["2026-00-10T00:00:00Z", undefined],
  ["2026-13-10T00:00:00Z", undefined],
  ["2026-01-00T00:00:00Z", undefined],
  ["2026-01-32T00:00:00Z", undefined],
  ["1969-12-31T23:59:59Z", undefined],
  ["0099-01-01T00:00:00Z", undefined],
  ["1970-01-01T00:00:00+01:00", undefined],
  ["9999-12-31T23:59:59-01:00", undefined],
  ["+010000-01-01T00:00:00Z", undefined],
  ["2026-11-24T20:00:00-00:00", undefined],
  ["2026-11-24T20:00:00+24:00", undefined],
  ["2026-11-24T20:00:00+05:60", undefined],
  ["2026-11-24T20:00:00+05", undefined],
  ["2026-11-24T20:00:00+0530", undefined],
  ["2026-11-24T20:00:00.Z", undefined],
  ["2026-11-24T20:00:00.1234Z", undefined],
  ["2026-11-24T20:00:00", undefined],
  ["2026-11-24T20:00Z", undefined],
  ["2026-11-24 20:00:00Z", undefined],
  ["2026-11-24t20:00:00z", undefined],
  ["2026-11-24", undefined],
  ["20261124T200000Z", undefined],
  ["２０２６-11-24T20:00:00Z", undefined],
  [" 2026-11-24T20:00:00Z", undefined],
  ["2026-11-24T20:00:00Z\n", undefined],
  ["01/02/2026", undefined],
  ["Tue, 24 Nov 2026 20:00:00 GMT", undefined],
  ["foo 2030", undefined],
  ["Tomorrow 1", undefined],
  ["1", undefined],
  ["Infinity", undefined],
  ["", undefined],
];

describe("B10, B11: an instant", () => {
  test.each(INSTANTS)("%j means %s", (text, meaning) => {
    const found = instant(text);
    expect(found === undefined ? undefined : printInstant(found)).toBe(meaning);
  });

  test("prints so that it reads back as itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST }), (ms) => {
        expect(instant(printInstant(fromEpoch(ms)))).toBe(ms);
      }),
    );
  });

  test("is finite and reads back, whatever text it was read from", () => {
    const digits = (n: number) =>
      fc.integer({ min: 0, max: 10 ** n - 1 }).map((d) => String(d).padStart(n, "0"));
    const zone = fc.oneof(
      fc.constant("Z"),
      fc.tuple(fc.constantFrom("+", "-"), digits(2), digits(2)).map(([s, h, m]) => `${s}${h}:${m}`),
    );
    const text = fc
      .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2), zone)
      .map(([y, mo, d, h, mi, s, z]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${z}`);
    fc.assert(
      fc.property(text, (candidate) => {
        const found = instant(candidate);
        if (found === undefined) return;
        expect(Number.isFinite(found)).toBe(true);
        expect(instant(printInstant(found))).toBe(found);
        expect(found).toBe(Date.parse(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  test("is made of finite milliseconds only", () => {
    for (const ms of [NaN, Infinity, -Infinity, -1, LAST + 1])
      expect(() => fromEpoch(ms)).toThrow(RangeError);
    expect(fromEpoch(1500.9)).toBe(1500);
    expect(printInstant(fromEpoch(1500))).toBe("1970-01-01T00:00:01.500Z");
  });
});

describe("B10, B11: in every time zone of the machine", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  test.each([
    ["America/New_York", 300],
    ["Asia/Kolkata", -330],
    ["Pacific/Apia", -780],
    ["UTC", 0],
  ])("%s gives the same answers", (name, minutesWest) => {
    process.env["TZ"] = name;
    expect(new Date(2026, 0, 15).getTimezoneOffset()).toBe(minutesWest);
    for (const [text, meaning] of INSTANTS) {
      const found = instant(text);
      expect(found === undefined ? undefined : printInstant(found)).toBe(meaning);
    }
  });
});

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ["4h", 4 * 3_600_000],
  ["90m", 90 * 60_000],
  ["1d12h", 1.5 * DAY],
  ["30s", 30_000],
  ["1d1h1m1s", DAY + 3_661_000],
  ["366d", 366 * DAY],
  ["8784h", 366 * DAY],
  ["366d1s", undefined],
  ["367d", undefined],
  ["99999999d", undefined],
  ["999999999999h", undefined],
  ["0h", undefined],
  ["0d4h", undefined],
  ["04h", undefined],
  ["12h1d", undefined],
  ["1h1h", undefined],
  ["-4h", undefined],
  ["+4h", undefined],
  ["1.5h", undefined],
  ["1e3h", undefined],
  ["4", undefined],
  ["4 h", undefined],
  ["4H", undefined],
  ["4hours", undefined],
  ["4h please", undefined],
  ["4h\n", undefined],
  ["1w", undefined],
  ["1mo", undefined],
  ["1y", undefined],
  ["500ms", undefined],
  ["P1M", undefined],
  ["P1Y", undefined],
  ["PT0S", undefined],
  ["PT4H", undefined],
  ["P99999999D", undefined],
  ["٤h", undefined],
  ["Infinityh", undefined],
  ["", undefined],
];

describe("B12: a duration", () => {
  test.each(DURATIONS)("%j is %s ms", (text, ms) => {
    expect(duration(text)).toBe(ms);
  });

  test("of whole seconds prints so that it reads back as itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 366 * 86_400 }), (seconds) => {
        expect(duration(printDuration((seconds * 1000) as Duration))).toBe(seconds * 1000);
      }),
    );
  });

  test("is finite, positive and bounded, whatever text it was read from", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(\d{1,9}[dhms]){0,5}$/), (text) => {
        const found = duration(text);
        if (found === undefined) return;
        expect(found).toBeGreaterThan(0);
        expect(found).toBeLessThanOrEqual(366 * DAY);
        expect(duration(printDuration(found))).toBe(found);
      }),
      { numRuns: 2000 },
    );
  });

  test("prints in the largest units, without parts of a second", () => {
    expect(printDuration((90 * 60_000) as Duration)).toBe("1h30m");
    expect(printDuration(1999 as Duration)).toBe("1s");
    expect(printDuration(999 as Duration)).toBe("0s");
  });
});

describe("the end of a window", () => {
  const now = fromEpoch(1000);

  test("is over from its own instant on", () => {
    expect(isOver(fromEpoch(1001), now)).toBe(false);
    expect(isOver(fromEpoch(1000), now)).toBe(true);
    expect(isOver(fromEpoch(999), now)).toBe(true);
  });

  test("is over when it is no finite number", () => {
    for (const end of [NaN, Infinity, -Infinity]) expect(isOver(end as Instant, now)).toBe(true);
  });

  test("cannot be judged by a clock that is no finite number", () => {
    for (const clock of [NaN, Infinity]) expect(() => isOver(now, clock as Instant)).toThrow(RangeError);
  });

  test("is the start plus the length", () => {
    const end = plus(now, 4000 as Duration);
    expect(minus(end, now)).toBe(4000);
    expect(() => plus(fromEpoch(LAST), 1 as Duration)).toThrow(RangeError);
  });
});
