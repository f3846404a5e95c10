// Whoever changes what decides without the approvals that stood before: nothing is granted, everything ends, all say so.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { exitCode } from "../../src/outcome.ts";
import { apply, expire, plan } from "../../src/reconcile.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { policies, requestFile, requestPath, target } from "../support/company.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "../support/world.ts";

const CODE = "src/core/votes.ts";
const OWNERS = "policies/people/owners.yaml";
const SHOP = "policies/targets/shop.yaml";
const READ = "policies/entitlements/orders-read.yaml";

describe("granting is frozen while main decides by what nobody vouched for", () => {
  let w: World;
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "before", duration: "1h" });
    await w.apply();
    expect(can()).toBe(true);
  });
  afterEach(() => w.stop());

  const can = (who = "ann") => w.shop.can(who, "reader");
  const file = (path: string) => policies()[path] ?? "";
  const owners = (names: string) => file(OWNERS).replace(/\[.*\]/, `[${names}]`);
  const entries = async () => {
    const { ledger, repo } = await w.context();
    await repo.fetch();
    return ledger.since(fromEpoch(0));
  };
  const vouched = async () => (await entries()).filter((e) => e.kind === "vouched");
  const alarms = async () => (await entries()).filter((e) => e.kind === "violation");
  /** bob asks; nothing is given to him, and what ann has still ends. */
  const isFrozen = async (code: string) => {
    await w.askAndMerge({ id: "meanwhile", subject: "bob", duration: "8h" });
    const report = await w.apply();
    expect(report.plan.held.map((h) => h.request)).toEqual(["meanwhile"]);
    expect(report.plan.held[0]?.reason).toContain("granting is frozen");
    expect(report.plan.warnings.map((f) => f.code)).toEqual([code]);
    expect(exitCode(report.plan.now, report)).toBe(6);
    expect([can(), can("bob")]).toEqual([true, false]);
    w.tick(HOUR);
    await w.expire();
    expect(can()).toBe(false);
    return report;
  };
  const isOpen = async () => {
    w.tick(MINUTE);
    const report = await w.apply();
    expect(report.plan.warnings).toEqual([]);
    expect(can("bob")).toBe(true);
  };

  it("C15: a change to src/ with one approval: grants frozen, ends go on, alarm; the second approval opens it", async () => {
    const pull = await w.change({ [CODE]: "export const VOTE_CHECKS = [];\n" }, ["erin"]);
    const { plan } = await isFrozen("LPS311");
    expect(plan.warnings[0]?.message).toMatch(/bob|dan/);
    expect(plan.warnings[0]?.message).toContain(CODE);
    expect(plan.warnings[0]?.fix).toContain("2 of group:maintainers (dan, erin, grace)");
    await w.apply();
    expect((await alarms()).map((a) => [a.code, a.subject])).toEqual([
      ["LPS311", `main at ${(await landed(pull)).slice(0, 12)}`],
    ]);
    await w.approve(pull, "grace");
    await isOpen();
    expect((await vouched()).map((v) => [v.because, v.changes.map((c) => c.pull)])).toEqual([
      ["first", []],
      ["approved", [pull]],
    ]);
  });

  const landed = async (pull: number) =>
    (await (await (await w.context()).forge()).pull(pull)).mergeCommit ?? "";
});
