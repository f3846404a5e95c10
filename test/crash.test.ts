// Killed after any external call, the next run converges: nothing granted twice, nothing lost, nothing left behind.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.ts";
import { apply, expire } from "../src/reconcile.ts";
import { revertEnded } from "../src/revert.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "./support/world.ts";
import { killed, counting } from "./support/kill.ts";

describe("a run that dies", () => {
  let w: World;
  let seat: Context;
  beforeAll(async () => {
    w = await world();
    seat = await w.context();
  });
  afterAll(() => w.stop());

  const context = (): Context => ({ ...seat, now: w.now() });
  const open = () => w.shop.history().filter((i) => i.to === undefined);
  const sweepAndTidy = async (c: Context) => {
    const report = await expire(c);
    if (report.main) await revertEnded(c, report.main, report.ledger);
  };

  it("after any call of apply or expire", async () => {
    let points = 0;
    for (let dies = 1; ; dies += 1) {
      const id = `victim-${String(dies)}`;
      await w.askAndMerge({ id });
      const granting = counting(context(), dies);
      await killed(() => apply(granting.context));
      w.tick(SECOND);
      await apply(context());
      expect(open().map((i) => i.via)).toEqual([expect.stringContaining(id)]);
      w.tick(HOUR);
      const ending = counting(context(), dies);
      await killed(() => sweepAndTidy(ending.context));
      w.tick(SECOND);
      await sweepAndTidy(context());
      expect(open()).toEqual([]);
      expect((await seat.ledger.read()).live).toEqual([]);
      points += Number(granting.died()) + Number(ending.died());
      if (!granting.died() && !ending.died()) break;
      w.tick(MINUTE);
    }
    expect(points).toBeGreaterThan(30);
    const mine = w.shop.history().filter((i) => i.via !== "standing");
    expect(new Set(mine.map((i) => i.via)).size).toBe(mine.length);
    console.info(`crash points that converged: ${String(points)}`);
  }, 300_000);
});
