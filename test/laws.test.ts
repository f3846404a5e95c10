// Laws of the decision that hold whatever is live, in whatever order, at whatever time.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCatalog } from "../src/core/catalog.ts";
import { fulfilled } from "../src/core/consent.ts";
import { decide } from "../src/core/decide.ts";
import type { LiveGrant } from "../src/core/entry.ts";
import type { Instant } from "../src/core/model.ts";
import { compilePolicies } from "../src/core/policy.ts";
import type { MainView, Snapshot, SweepView } from "../src/core/snapshot.ts";
import { sweep } from "../src/core/sweep.ts";
import { fromEpoch } from "../src/core/time.ts";
import { provider } from "../src/providers/memory/index.ts";
import { policies } from "./support/company.ts";

const T0 = Date.UTC(2026, 10, 23);
const at = (minutes: number): Instant => fromEpoch(T0 + minutes * 60_000);
const OID = "a".repeat(40);

const catalog = readCatalog({
  digest: "tree",
  files: Object.entries(policies())
    .filter(([path]) => path.startsWith("policies/"))
    .map(([path, text]) => ({ path, mode: "100644", bytes: new TextEncoder().encode(text) })),
  provider: () => provider,
  known: ["memory"],
});
const rules = {
  catalog,
  policies: compilePolicies(catalog),
  lint: () => undefined,
  secondWay: () => "best effort" as const,
  schemas: () => undefined,
};

interface Seed {
  readonly start: number;
  readonly length: number;
  readonly phase: LiveGrant["phase"];
  readonly standing: boolean;
  readonly shared: boolean;
  readonly onMain: "same" | "changed" | "gone";
}

const seed: fc.Arbitrary<Seed> = fc.record({
  start: fc.integer({ min: 0, max: 600 }),
  length: fc.integer({ min: 1, max: 480 }),
  phase: fc.constantFrom("waiting", "granting", "granted", "ending"),
  standing: fc.boolean(),
  shared: fc.boolean(),
  onMain: fc.constantFrom("same", "changed", "gone"),
});

function grantOf(s: Seed, n: number): LiveGrant {
  const request = `r-${String(n)}`;
  const claim = {
    request,
    owner: "lapse",
    target: "shop",
    provider: "memory",
    connection: { name: "shop" },
    identity: "ann",
    role: { role: "reader" },
    scope: {},
  };
  const acted = s.phase !== "waiting";
  const key = s.shared ? "shop/shared" : `shop/${request}`;
  const evidence = {
    ...{ pull: n + 1, author: 1001, mergedBy: 1008, openedAt: at(0), mergedAt: at(s.start) },
    ...{ before: OID, after: OID, head: OID, approvals: [], policyAtMerge: "t", policyNow: "t" },
  };
  return {
    ...{
      request,
      path: `requests/open-read/${request}.yaml`,
      blob: OID,
      subject: "ann",
      entitlement: "orders-read",
    },
    ...{ environment: "production", claim, breakGlass: false, evidence, phase: s.phase },
    ...{ start: at(s.start), end: at(s.start + s.length), standing: acted && s.standing },
    ...(acted && { assignment: { ...claim, key, principal: { id: 1 } } }),
    ...(s.phase === "ending" && { ending: { because: "expired" as const, since: at(0) } }),
  };
}

function mainOf(live: readonly LiveGrant[], seeds: readonly Seed[]): MainView {
  const files = live.flatMap((g, i) => {
    const { onMain } = seeds[i] ?? { onMain: "gone" };
    const oid = onMain === "same" ? OID : "b".repeat(40);
    return onMain === "gone" ? [] : [[g.path, { mode: "100644", oid, path: g.path }] as const];
  });
  return { commit: OID, files: new Map(files), rules };
}

const worlds = fc
  .tuple(fc.array(seed, { maxLength: 12 }), fc.integer({ min: 0, max: 1200 }))
  .map(([seeds, now]) => {
    const live = seeds.map(grantOf);
    return { live, now: at(now), main: mainOf(live, seeds), unread: undefined };
  });

