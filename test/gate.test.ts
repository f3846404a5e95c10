// Does a gate open for exactly those who have access now, and for nobody when anything is in doubt?
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { can, type CanOptions } from "../src/commands/can.ts";
import type { Context } from "../src/context.ts";
import { policies, requestPath, target } from "./support/company.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "./support/world.ts";

let w: World;
beforeEach(async () => {
  const all = policies();
  const changed = (folder: string, names: readonly string[], from: RegExp, to: string) =>
    names.map((name): readonly [string, string] => [
      `policies/${folder}/${name}.yaml`,
      (all[`policies/${folder}/${name}.yaml`] ?? "").replace(from, to),
    ]);
  w = await world({
    files: {
      ...Object.fromEntries([
        ...changed(
          "entitlements",
          ["orders-read", "orders-write", "open-read", "crown"],
          /role: .*/,
          'role: { action: "deploy" }',
        ),
      ]),
      "policies/targets/shop.yaml": target("shop", "gate", {}),
    },
  });
});
afterEach(() => w.stop());

/** What a job in a fresh clone is told: its exit code and its log. */
async function asks(options: Partial<CanOptions> = {}, change: Partial<Context> = {}) {
  let said = "";
  const context = await w.context(change);
  const io = { ...context.io, out: (text: string) => void (said += text) };
  const code = await can({ ...context, io }, { actor: "ann", on: "orders-read", ...options });
  return { code, said };
}

describe("lapse can", () => {
  it("opens with the grant and closes at the very end of the window, without any run in between", async () => {
    expect(await asks()).toMatchObject({
      code: 3,
      said: expect.stringContaining("has no orders-read now") as string,
    });
    await w.askAndMerge({ id: "deploy", duration: "1h" });
    expect(await asks()).toMatchObject({ code: 3 });
    await w.apply();
    const merged = w.now() - SECOND;
    expect(await asks()).toMatchObject({
      code: 0,
      said: expect.stringContaining("approved by carol") as string,
    });
    w.tick(merged + HOUR - SECOND - w.now());
    expect((await asks()).code).toBe(0);
    w.tick(SECOND);
    expect((await asks()).code).toBe(3);
  });

  it("asks for the person behind the account, by its number where it is given", async () => {
    await w.askAndMerge({ id: "deploy", subject: "bob" });
    await w.askAndMerge({ id: "second", author: "bob" });
    await w.apply();
    expect((await asks({ actor: "BOB", actorId: 1002 })).code).toBe(0);
    expect(await asks({ actor: "bob", actorId: 1666 })).toMatchObject({
      code: 3,
      said: expect.stringContaining("nobody in policies/people has the account bob") as string,
    });
    expect((await asks({ actor: "carol" })).code).toBe(3);
    expect((await asks({ actor: "mallory" })).code).toBe(3);
    expect((await asks({ on: "orders-write" })).code).toBe(3);
  });

  it("closes at once when the request's file is deleted or the person leaves, before anybody runs expire", async () => {
    await w.askAndMerge({ id: "deploy" });
    await w.apply();
    expect((await asks()).code).toBe(0);
    await w.forge.push("ann", "main", { [requestPath({ id: "deploy" })]: null });
    expect((await asks()).code).toBe(3);
  });

  it("says no when the remote cannot be reached, although the last fetched ledger says yes", async () => {
    await w.askAndMerge({ id: "deploy" });
    await w.apply();
    const kept = await w.context();
    await kept.repo.fetch();
    w.forge.fault({ on: /./, do: { is: "reset", effect: "before" }, times: 1000 });
    const { code, said } = await asks({}, { repo: kept.repo, ledger: kept.ledger, dir: kept.dir });
    w.forge.clearFaults();
    expect(code).toBe(3);
    expect(said).toContain("it is not known");
  });

  it("says no when somebody's file in policies/people cannot be read", async () => {
    await w.askAndMerge({ id: "deploy" });
    await w.apply();
    await w.forge.push("grace", "main", { "policies/people/dan.yaml": "kind: Person\n  broken" });
    expect(await asks()).toMatchObject({
      code: 3,
      said: expect.stringContaining("cannot be read") as string,
    });
  });

  it("tells a request that has not begun from one that nobody granted yet", async () => {
    await w.askAndMerge({ id: "later", more: "  notBefore: 2026-11-23T12:00:00Z\n" });
    await w.apply();
    expect((await asks()).said).toContain("has not begun yet");
    w.tick(3 * HOUR + MINUTE);
    expect((await asks()).said).toContain("`lapse apply` has to run");
  });
});
