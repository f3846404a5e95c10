// A target whose calls hang, fail, throttle or lie for an hour: nobody else waits for it, and all of it ends when it recovers.
import { afterEach, describe, expect, it } from "vitest";
import { memory } from "../src/providers/memory/index.ts";
import {
  memoryTarget,
  type Call,
  type FaultKind,
  type MemoryTarget,
} from "../src/providers/memory/target.ts";
import { statusOf } from "../src/status.ts";
import { policies, target } from "./support/company.ts";
import { HOUR, MINUTE, world, type World } from "./support/world.ts";

const EVERY: readonly Call[] = ["resolve", "observe", "list", "grant", "revoke", "verify"];

/** What goes wrong, on which calls, and what the ledger can say of it meanwhile. */
const TROUBLES: readonly (readonly [string, readonly Call[], FaultKind])[] = [
  ["does not answer a connection", ["connect"], "hang"],
  ["hangs in every call", EVERY, "hang"],
  ["refuses connections", ["connect"], "timeout-before"],
  ["breaks off after it has done it", ["revoke", "observe", "list"], "timeout-after"],
  ["throttles", EVERY, "throttled"],
  ["forbids everything", EVERY, "forbidden"],
  ["acknowledges and does nothing", ["revoke"], "kept"],
];

let w: World;
afterEach(() => w.stop());

async function twoTargets(): Promise<{ bad: MemoryTarget; good: MemoryTarget }> {
  const clock = () => w.now();
  const bad = memoryTarget({ clock });
  const good = memoryTarget({ clock });
  const entitlement = (policies()["policies/entitlements/orders-read.yaml"] ?? "")
    .replace("name: orders-read", "name: store-read")
    .replace("target: shop", "target: store");
  w = await world({
    timeout: 100,
    providers: { memory: memory((name) => ({ shop: bad, store: good })[name]) },
    files: {
      "policies/targets/store.yaml": target("store", "memory", { name: "store" }),
      "policies/entitlements/store-read.yaml": entitlement,
    },
  });
  return { bad, good };
}

const states = async () => {
  const context = await w.context();
  const { rows } = await statusOf(context, {});
  return Object.fromEntries(rows.map((row) => [row.request, row.state]));
};

describe("a target that", () => {
  it.each(TROUBLES)(
    "%s",
    async (_, calls, kind) => {
      const { bad, good } = await twoTargets();
      await w.askAndMerge({ id: "on-the-bad", duration: "30m" });
      await w.askAndMerge({ id: "on-the-good", entitlement: "store-read", subject: "bob", duration: "30m" });
      await w.apply();
      expect([bad.can("ann", "reader"), good.can("bob", "reader")]).toEqual([true, true]);

      for (const call of calls) bad.fault(call, kind, Infinity);
      await w.askAndMerge({ id: "later-on-the-bad", subject: "bob", duration: "3h" });
      await w.askAndMerge({ id: "later-on-the-good", entitlement: "store-read", duration: "3h" });
      const blind = await w.apply();
      expect(good.can("ann", "reader"), "the good target waited for the bad one").toBe(true);
      if (kind !== "kept")
        expect(blind.plan.unseen.concat(blind.plan.held as never[]).length).toBeGreaterThan(0);

      for (let quarter = 1; quarter <= 4; quarter += 1) {
        w.tick(15 * MINUTE);
        await w.expire();
        await w.apply();
      }
      expect(good.can("bob", "reader"), "an end on the good target waited").toBe(false);
      const after = await states();
      expect(after["on-the-bad"]).toBe("overdue");
      expect(after["on-the-good"]).toBeUndefined();
      expect(after["later-on-the-good"]).toBe("active");

      bad.heal();
      w.tick(MINUTE);
      await w.expire();
      expect(bad.can("ann", "reader"), "it recovered, and the access is still there").toBe(false);
      await w.apply();
      expect((await states())["on-the-bad"]).toBeUndefined();
      expect((await states())["later-on-the-bad"]).toBe("active");
      w.tick(3 * HOUR);
      await w.expire();
      expect([...bad.history(), ...good.history()].filter(({ to }) => to === undefined)).toEqual([]);
    },
    120_000,
  );
});
