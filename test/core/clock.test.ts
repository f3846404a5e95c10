// When is this machine's clock good enough to grant by?
import fc from "fast-check";
import { expect, test } from "vitest";
import { clockDoubt } from "../../src/core/clock.ts";
import type { Instant } from "../../src/core/model.ts";

const SECOND = 1000;
const NOW = Date.UTC(2026, 10, 23, 9);
/** The forge says what time it is in the middle of a call that takes so long, by a clock that is so far off. */
const asked = (off: number, took: number) => ({
  before: (NOW + off) as Instant,
  theirs: (Math.floor((NOW + took / 2) / SECOND) * SECOND) as Instant,
  after: (NOW + off + took) as Instant,
});
const took = fc.integer({ min: 0, max: 20 * SECOND });

test("a clock that is right is believed, however long the forge takes to answer", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -30, max: 30 }),
      took,
      (off, ms) => clockDoubt(asked(off * SECOND, ms)) === undefined,
    ),
  );
});

test("one that is minutes off is not, however long it takes", () => {
  const far = fc.oneof(fc.integer({ min: 90, max: 100_000 }), fc.integer({ min: -100_000, max: -90 }));
  fc.assert(
    fc.property(far, took, (off, ms) => {
      const doubt = clockDoubt(asked(off * SECOND, ms));
      return doubt?.includes(off > 0 ? "ahead of the forge's" : "behind the forge's") === true;
    }),
  );
});

test("the doubt says how far", () => {
  expect(clockDoubt(asked(600 * SECOND, 0))).toMatch(/^this machine's clock is 599 s ahead of the forge's/);
  expect(clockDoubt(asked(-600 * SECOND, 0))).toMatch(/^this machine's clock is 600 s behind the forge's/);
});

test("a forge that does not say its time proves nothing", () => {
  expect(clockDoubt({ ...asked(0, 0), theirs: null })).toContain("does not say what time it is");
});
