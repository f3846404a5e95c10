// A run that slept past its case's end, gave on an edge that carries no mark, and died: does anybody ever find out?
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { apply } from "../../src/reconcile.ts";
import { policies, target as targetFile } from "../support/company.ts";
import { counting, killed } from "../support/kill.ts";
import { simTarget } from "../sim/targets.ts";
import { HOUR, world, type World } from "../support/world.ts";

let w: World;
let now = () => 0;
const target = () => simTarget({ name: "shop", ownership: "bare", clock: () => now() });
let shop: ReturnType<typeof target>;

beforeEach(async () => {
  shop = target();
  const { provider } = shop;
  const ann = (policies()["policies/people/ann.yaml"] ?? "").replace(
    "identities: {",
    "identities: { shop: ann,",
  );
  const files = {
    "policies/people/ann.yaml": ann,
    "policies/targets/shop.yaml": targetFile("shop", provider.kind, {}),
  };
  w = await world({ providers: { [provider.kind]: provider }, files });
  now = () => w.now();
  await w.askAndMerge({ id: "sleepy" });
});
afterEach(() => w.stop());

const open = () => shop.history().filter(({ to }) => to === undefined);

/** The first grant takes effect only after two hours, in which another run has ended the case; then this run dies. */
async function givesTooLate(): Promise<void> {
  const context = await w.context();
  const late: Context = {
    ...context,
    provider: async (kind) => {
      const provider = await context.provider(kind);
      return (
        provider && {
          ...provider,
          connect: async (...args) => {
            const session = await provider.connect(...args);
            const grant: typeof session.grant = async (...what) => {
              w.tick(2 * HOUR);
              await w.expire();
              return session.grant(...what);
            };
            return { ...session, grant };
          },
        }
      );
    },
  };
  await killed(() => apply(counting(late, "grant").context));
}

it("D5, D7: the next sweep asks for what was ordered and never heard of again, and takes it away", async () => {
  await givesTooLate();
  expect(open()).toHaveLength(1);
  w.tick(HOUR);
  await w.expire();
  expect(open()).toEqual([]);
});

it("D5: what people gave on the same edge later than a day after the order is theirs", async () => {
  await givesTooLate();
  await w.expire();
  w.tick(25 * HOUR);
  shop.admin.give("ann", "reader");
  await w.expire();
  expect(open()).toHaveLength(1);
});
