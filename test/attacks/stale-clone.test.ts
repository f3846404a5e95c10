// Does a clone that lags behind, and cannot ask, cut access that it has never heard of?
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { expire } from "../../src/reconcile.ts";
import { policies, requestPath, target as targetFile } from "../support/company.ts";
import { simTarget } from "../sim/targets.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

let w: World;
let now = () => 0;
/** One edge a person and role, with a mark that says until when somebody wants it. */
const target = () => simTarget({ name: "shop", ownership: "marked", clock: () => now() });
let shop: ReturnType<typeof target>;
/** A machine that keeps its clone. */
let lagging: Context;

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
  lagging = await w.context();
  await w.askAndMerge({ id: "one", duration: "1h" });
  await w.apply();
}, 60_000);
afterEach(() => w.stop());

const isOpen = () => shop.history().some(({ to }) => to === undefined);
const remote = (is: "down" | "up") => {
  w.forge.clearFaults();
  if (is === "down") w.forge.fault({ on: /./, do: { is: "error", status: 503 }, times: 1_000_000 });
};
const onLagging = (run: (context: Context) => Promise<unknown>) => run({ ...lagging, now: w.now() });

it("D17: no: the mark tells that somebody wants it longer", async () => {
  await onLagging(expire);
  await w.askAndMerge({ id: "two", duration: "4h" });
  await w.apply();
  w.tick(HOUR + MINUTE);
  remote("down");
  await onLagging(expire);
  expect(isOpen()).toBe(true);
  remote("up");
  w.tick(4 * HOUR);
  await onLagging(expire);
  expect(isOpen()).toBe(false);
});

it("D17: no, even if it was only told that somebody will want it", async () => {
  const begins = new Date(w.now() + 30 * MINUTE).toISOString().replace(/\.\d+Z/, "Z");
  await w.askAndMerge({ id: "two", duration: "4h", more: `  notBefore: ${begins}\n` });
  await w.apply();
  await onLagging(expire);
  w.tick(31 * MINUTE);
  await w.apply();
  w.tick(31 * MINUTE);
  remote("down");
  await onLagging(expire);
  expect(isOpen()).toBe(true);
});

it("D17: but a mark whose later request it knows to be over keeps nothing open", async () => {
  await w.askAndMerge({ id: "two", duration: "4h" });
  await w.apply();
  await w.forge.push("ann", "main", { [requestPath({ id: "two" })]: null });
  await w.apply();
  await onLagging(expire);
  expect(isOpen()).toBe(true);
  w.tick(HOUR + MINUTE);
  remote("down");
  await onLagging(expire);
  expect(isOpen()).toBe(false);
});
