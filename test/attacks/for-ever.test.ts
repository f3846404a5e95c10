// Does the sweep go on, however often it fails and however much is due? (thousands of runs on a ledger in memory)
import { describe, expect, it } from "vitest";
import type { Draft } from "../../src/core/entry.ts";
import type { Claim, Duration, Instant } from "../../src/core/model.ts";
import { plus } from "../../src/core/time.ts";
import { exitCode } from "../../src/outcome.ts";
import { memory } from "../../src/providers/memory/index.ts";
import { memoryTarget } from "../../src/providers/memory/target.ts";
import { expire } from "../../src/reconcile.ts";
import { inOrder, openRow } from "../../src/core/status.ts";
import { anAdmission, NOON } from "../support/cases.ts";
import { ledgerOnly, memoryLedger } from "../support/ledger.ts";

const QUARTER = 900_000 as Duration;

async function shop(requests: readonly string[]) {
  let now: Instant = NOON;
  const target = memoryTarget({ clock: () => now });
  const provider = memory((name) => (name === "shop" ? target : undefined));
  const ledger = memoryLedger();
  const context = () =>
    ledgerOnly(
      ledger,
      () => now,
      () => Promise.resolve(provider),
    );
  const connection = { name: "shop" };
  const session = await provider.connect(connection, {
    owner: "lapse",
    secret: () => undefined,
    timeout: 1_000,
  });
  const drafts: Draft[] = [];
  for (const request of requests) {
    const claim: Claim = {
      ...{ request, owner: "lapse", target: "shop", provider: "memory", connection },
      ...{ identity: request, role: { role: "reader" }, scope: {} },
    };
    const admission = anAdmission(request, { claim });
    const assignment = await session.resolve(claim);
    await session.grant(assignment, { now, end: admission.end });
    drafts.push(
      { kind: "admitted", request, admission },
      { kind: "intent", op: "grant", request, target: "shop", assignment, prestate: "absent" },
      { kind: "granted", request, target: "shop", standing: false, receipt: {} },
    );
  }
  await ledger.record(drafts, { at: now, run: "test" });
  const open = () => target.history().filter(({ to }) => to === undefined).length;
  return { target, ledger, context, open, tick: (by: Duration) => (now = plus(now, by)) };
}

const codeOf = (report: Awaited<ReturnType<typeof expire>>) =>
  exitCode(report.now, {
    ...report,
    plan: { ends: report.sweep.ends, warnings: report.warnings, unseen: report.unseen },
  });

describe("the sweep", () => {
  it("D13: a target that refuses a thousand times is tried a thousand times, is red and first in the list each time, and ends on recovery", async () => {
    const { target, ledger, context, open, tick } = await shop(["stuck", "fine"]);
    target.fault("revoke", "forbidden", Infinity);
    tick((4 * QUARTER) as Duration);
    let tries = 0;
    const next = target.next.bind(target);
    Object.assign(target, {
      next: (on: Parameters<typeof next>[0]) => {
        if (on === "revoke") tries += 1;
        return next(on);
      },
    });
    for (let run = 1; run <= 1_000; run += 1) {
      tick(QUARTER);
      expect(codeOf(await expire(context()))).toBe(7);
    }
    expect([tries, open()]).toEqual([2_000, 2]);
    const { live } = await ledger.read();
    expect(live.map(({ phase, failure }) => [phase, failure?.op, failure?.error, failure?.since])).toEqual(
      Array(2).fill(["ending", "revoke", "forbidden (forbidden)", NOON + 5 * QUARTER]),
    );
    const later = { ...anAdmission("later"), end: plus(context().now, QUARTER) };
    const rows = [{ ...later, request: "later", phase: "granted" as const, standing: false }, ...live];
    const shown = inOrder(rows.map((one) => openRow(one, context().now)));
    expect(shown.map(({ state }) => state)).toEqual(["overdue", "overdue", "ending"]);
    target.heal();
    expect(codeOf(await expire(context()))).toBe(0);
    expect([open(), (await ledger.read()).live]).toEqual([0, []]);
  }, 120_000);

  it("D21: five hundred ends that are due at once are all carried out by one run", async () => {
    const { context, open, tick, ledger } = await shop(
      Array.from({ length: 500 }, (_, i) => `r${String(i)}`),
    );
    tick((4 * QUARTER) as Duration);
    expect(open()).toBe(500);
    const report = await expire(context());
    expect([report.outcomes.filter(({ ok }) => ok).length, open()]).toEqual([500, 0]);
    expect((await ledger.read()).live).toEqual([]);
  }, 120_000);
});
