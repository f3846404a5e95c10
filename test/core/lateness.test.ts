// Is lateness what a stopwatch beside the target would show? (planned ends, early ends, what is still open)
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Draft } from "../../src/core/entry.ts";
import { isBeating } from "../../src/core/heartbeat.ts";
import { confirmed, lateness, overdue, type Removal } from "../../src/core/lateness.ts";
import type { Duration, Instant } from "../../src/core/model.ts";
import { watchOver } from "../../src/core/watch.ts";
import { aLife, aLive, anAssignment, at, entries } from "../support/cases.ts";

const MINUTE = 60_000;
const BOUND = (5 * MINUTE) as Duration;
const bounds = () => BOUND;
const late = (removals: readonly Removal[], now = at(600)) => lateness(removals, bounds, now);
const told = (...lives: readonly (readonly (readonly [Instant, Draft])[])[]) =>
  confirmed(entries(lives.flat().sort(([a], [b]) => a - b)), at(-600));

describe("lateness", () => {
  test("of a planned end is from that end to the confirmation, of every target by itself", () => {
    const [line] = late(told(aLife("a", 41), aLife("b", 299)));
    expect(line).toMatchObject({
      target: "orders-db",
      planned: { count: 2, p50: 41_000, p99: 299_000, worst: { request: "b", lateness: 299_000 } },
      open: 0,
      held: true,
    });
    expect(line).not.toHaveProperty("early");
    expect(late(told(aLife("a", 301)))).toMatchObject([{ held: false }]);
  });

  test("of an early end is from its order, told apart, however long before the planned end it was", () => {
    const order: Draft = {
      kind: "intent",
      op: "revoke",
      request: "a",
      target: "orders-db",
      assignment: anAssignment("a"),
      because: "file-removed",
    };
    const life = aLife("a", 0).slice(0, 3);
    const gone = { ...aLife("a", 0)[4]?.[1], because: "file-removed" } as Draft;
    const ended = [...life, [at(10), order], [at(11), order], [at(13), gone]] as const;
    expect(late(told(ended))).toMatchObject([{ early: { count: 1, p50: 3 * MINUTE } }]);
    expect(late(told(ended))[0]).not.toHaveProperty("planned");
  });

  test("of an early end whose order is older than what can be read is never told shorter than it was", () => {
    const gone = { ...aLife("a", 0)[4]?.[1], because: "file-removed" } as Draft;
    const [removal] = confirmed(entries([[at(13), gone]]), at(0));
    expect(late(removal ? [removal] : [])).toMatchObject([{ early: { p50: 13 * MINUTE }, held: false }]);
  });

  test("counts neither what was never there nor what had no case", () => {
    const [closing] = aLife("a", 0).slice(4);
    const revoked = closing?.[1] as Extract<Draft, { kind: "revoked" }>;
    const untouched: Draft = { ...revoked, receipt: { untouched: "nothing had been granted" } };
    const orphan: Draft = { ...revoked, because: "no-open-case" };
    expect(told([[at(90), untouched]], [[at(91), orphan]])).toEqual([]);
  });

  test("E15: of what is still open grows by the minute and is never hidden by what went well", () => {
    const open = overdue(
      [aLive("late"), aLive("standing", { standing: true }), aLive("later", { end: at(99) })],
      at(66),
    );
    expect(open.map((one) => one.request)).toEqual(["late"]);
    const many = Array.from({ length: 99 }, (_, i) => told(aLife(`r${i}`, 1))).flat();
    const [line] = late([...many, ...open], at(66));
    expect(line).toMatchObject({
      open: 1,
      held: false,
      planned: { worst: { request: "late", lateness: 6 * MINUTE } },
    });
    expect(late(overdue([aLive("late")], at(60)), at(60))).toMatchObject([{ open: 1, held: true }]);
  });

  test("by rank is one that occurred, and no less than the share asked for", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 300 }), (values) => {
        const removals = values.map((ms, i) => ({
          ...{ request: `r${i}`, target: "t", early: false },
          ...{ due: at(0), gone: (at(0) + ms) as Instant },
        }));
        const spread = late(removals)[0]?.planned;
        if (!spread) throw new Error("nothing measured");
        expect(values).toContain(spread.p50);
        expect(values).toContain(spread.p99);
        expect(values.filter((ms) => ms <= spread.p99).length / values.length).toBeGreaterThanOrEqual(0.99);
        expect(values.filter((ms) => ms <= spread.p50).length / values.length).toBeGreaterThanOrEqual(0.5);
        expect(spread.worst.lateness).toBe(Math.max(...values));
      }),
    );
  });
});

describe("a watchdog", () => {
  const calm = {
    ...{ now: at(0), live: [], ledger: [], limit: 45 * MINUTE, bounds },
    tip: { seq: 1, hash: "f", heartbeat: at(-45) },
  };
  const codes = (change: Partial<Parameters<typeof watchOver>[0]>) =>
    watchOver({ ...calm, ...change }).findings.map(({ code }) => code);

  test("is quiet as long as the sweep runs and nothing outlives its bound", () => {
    expect(codes({})).toEqual([]);
    expect(codes({ now: at(65), live: [aLive("a")], tip: { ...calm.tip, heartbeat: at(60) } })).toEqual([]);
  });

  test("D2: barks when three sweeps are missing, when there never was one, and when its clock is of another time", () => {
    const seen = (heartbeat?: Instant) => ({
      tip: { seq: 1, hash: "f", ...(heartbeat !== undefined && { heartbeat }) },
    });
    expect(codes(seen(at(-45, -1)))).toEqual(["LPS960"]);
    expect(codes(seen())).toEqual(["LPS960"]);
    expect(codes(seen(at(60 * 24 * 3650)))).toEqual(["LPS960"]);
    expect(isBeating(at(44), at(0), 45 * MINUTE)).toBe(true);
  });

  test("says everything at once: overdue with what failed, stale, and that nobody could be asked", () => {
    const failure = { op: "revoke" as const, error: "forbidden (42501)", since: at(60), count: 12 };
    const seen = watchOver({ ...calm, now: at(75), live: [aLive("a", { failure })], unreached: "no answer" });
    expect(seen.findings.map(({ code }) => code)).toEqual(["LPS550", "LPS960", "LPS961"]);
    expect(seen.findings[0]?.message).toContain("15 min ago");
    expect(seen.findings[0]?.message).toContain("revoking failed 12 ×: forbidden (42501)");
  });
});
