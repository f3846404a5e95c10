// What may be live, in whatever phase, with main saying whatever it says? (arbitraries)
import fc from "fast-check";
import type { LiveGrant } from "../../src/core/entry.ts";
import type { Instant } from "../../src/core/model.ts";
import type { MainView, Sight, Snapshot, SweepView } from "../../src/core/snapshot.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { RULES } from "./small-company.ts";

const T0 = Date.UTC(2026, 10, 23);
const at = (minutes: number): Instant => fromEpoch(T0 + minutes * 60_000);
const OID = "a".repeat(40);

interface Seed {
  readonly start: number;
  readonly length: number;
  readonly phase: LiveGrant["phase"];
  readonly standing: boolean;
  readonly shared: boolean;
  readonly onMain: "same" | "changed" | "gone";
  readonly sight: Sight | undefined;
}

const seed: fc.Arbitrary<Seed> = fc.record({
  start: fc.integer({ min: 0, max: 600 }),
  length: fc.integer({ min: 1, max: 480 }),
  phase: fc.constantFrom("waiting", "granting", "granted", "ending"),
  standing: fc.boolean(),
  shared: fc.boolean(),
  onMain: fc.constantFrom("same", "same", "changed", "gone"),
  sight: fc.constantFrom("present", "absent", "foreign", "pending", undefined),
});

function grantOf(s: Seed, n: number): LiveGrant {
  const request = `r-${String(n)}`;
  const claim = {
    ...{ request, owner: "lapse", target: "shop", provider: "memory", connection: { name: "shop" } },
    ...{ identity: "ann", role: { role: "reader" }, scope: {} },
  };
  const acted = s.phase !== "waiting";
  const key = s.shared ? "shop/shared" : `shop/${request}`;
  const evidence = {
    ...{ pull: n + 1, author: 1001, mergedBy: 1008, openedAt: at(0), mergedAt: at(s.start) },
    ...{ before: OID, after: OID, head: OID, approvals: [], policyAtMerge: "t", policyNow: "t" },
  };
  return {
    ...{ request, path: `requests/open-read/${request}.yaml`, blob: OID },
    ...{ subject: "ann", entitlement: "orders-read", environment: "production" },
    ...{ claim, breakGlass: false, evidence, phase: s.phase },
    ...{ start: at(s.start), end: at(s.start + s.length), standing: acted && s.standing },
    ...(acted && { assignment: { ...claim, key, principal: { id: 1 } } }),
    ...(s.phase === "ending" && { ending: { because: "expired" as const, since: at(0) } }),
  };
}

function mainOf(live: readonly LiveGrant[], seeds: readonly Seed[]): MainView {
  const files = live.flatMap((g, i) => {
    const onMain = seeds[i]?.onMain ?? "gone";
    const oid = onMain === "same" ? OID : "b".repeat(40);
    return onMain === "gone" ? [] : [[g.path, { mode: "100644", oid, path: g.path }] as const];
  });
  return { commit: OID, files: new Map(files), rules: RULES };
}

export type Live = SweepView & { readonly main: MainView; readonly sights: Snapshot["sights"] };

export const lives: fc.Arbitrary<Live> = fc
  .tuple(fc.array(seed, { maxLength: 12 }), fc.integer({ min: 0, max: 1200 }))
  .map(([seeds, now]) => {
    const live = seeds.map(grantOf);
    const sights = new Map(
      live.flatMap((g, i) => (seeds[i]?.sight ? [[g.request, seeds[i].sight] as const] : [])),
    );
    return { live, now: at(now), main: mainOf(live, seeds), unread: undefined, sights };
  });

export function snapshotOf(view: SweepView & { readonly sights: Snapshot["sights"] }): Snapshot {
  return {
    ...{
      tip: { seq: 1, hash: "h" },
      candidates: [],
      reviews: [],
      twins: [],
      history: [],
      starting: new Map(),
    },
    ...{ unseen: [], aboutMain: [], violations: [], warnings: [], frozen: undefined },
    ...view,
  };
}
