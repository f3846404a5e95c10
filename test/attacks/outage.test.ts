// The forge is down for a whole day: is every access still gone in time, and nothing new given?
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { control } from "../../src/controller.ts";
import type { Instant } from "../../src/core/model.ts";
import { expire } from "../../src/reconcile.ts";
import { gitRepo } from "../../src/repo/git.ts";
import { policies, target } from "../support/company.ts";
import { virtualLife, type Happening } from "../support/life.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "../support/world.ts";

/** Sweeps come every hour, and the shop's bound says so. */
const BOUND = 65 * MINUTE;
const DAY = 24 * HOUR;
const SETTINGS = (policies()["policies/lapse.yaml"] ?? "")
  .replace("sweepInterval: 15m", "sweepInterval: 1h")
  .replace("maxDuration: 12h", "maxDuration: 2d");

describe("a day without the forge", () => {
  let w: World;
  /** When each access should end, by its mark. */
  let ends: ReadonlyMap<string, Instant>;
  beforeEach(async () => {
    w = await world({ files: { "policies/lapse.yaml": SETTINGS, ...longer() } });
    const asked = ["45m", "13h", "20h"].map((duration, i) => ({
      id: `r${i}`,
      duration,
    }));
    for (const [i, one] of asked.entries()) await w.askAndMerge({ ...one, subject: i % 2 ? "ann" : "bob" });
    await w.apply();
    const seen = await w.context();
    await seen.repo.fetch();
    ends = new Map((await seen.ledger.read()).live.map(({ request, end }) => [`lapse:${request}`, end]));
    expect(ends.size).toBe(asked.length);
  }, 60_000);
  afterEach(() => w.stop());

  /** Every way of being down, in turns: refusing, answering nonsense, breaking the line. Git is no better than the API. */
  const down = () => {
    for (const how of [
      { is: "error", status: 503 },
      { is: "error", status: 502 },
      { is: "reset", effect: "before" },
    ] as const)
      w.forge.fault({ on: /./, do: how, times: 1 });
    w.forge.fault({ on: /./, do: { is: "error", status: 503 }, times: 1_000_000 });
  };
  /** By the target's own history: how long after its end each access was gone. */
  const lateness = () =>
    w.shop.history().flatMap(({ via, to }) => {
      const end = ends.get(via);
      if (to === undefined || end === undefined) throw new Error(`${via} is still open`);
      return [to - end];
    });
  /** What nobody may give while nobody can say who approved it. */
  const mergedMeanwhile = async () => {
    w.forge.clearFaults();
    await w.askAndMerge({ id: "meanwhile", subject: "bob", duration: "30h" });
    down();
  };
  const given = () => w.shop.history().map(({ via }) => via);

  it("D3: with the scheduled sweeps alone, from one clone, every end is within its bound and nothing is given", async () => {
    const clone = await w.context();
    await clone.repo.fetch();
    await clone.ledger.read();
    await mergedMeanwhile();
    const over = w.now() + DAY;
    while (w.now() < over) {
      w.tick(HOUR);
      await expire({ ...clone, now: w.now() });
    }
    expect(lateness().every((ms) => ms >= 0 && ms <= BOUND)).toBe(true);
    expect(lateness()).toHaveLength(ends.size);
    expect(given()).not.toContain("lapse:meanwhile");
    w.forge.clearFaults();
    await expire({ ...clone, now: w.now() });
    expect((await clone.ledger.read()).live).toEqual([]);
    await w.apply();
    expect(given()).toContain("lapse:meanwhile");
  }, 400_000);

  it("D3: with a controller, every end is at its very second, and nothing is given before the forge is back", async () => {
    const context = await w.context();
    const begin = { at: w.now() + 10 * MINUTE, what: mergedMeanwhile };
    const back = w.now() + DAY;
    const happenings: readonly Happening[] = [
      begin,
      {
        at: back,
        what: () => {
          expect(given()).not.toContain("lapse:meanwhile");
          expect(lateness()).toHaveLength(ends.size);
          w.forge.clearFaults();
          return Promise.resolve();
        },
      },
    ];
    const repo = gitRepo({ dir: context.dir, env: process.env });
    const until = (back + 2 * HOUR + MINUTE) as Instant;
    const life = virtualLife(w, repo, until, happenings);
    const gone: number[] = [];
    await control(context, life, {
      poll: 2 * HOUR,
      tell: ({ event, end }, at) => {
        if (event === "revoked" && end !== undefined) gone.push(at - end);
      },
      alive: () => undefined,
    });
    expect(gone).toHaveLength(ends.size);
    expect(Math.max(...gone)).toBeLessThan(SECOND);
    expect(given()).toContain("lapse:meanwhile");
  }, 400_000);
});

/** The same offer for a whole day. */
function longer(): Readonly<Record<string, string>> {
  return {
    "policies/targets/shop.yaml": target("shop", "memory", { name: "shop" }).replace("20m", "65m"),
    "policies/entitlements/orders-read.yaml": `apiVersion: lapse.dev/v1
kind: Entitlement
metadata: { name: orders-read }
spec:
  title: Orders
  target: shop
  role: { role: reader }
  risk: medium
  eligible: [group:backend]
  maxDuration: 2d
  approvals: [{ from: [group:owners], count: 1 }]
`,
  };
}
