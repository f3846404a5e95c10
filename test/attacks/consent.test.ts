// Is every forged or missing consent refused with its reason, and nothing granted?
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { gather } from "../../src/gather.ts";
import { apply } from "../../src/reconcile.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { world, type World } from "../support/world.ts";
import { APPROVALS } from "./consent/approvals.ts";
import { CONTENT } from "./consent/content.ts";
import { LANDING } from "./consent/landing.ts";
import { addOddAccounts, WITH_ODD_OWNERS } from "./consent/people.ts";

const DAY = 86_400_000;
const ATTACKS = [...APPROVALS, ...CONTENT, ...LANDING];
const TOGETHER = "apply grants the honest one alone, records every refusal, and never looks at them again";

describe("consent that was not given", () => {
  let w: World;
  let snapshot: Snapshot;
  // One world for all stories; a run of few tests (of one defence, say) plays only theirs.
  // eslint-disable-next-line no-empty-pattern -- Vitest wants a pattern here
  beforeAll(async ({}, suite) => {
    w = await world({ files: WITH_ODD_OWNERS });
    addOddAccounts(w.forge);
    const chosen = new Set(suite.tasks.filter((task) => task.mode === "run").map((task) => task.name));
    const played = ATTACKS.filter(({ story }) => chosen.has(TOGETHER) || chosen.has(story));
    for (const attack of played) await attack.play(w, attack.id);
    await w.askAndMerge({ id: "honest" });
    snapshot = (await gather(await w.context())).view;
  }, 120_000);
  afterAll(() => w.stop());

  for (const { id, story, code, says = "" } of ATTACKS)
    it(story, () => {
      const plan = decide(snapshot);
      expect(plan.admitted.map((a) => a.request)).not.toContain(id);
      expect(plan.held.filter((h) => h.request === id)).toEqual([]);
      const findings = plan.refused.find((r) => r.request === id)?.findings ?? [];
      expect(findings.map((f) => f.code)).toContain(code);
      expect(findings.map((f) => f.message).join("\n")).toContain(says);
      expect(findings.every((f) => f.fix.length > 10)).toBe(true);
    });

  it("the honest request between them is admitted", () => {
    expect(decide(snapshot).admitted.map((a) => a.request)).toEqual(["honest"]);
  });

  it(
    TOGETHER,
    async () => {
      const report = await apply(await w.context());
      expect(w.shop.history().map((i) => i.via)).toEqual([expect.stringContaining("honest")]);
      expect(report.plan.refused.map((r) => r.request).sort()).toEqual(ATTACKS.map((a) => a.id).sort());
      const again = await w.context();
      await again.repo.fetch();
      const entries = await again.ledger.since(fromEpoch(w.now() - DAY));
      const recorded = entries.filter((e) => e.kind === "refused").map((e) => e.request);
      expect(recorded).toEqual(expect.arrayContaining(report.plan.refused.map((r) => r.request)));
      expect((await apply(again)).plan.refused).toEqual([]);
    },
    120_000,
  );
});
