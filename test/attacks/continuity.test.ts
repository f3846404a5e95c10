// The rules were off for a while: is that told, and what was merged meanwhile?
import { afterAll, beforeAll, expect, it } from "vitest";
import { audit } from "../../src/commands/audit.ts";
import { LEDGER, MAIN, WELL } from "../support/settings.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

let w: World;
beforeAll(async () => {
  w = await world();
  w.forge.configure(WELL);
});
afterAll(async () => {
  await w.stop();
});

const told = (warnings: readonly { readonly code: string; readonly message: string }[]) =>
  warnings.filter(({ code }) => code === "LPS944").map(({ message }) => message);

async function audited() {
  let text = "";
  const context = await w.context();
  await audit({ ...context, io: { ...context.io, out: (said) => void (text += said) } }, {});
  return text;
}

it("A23, E7: rules that were taken off and put back are told once, and the audit names what was merged meanwhile", async () => {
  await w.askAndMerge({ id: "before" });
  expect(told((await w.apply()).plan.warnings)).toEqual([]);
  expect(await audited()).toMatch(/Rules +the same rulesets since 2026-11-23 09:01 UTC/);

  // An administrator removes the rule, something is merged, the rule comes back as it was.
  w.tick(HOUR);
  const pull = await w.ask({ id: "meanwhile", subject: "bob" });
  await w.approve(pull, "carol");
  await w.merge(pull);
  w.forge.configure({ rulesets: [{ ...MAIN, updatedAt: w.now() }, LEDGER] });
  w.tick(MINUTE);
  await w.expire();
  const { plan, outcomes } = await w.apply();
  expect(told(plan.warnings)).toEqual([
    expect.stringMatching(/^rulesets of this repository changed between /),
  ]);
  expect(outcomes.filter(({ op, ok }) => op === "grant" && ok)).toHaveLength(1);

  await w.askAndMerge({ id: "after" });
  expect(told((await w.apply()).plan.warnings)).toEqual([]);
  const report = await audited();
  expect(report).toContain(`merged meanwhile: meanwhile (#${pull})`);
  expect(report).toMatch(/Rules +the same rulesets since 2026-11-23 10:\d\d UTC.*1 change before/);
}, 90_000);

it("a ruleset that is switched off, added or deleted is another state of the rules", async () => {
  for (const [id, rulesets] of [
    ["off", [{ ...MAIN, enforcement: "disabled" as const }, LEDGER]],
    ["gone", [LEDGER]],
    ["more", [LEDGER, { ...MAIN, id: 9 }]],
  ] as const) {
    w.forge.configure({ rulesets });
    await w.askAndMerge({ id });
    expect([id, told((await w.apply()).plan.warnings).length]).toEqual([id, 1]);
  }
});

it("rulesets that cannot be read stop nothing, and are told", async () => {
  w.forge.fault({ on: /\/rulesets/, do: { is: "error", status: 403 } });
  await w.askAndMerge({ id: "unread" });
  const { plan, outcomes } = await w.apply();
  expect(plan.warnings.map(({ code }) => code)).toContain("LPS910");
  expect(outcomes.filter(({ op, ok }) => op === "grant" && ok)).toHaveLength(1);
});

it("costs nothing where no request is new", async () => {
  const before = w.forge.calls.length;
  w.tick(MINUTE);
  await w.apply();
  expect(
    w.forge.calls.slice(before).filter(({ call }) => call.includes("/api") || call.includes("rulesets")),
  ).toEqual([]);
});