const snapshotOf = (view: SweepView): Snapshot => ({
  ...view,
  ...{
    tip: { seq: 1, hash: "h" },
    candidates: [],
    reviews: [],
    twins: [],
    history: [],
    starting: new Map(),
    sights: new Map(),
  },
  ...{ unseen: [], violations: [], warnings: [], frozen: undefined },
});

const ids = (list: readonly { readonly request: string }[]) => list.map((x) => x.request).sort();

describe("the sweep", () => {
  it("keeps nothing that is over, and every case is ended, missed or kept, exactly once", () => {
    fc.assert(
      fc.property(worlds, (view) => {
        const { ends, missed, kept } = sweep(view);
        expect(kept.every((g) => g.end > view.now && g.phase !== "ending")).toBe(true);
        expect([...ids(ends.map((e) => e.grant)), ...ids(missed), ...ids(kept)].sort()).toEqual(
          ids(view.live),
        );
      }),
    );
  });

  it("without main only time ends anything (P3, P6)", () => {
    fc.assert(
      fc.property(worlds, (view) => {
        const { ends, missed } = sweep({ ...view, main: undefined });
        const over = view.live.filter((g) => g.end <= view.now || g.phase === "ending");
        expect([...ids(ends.map((e) => e.grant)), ...ids(missed)].sort()).toEqual(ids(over));
      }),
    );
  });

  it("never takes away what a live request still wants, nor what was standing (P5)", () => {
    fc.assert(
      fc.property(worlds, (view) => {
        const { ends, kept } = sweep(view);
        const wanted = new Set(kept.flatMap((g) => (g.standing ? [] : (g.assignment?.key ?? []))));
        const revoked = ends.filter((e) => e.op === "revoke");
        expect(revoked.some((e) => e.grant.standing || wanted.has(e.grant.assignment?.key ?? ""))).toBe(
          false,
        );
      }),
    );
  });
});

describe("the plan", () => {
  it("does not depend on the order in which things were found", () => {
    fc.assert(
      fc.property(worlds, fc.infiniteStream(fc.integer()), (view, noise) => {
        const shuffled = view.live
          .map((g) => [noise.next().value as number, g] as const)
          .sort(([a], [b]) => a - b)
          .map(([, g]) => g);
        const names = (live: readonly LiveGrant[]) => {
          const plan = decide(snapshotOf({ ...view, live }));
          return [plan.ends.map((e) => e.grant.request), ids(plan.grants), ids(plan.kept), ids(plan.missed)];
        };
        expect(names(shuffled)).toEqual(names(view.live));
      }),
    );
  });

  it("gives nothing that is over, ended or unwanted, and nothing at all while granting is frozen", () => {
    fc.assert(
      fc.property(worlds, (view) => {
        const plan = decide(snapshotOf(view));
        const ended = new Set(plan.ends.map((e) => e.grant.request));
        expect(plan.grants.every((g) => g.admission.end > view.now && !ended.has(g.request))).toBe(true);
        expect(decide({ ...snapshotOf(view), frozen: "for a test" }).grants).toEqual([]);
        expect(decide(snapshotOf({ ...view, main: undefined })).grants).toEqual([]);
      }),
    );
  });
});

describe("approval demands", () => {
  const names = fc.constantFrom("a", "b", "c", "d");
  const demand = fc.record({
    from: fc.constant(["group:x"]),
    approvers: fc.uniqueArray(names),
    count: fc.integer({ min: 1, max: 2 }),
  });

  it("taking an approval away never fulfils a demand, and each needs people of its own", () => {
    fc.assert(
      fc.property(fc.array(demand, { maxLength: 3 }), fc.uniqueArray(names), (demands, voters) => {
        const now = fulfilled(demands, voters);
        for (const gone of voters) {
          if (
            fulfilled(
              demands,
              voters.filter((v) => v !== gone),
            )
          )
            expect(now).toBe(true);
        }
        if (now) expect(voters.length).toBeGreaterThanOrEqual(demands.reduce((sum, d) => sum + d.count, 0));
      }),
    );
  });
});
