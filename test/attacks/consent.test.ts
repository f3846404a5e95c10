// Every forged or missing consent is refused with its reason, and each defence is what stops some attack.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONSENT_CHECKS } from "../../src/core/consent.ts";
import { decide } from "../../src/core/decide.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { VOTE_CHECKS } from "../../src/core/votes.ts";
import { gather } from "../../src/gather.ts";
import { apply } from "../../src/reconcile.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { world, type World } from "../support/world.ts";
import { ATTACKS } from "./consent.ts";

const DAY = 86_400_000;
const DEFENCES = [...CONSENT_CHECKS, ...VOTE_CHECKS]
  .map((d) => d.name)
  .concat("one-person-one-vote", "enough-approvals");

const reasons = (plan: Plan, id: string) =>
  plan.refused.find((r) => r.request === id)?.findings.map((f) => f.message);

describe("consent that was not given", () => {
  let w: World;
  let snapshot: Snapshot;
  beforeAll(async () => {
    w = await world();
    for (const attack of ATTACKS) await attack.play(w, attack.id);
    await w.askAndMerge({ id: "honest" });
    snapshot = (await gather(await w.context())).view;
  }, 120_000);
  afterAll(() => w.stop());

  it.each(ATTACKS)("$id: $story → $code", ({ id, code }) => {
    const plan = decide(snapshot);
    const refused = plan.refused.find((r) => r.request === id);
    expect(plan.held.filter((h) => h.request === id)).toEqual([]);
    expect(refused?.findings.map((f) => f.code)).toContain(code);
    expect(refused?.findings.every((f) => f.fix.length > 10)).toBe(true);
  });

  it("the honest request between them is admitted", () => {
    expect(decide(snapshot).admitted.map((a) => a.request)).toEqual(["honest"]);
  });

  it.each(DEFENCES)("without the defence %s some attack succeeds", (defence) => {
    const attacks = ATTACKS.filter((a) => a.defence === defence);
    expect(attacks.length).toBeGreaterThan(0);
    const plan = decide(snapshot, new Set([defence]));
    for (const { id, layered } of attacks) {
      if (layered) expect(reasons(plan, id)).not.toEqual(reasons(decide(snapshot), id));
      else expect(plan.admitted.map((a) => a.request)).toContain(id);
    }
  });

  it("apply grants the honest one alone, records every refusal, and never looks at them again", async () => {
    const report = await apply(await w.context());
    expect(w.shop.history().map((i) => i.via)).toEqual([expect.stringContaining("honest")]);
    expect(report.plan.refused.map((r) => r.request).sort()).toEqual(ATTACKS.map((a) => a.id).sort());
    const again = await w.context();
    await again.repo.fetch();
    const entries = await again.ledger.since(fromEpoch(w.now() - DAY));
    const recorded = entries.filter((e) => e.kind === "refused").map((e) => e.request);
    expect(recorded).toEqual(expect.arrayContaining(report.plan.refused.map((r) => r.request)));
    expect((await apply(again)).plan.refused).toEqual([]);
  });
});
