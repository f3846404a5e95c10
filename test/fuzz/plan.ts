// Does every plan keep the promises, whatever is live, in whatever order, at whatever time? (laws)
import fc from "fast-check";
import { expect } from "vitest";
import { fulfilled } from "../../src/core/consent.ts";
import { decide } from "../../src/core/decide.ts";
import type { LiveGrant } from "../../src/core/entry.ts";
import type { Obligation } from "../../src/core/model.ts";
import { sweep } from "../../src/core/sweep.ts";
import { law, type Law } from "./law.ts";
import { lives, snapshotOf, type Live } from "./live-grants.ts";

const ids = (list: readonly { readonly request: string }[]) => list.map((x) => x.request).sort();
const names = fc.constantFrom("a", "b", "c", "d");
const demands: fc.Arbitrary<readonly Obligation[]> = fc.array(
  fc.record({
    from: fc.constant(["group:x"]),
    approvers: fc.uniqueArray(names),
    count: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 3 },
);

export const PLAN_LAWS: readonly Law[] = [
  law(
    "plan: the sweep keeps nothing that is over, and puts every case in one place",
    [lives],
    (view: Live) => {
      const { ends, missed, kept } = sweep(view);
      expect(kept.every((g) => g.end > view.now && g.phase !== "ending")).toBe(true);
      const everywhere = [...ids(ends.map((e) => e.grant)), ...ids(missed), ...ids(kept)].sort();
      expect(everywhere).toEqual(ids(view.live));
    },
  ),
  law("plan: without main only time ends anything", [lives], (view: Live) => {
    const { ends, missed } = sweep({ ...view, main: undefined });
    const over = view.live.filter((g) => g.end <= view.now || g.phase === "ending");
    expect([...ids(ends.map((e) => e.grant)), ...ids(missed)].sort()).toEqual(ids(over));
  }),
  law(
    "plan: what a live request wants, and what was standing, is never taken away",
    [lives],
    (view: Live) => {
      const { ends, kept } = sweep(view);
      const wanted = new Set(kept.flatMap((g) => (g.standing ? [] : (g.assignment?.key ?? []))));
      const revoked = ends.filter((e) => e.op === "revoke");
      expect(revoked.some((e) => e.grant.standing || wanted.has(e.grant.assignment?.key ?? ""))).toBe(false);
    },
  ),
  law(
    "plan: the order in which things were found does not matter",
    [lives, fc.infiniteStream(fc.integer())],
    (view: Live, noise: fc.Stream<number>) => {
      const shuffled = view.live
        .map((g) => [noise.next().value as number, g] as const)
        .sort(([a], [b]) => a - b)
        .map(([, g]) => g);
      const told = (live: readonly LiveGrant[]) => {
        const plan = decide(snapshotOf({ ...view, live }));
        return [plan.ends.map((e) => e.grant.request), ids(plan.grants), ids(plan.kept), ids(plan.missed)];
      };
      expect(told(shuffled)).toEqual(told(view.live));
    },
    0.5,
  ),
  law(
    "plan: gives nothing that is over, ended or seen, and nothing while frozen or blind",
    [lives],
    (view: Live) => {
      const plan = decide(snapshotOf(view));
      const ended = new Set(plan.ends.map((e) => e.grant.request));
      expect(plan.grants.every((g) => g.admission.end > view.now && !ended.has(g.request))).toBe(true);
      const there = view.live.filter((g) => g.phase === "granted" && view.sights.get(g.request) !== "absent");
      expect(plan.grants.some((g) => there.some((one) => one.request === g.request))).toBe(false);
      expect(new Set(ids(plan.grants)).size).toBe(plan.grants.length);
      expect(decide({ ...snapshotOf(view), frozen: "for a test" }).grants).toEqual([]);
      expect(decide(snapshotOf({ ...view, main: undefined })).grants).toEqual([]);
    },
  ),
  law(
    "plan: demands need people of their own, and one yes less is never more",
    [demands, fc.uniqueArray(names)],
    (all: readonly Obligation[], voters: string[]) => {
      const now = fulfilled(all, voters);
      for (const gone of voters) {
        if (
          fulfilled(
            all,
            voters.filter((v) => v !== gone),
          )
        )
          expect(now).toBe(true);
      }
      if (now) expect(voters.length).toBeGreaterThanOrEqual(all.reduce((sum, d) => sum + d.count, 0));
    },
  ),
];
