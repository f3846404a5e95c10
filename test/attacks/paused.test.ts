// A run that falls asleep in the middle of granting must not give what has ended meanwhile (D7).
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import type { Provider, Session } from "../../src/providers/provider.ts";
import { apply } from "../../src/reconcile.ts";
import { HOUR, world, type World } from "../support/world.ts";

type Nap = (session: Session, sleep: () => Promise<void>) => Partial<Session>;

describe("a runner that is paused", () => {
  let w: World;
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "sleepy" });
  });
  afterEach(() => w.stop());

  /** While it sleeps, the window passes and the sweep of another run closes the case. */
  const napping = async (nap: Nap): Promise<Context> => {
    const context = await w.context();
    const sleep = async () => {
      w.tick(2 * HOUR);
      await w.expire();
    };
    return {
      ...context,
      provider: async (kind): Promise<Provider | undefined> => {
        const provider = await context.provider(kind);
        if (!provider) return undefined;
        return {
          ...provider,
          connect: async (...args) => {
            const session = await provider.connect(...args);
            return { ...session, ...nap(session, sleep) };
          },
        };
      },
    };
  };

  const closed = async () => {
    const context = await w.context();
    await context.repo.fetch();
    return (await context.ledger.read()).live;
  };

  it("D7: between its look at the clock and the act: what it gave is taken back at once", async () => {
    const context = await napping((session, sleep) => ({
      grant: async (...args) => {
        await sleep();
        return session.grant(...args);
      },
    }));
    const report = await apply(context);
    expect(report.outcomes.map((o) => [o.op, o.ok])).toEqual([
      ["grant", true],
      ["revoke", true],
    ]);
    expect(w.shop.can("ann", "reader")).toBe(false);
    expect(await closed()).toEqual([]);
  });

  it("D7: after its decision was written: the clock is read again right before the act", async () => {
    const context = await w.context();
    const record = context.ledger;
    const late: Context = {
      ...context,
      ledger: {
        ...record,
        decide: async (...args) => {
          const decided = await record.decide(...args);
          w.tick(2 * HOUR);
          return decided;
        },
      },
    };
    const report = await apply(late);
    expect(report.outcomes.map(({ ok, notes }) => [ok, notes])).toEqual([[false, ["conflict (over)"]]]);
    expect(w.shop.history()).toEqual([]);
  });

  it("D7: before the act: the clock is read again, and nothing is given", async () => {
    let slept = false;
    const context = await napping((session, sleep) => ({
      verify: async (...args) => {
        const verdict = await session.verify(...args);
        if (!slept) {
          slept = true;
          w.tick(2 * HOUR);
        }
        return verdict;
      },
      close: async () => {
        await session.close();
        if (slept) await sleep();
      },
    }));
    await apply(context);
    await w.expire();
    expect(w.shop.history()).toEqual([]);
    expect(await closed()).toEqual([]);
  });
});
