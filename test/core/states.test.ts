// Does one word say where an access stands, at every moment of its life?
import { describe, expect, test } from "vitest";
import type { LiveGrant } from "../../src/core/entry.ts";
import { STATES, stateOf } from "../../src/core/states.ts";
import { aLive, at } from "../support/cases.ts";

const ENDING = { phase: "ending", ending: { because: "file-removed", since: at(20) } } as const;

const cases: readonly (readonly [string, Partial<LiveGrant>, number, string])[] = [
  ["admitted, its window not begun", { phase: "waiting", start: at(10) }, 0, "scheduled"],
  ["admitted, its window begun, nothing granted yet", { phase: "waiting" }, 1, "scheduled"],
  ["never granted, its window over", { phase: "waiting" }, 60, "refused"],
  ["intended, not read back", { phase: "granting" }, 1, "unknown"],
  ["intended, not read back, its window over", { phase: "granting" }, 60, "overdue"],
  ["granted", {}, 1, "active"],
  ["granted, a tenth of its window left", {}, 54, "ending"],
  ["granted for long, 15 minutes left", { end: at(600) }, 585, "ending"],
  ["granted for long, 16 minutes left", { end: at(600) }, 584, "active"],
  ["at its very end", {}, 60, "overdue"],
  ["taken back early, not confirmed", ENDING, 21, "overdue"],
  ["standing access, in its window", { standing: true }, 1, "active"],
  ["standing access is not ours and outlives nothing", { standing: true }, 61, "ending"],
];

describe("the state of an open case", () => {
  test.each(cases)("%s: %o at minute %i is %s", (_, changes, minute, state) => {
    expect(stateOf(aLive("fix-orders", changes), at(minute))).toBe(state);
  });

  test("a removal is never claimed for a case that is open", () => {
    for (const [, changes] of cases) {
      for (let minute = 0; minute < 700; minute += 10) {
        expect(stateOf(aLive("fix-orders", changes), at(minute))).not.toBe("revoked");
      }
    }
  });

  test("every state has a glyph of its own, and programs know `ending` as active", () => {
    const glyphs = Object.values(STATES).map((state) => state.glyph);
    expect(new Set(glyphs).size).toBe(glyphs.length);
    expect(STATES.ending.json).toBe("active");
  });
});
