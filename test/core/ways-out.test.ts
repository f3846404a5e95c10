// Is it said of every grant how it ends if the sweep does not? (P4)
import { describe, expect, test } from "vitest";
import { secondWayOf } from "../../src/core/ways-out.ts";
import type { Duration } from "../../src/core/model.ts";
import { wayWords } from "../../src/report/way-words.ts";

const SWEEPER = { sweeper: (5 * 60_000) as Duration };

describe("the second way out", () => {
  test("is the target's own end where it has one, whether or not a sweeper runs", () => {
    for (const expiry of ["native", "native-leaves-garbage", "credential-ttl"] as const) {
      expect(secondWayOf({}, { expiry, sweepable: false })).toBe("native");
      expect(secondWayOf(SWEEPER, { expiry, sweepable: true })).toBe("native");
    }
  });

  test("is a sweeper only where somebody says that one runs, and the marks carry what it needs", () => {
    expect(secondWayOf(SWEEPER, { expiry: "none", sweepable: true })).toBe("sweeper");
    expect(secondWayOf({}, { expiry: "none", sweepable: true })).toBe("best effort");
    expect(secondWayOf(SWEEPER, { expiry: "none", sweepable: false })).toBe("best effort");
  });

  test("is not claimed for a kind that nobody knows", () => {
    expect(secondWayOf(SWEEPER, undefined)).toBe("best effort");
  });

  test("is said with its bound", () => {
    expect(wayWords({ way: "best effort", bound: (20 * 60_000) as Duration })).toBe(
      "the sweep is the only way out (best effort); at most 20 min late while all is well",
    );
  });
});
