// A controller that falls asleep while it gives: whoever took over must be the only one that gives anything.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { apply, expire } from "../../src/reconcile.ts";
import { gitLease } from "../../src/repo/git-lease.ts";
import { gitRepo } from "../../src/repo/git.ts";
import type { Lease } from "../../src/repo/lease.ts";
import { HOUR, world, type World } from "../support/world.ts";

const LIFE = 90_000;

describe("a paused holder of the lease", { timeout: 120_000 }, () => {
  let w: World;
  let sleeper: Context;
  let lease: Lease;
  /** While the first one sleeps, the second one has waited for a whole life and takes over. */
  let takeOver: () => Promise<void>;
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "once" });
    const seats = [await w.context(), await w.context()] as const;
    const repos = seats.map(({ dir }) => gitRepo({ dir, env: process.env }));
    let elapsed = 0;
    const [first, second] = repos.map((repo, i) =>
      gitLease(repo, { holder: `c${i}`, life: LIFE, elapsed: () => (i === 0 ? 0 : elapsed) }),
    );
    if (!first || !second) throw new Error("two seats");
    lease = first;
    sleeper = { ...seats[0], fence: () => first.isOurs() };
    await first.hold();
    await second.hold();
    takeOver = async () => {
      elapsed += LIFE - 1;
      await second.hold();
      elapsed += 1;
      expect((await second.hold()).is).toBe("ours");
    };
  });
  afterEach(() => w.stop());

  const given = () => w.shop.history().length;

  it("before it decides: writes no intent and gives nothing; the next holder gives it once", async () => {
    const provider = async (kind: string): Promise<Provider | undefined> => {
      const real = await sleeper.provider(kind);
      let slept = false;
      return (
        real && {
          ...real,
          connect: async (...args) => {
            const session = await real.connect(...args);
            const resolve: typeof session.resolve = async (claim) => {
              if (!slept) await takeOver();
              slept = true;
              return session.resolve(claim);
            };
            return { ...session, resolve };
          },
        }
      );
    };
    const report = await apply({ ...sleeper, provider });
    expect(report.unrecorded).toContain("another controller runs now");
    expect(given()).toBe(0);
    expect((await sleeper.ledger.read()).live).toEqual([]);
    await w.apply();
    expect(given()).toBe(1);
  });

  it("between its intent and its act: gives nothing, and the next holder carries the intent out once", async () => {
    const decide: Context["ledger"]["decide"] = async (...args) => {
      const appended = await sleeper.ledger.decide(...args);
      await takeOver();
      return appended;
    };
    const report = await apply({ ...sleeper, ledger: { ...sleeper.ledger, decide } });
    expect(report.outcomes.map(({ op, ok, notes }) => [op, ok, notes])).toEqual([
      ["grant", false, ["conflict (fenced)"]],
    ]);
    expect(given()).toBe(0);
    await w.apply();
    expect(given()).toBe(1);
  });

  it("takes away what has ended all the same: less access waits for no turn", async () => {
    await w.apply();
    await takeOver();
    w.tick(2 * HOUR);
    expect(await lease.isOurs()).toBe(false);
    await expire({ ...sleeper, now: w.now() });
    expect(w.shop.can("ann", "reader")).toBe(false);
  });
});
