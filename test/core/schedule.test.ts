// Does a controller wake up when it must, and never much later? (pure, over all lives)
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoff, FRESH, hasBegun, hasEnded, isWhole, nap, type Memory } from "../../src/core/schedule.ts";
import type { Duration, Instant } from "../../src/core/model.ts";
import { aLive, at, NOON } from "../support/cases.ts";

const MINUTE = 60_000;
const calm: Memory = { ...FRESH, swept: NOON, whole: 0, look: 10 * MINUTE };
const asleep = (ends: readonly Instant[], memory = calm) =>
  nap(
    ends.map((end, i) => aLive(`r${i}`, { end })),
    memory,
    { now: NOON, elapsed: 0 },
  );

describe("a controller's sleep", () => {
  test("D10: is never longer than a minute, however far away the end is", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 40), { maxLength: 20 }), (ahead) => {
        const ms = asleep(ahead.map((far) => (NOON + far) as Instant));
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(MINUTE);
        for (const far of ahead.filter((one) => one > 0)) expect(ms).toBeLessThanOrEqual(far);
      }),
    );
  });

  test("ends at the next end, start, look or second try, and at once for what ended since the last sweep", () => {
    expect(asleep([at(0, 12), at(3)])).toBe(12_000);
    expect(nap([aLive("s", { phase: "waiting", start: at(0, 7) })], calm, { now: NOON, elapsed: 0 })).toBe(
      7000,
    );
    expect(asleep([at(9)], { ...calm, look: 3000 })).toBe(3000);
    expect(asleep([at(9)], { ...calm, failures: 1, again: 2000 })).toBe(2000);
    expect(asleep([at(0, -1)], { ...calm, swept: at(0, -2) })).toBe(0);
    expect(asleep([at(0, -1)], { ...calm, swept: at(0, -2), failures: 1, again: 2000 })).toBe(2000);
  });

  test("is followed by what is due: an end once, a start once, everything after the interval or a failure", () => {
    const ended = [aLive("e", { end: at(1) })];
    expect([at(0, 59), at(1), at(2)].map((now) => hasEnded(ended, calm, now))).toEqual([false, true, true]);
    expect(hasEnded(ended, { ...calm, swept: at(1) }, at(2))).toBe(false);
    const begun = [aLive("s", { phase: "waiting", start: at(1) })];
    expect([at(0, 59), at(1)].map((now) => hasBegun(begun, calm, now))).toEqual([false, true]);
    expect(isWhole(FRESH, 0)).toBe(true);
    const quarter = { ...calm, interval: (15 * MINUTE) as Duration };
    expect([14 * MINUTE, 15 * MINUTE].map((ms) => isWhole(quarter, ms))).toEqual([false, true]);
    expect([1999, 2000].map((ms) => isWhole({ ...quarter, again: 2000 }, ms))).toEqual([false, true]);
  });

  test("after failures grows, is spread, and ends at a minute where access could not be taken away", () => {
    const wait = (failures: number, urgent: boolean, random: number) =>
      backoff({ ...calm, failures, interval: (15 * MINUTE) as Duration }, urgent, random);
    expect([1, 2, 3].map((n) => wait(n, true, 0))).toEqual([1000, 2000, 4000]);
    expect(wait(1, true, 0.5)).toBe(1500);
    expect([wait(1000, true, 0.999), wait(1000, false, 0)]).toEqual([59_970, 7.5 * MINUTE]);
  });
});
