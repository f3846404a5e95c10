// One access from asking to the audit, in acts; each act starts from what the one before left.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../src/reconcile.ts";
import { HOUR, MINUTE, world, type World } from "./support/world.ts";

describe("the life of one access", () => {
  let w: World;
  beforeAll(async () => {
    w = await world();
  }, 30_000);
  afterAll(() => w.stop());

  it("nothing asked for: nothing to do, and apply says so", async () => {
    const report = await w.apply();
    expect(report.outcomes).toEqual([]);
    expect(report.plan.admitted).toEqual([]);
  });

  it("an approved and merged request is granted, and the plan said exactly that before", async () => {
    await w.askAndMerge({ id: "ann-1" });
    expect(w.shop.can("ann", "reader")).toBe(false);
    const before = await plan(await w.context());
    expect(before.refused).toEqual([]);
    expect(before.grants.map((g) => g.request)).toEqual(["ann-1"]);
    const report = await w.apply();
    expect(report.plan).toEqual(before);
    expect(report.outcomes.map((o) => [o.op, o.ok])).toEqual([["grant", true]]);
    expect(w.shop.can("ann", "reader")).toBe(true);
  });

  it("running again changes nothing", async () => {
    const tip = w.forge.tip("lapse/ledger");
    const report = await w.apply();
    expect(report.outcomes).toEqual([]);
    expect(report.plan.kept.map((g) => g.request)).toEqual(["ann-1"]);
    expect(w.forge.tip("lapse/ledger")).toBe(tip);
  });

  it("before its end the sweep leaves it alone", async () => {
    w.tick(30 * MINUTE);
    const report = await w.expire();
    expect(report.outcomes).toEqual([]);
    expect(w.shop.can("ann", "reader")).toBe(true);
  });

  it("after its end the sweep takes it away and proves it", async () => {
    w.tick(HOUR);
    const report = await w.expire();
    expect(report.outcomes.map((o) => [o.op, o.ok])).toEqual([["revoke", true]]);
    expect(w.shop.can("ann", "reader")).toBe(false);
  });
});
