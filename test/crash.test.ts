// Killed after any external call, the next run converges: nothing granted twice, nothing lost, nothing left behind.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../src/context.ts";
import { apply, expire } from "../src/reconcile.ts";
import { revertEnded } from "../src/revert.ts";
import { gitLedger } from "../src/repo/git-ledger.ts";
import { gitRepo } from "../src/repo/git.ts";
import { requestPath } from "./support/company.ts";
import { HOUR, SECOND, world, type World } from "./support/world.ts";
import { killed, counting } from "./support/kill.ts";

type Run = (context: Context) => Promise<unknown>;

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
    return report.main && revertEnded(c, report.main, report.ledger);
  };

  /** Kills `run` after its first, second, … call until it gets through alive; returns how often it died. */
  async function everyPoint(story: (id: string, dying: (run: Run) => Promise<void>) => Promise<void>) {
    for (let dies = 1; ; dies += 1) {
      const seen = { died: false };
      await story(`${String(dies)}-of-many`, async (run) => {
        const counted = counting(context(), dies);
        await killed(() => run(counted.context));
        seen.died = counted.died();
        w.tick(SECOND);
      });
      if (!seen.died) return dies - 1;
    }
  }

  it("D5: in apply: the next run grants it once, whatever had happened", async () => {
    const points = await everyPoint(async (id, dying) => {
      await w.askAndMerge({ id });
      await dying(apply);
      await apply(context());
      expect(open().map((i) => i.via)).toEqual([expect.stringContaining(id)]);
      await w.forge.push("ann", "main", { [requestPath({ id })]: null });
      await expire(context());
      expect(open()).toEqual([]);
    });
    expect(points).toBeGreaterThan(20);
    console.info(`crash points of apply that converged: ${String(points)}`);
  }, 300_000);

  it("D6: in expire: the next run takes it away, records it, and opens one revert pull request", async () => {
    const points = await everyPoint(async (id, dying) => {
      await w.askAndMerge({ id: `end-${id}` });
      await apply(context());
      w.tick(2 * HOUR);
      await dying(sweepAndTidy);
      const pull = await sweepAndTidy(context());
      expect(open()).toEqual([]);
      expect((await seat.ledger.read()).live).toEqual([]);
      expect(pull?.requests).toEqual([`end-${id}`]);
      await w.merge(pull?.number ?? 0);
    });
    expect(points).toBeGreaterThan(10);
    console.info(`crash points of expire that converged: ${String(points)}`);
  }, 300_000);

  it("and afterwards the ledger adds up: every access was opened once and closed once", async () => {
    const mine = w.shop.history();
    expect(new Set(mine.map((i) => i.via)).size).toBe(mine.length);
    expect(mine.every((i) => i.to !== undefined)).toBe(true);
    await seat.repo.fetch();
    expect(await gitLedger(gitRepo({ dir: seat.dir, env: process.env })).verify()).toEqual([]);
  });
});
