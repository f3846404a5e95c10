// Does the second way out end access when the first one is gone? (`lapse sweep`: two policy files, the target, the clock)
import { readFileSync } from "node:fs";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { register } from "../src/commands/index.ts";
import { sweep } from "../src/commands/sweep.ts";
import type { Context } from "../src/context.ts";
import { Problem } from "../src/core/problem.ts";
import { sweepTarget } from "../src/sweep-target.ts";
import { policies, target } from "./support/company.ts";
import { HOUR, MINUTE, world, type World } from "./support/world.ts";

let w: World;
let beside: string;
beforeEach(async () => {
  w = await world();
  beside = await mkdtemp(join(tmpdir(), "lapse-beside-"));
  await mkdir(join(beside, "policies/targets"), { recursive: true });
  await writeFile(join(beside, "policies/lapse.yaml"), policies()["policies/lapse.yaml"] ?? "");
  await writeFile(join(beside, "policies/targets/shop.yaml"), policies()["policies/targets/shop.yaml"] ?? "");
});
afterEach(async () => {
  await w.stop();
  await rm(beside, { recursive: true });
});

const nothing = () => Promise.reject(new Error("a sweeper has no repository"));

/** What runs beside the target: a folder with two files, and neither git nor a forge. */
async function sweeper(): Promise<Context> {
  const context = await w.context();
  const gone = new Proxy({}, { get: () => nothing });
  return { ...context, dir: beside, repo: gone as never, ledger: gone as never, forge: nothing };
}

describe("lapse sweep", () => {
  it("D1: ends what is past the end in its mark, and nothing else", async () => {
    await w.askAndMerge({ id: "short", duration: "1h" });
    await w.askAndMerge({ id: "long", subject: "bob", duration: "3h" });
    await w.apply();
    w.shop.give("carol", "reader");
    expect((await sweepTarget(await sweeper(), "shop")).ends).toEqual([]);
    w.tick(HOUR + MINUTE);
    const swept = await sweepTarget(await sweeper(), "shop");
    expect(swept.ends).toMatchObject([{ mark: "lapse:short", ok: true }]);
    expect(["ann", "bob", "carol"].map((who) => w.shop.can(who, "reader"))).toEqual([false, true, true]);
    // The first way out is back: it finds the work done and writes that down.
    await w.expire();
    const seen = await w.context();
    await seen.repo.fetch();
    expect((await seen.ledger.read()).live.map((g) => g.request)).toEqual(["long"]);
  });

  it("never touches what another installation made", async () => {
    await w.askAndMerge({ id: "short", duration: "1h" });
    await w.apply();
    const settings = (policies()["policies/lapse.yaml"] ?? "").replace("owner: lapse", "owner: other");
    await writeFile(join(beside, "policies/lapse.yaml"), settings);
    w.tick(2 * HOUR);
    expect(await sweepTarget(await sweeper(), "shop")).toMatchObject({ seen: 0, ends: [] });
    expect(w.shop.can("ann", "reader")).toBe(true);
  });

  it("takes an end that nobody can read for one that is past", async () => {
    await w.askAndMerge({ id: "spoiled", duration: "3h" });
    await w.apply();
    const [stored] = w.shop.objects.values();
    Object.assign(stored ?? {}, { end: NaN });
    expect((await sweepTarget(await sweeper(), "shop")).ends).toMatchObject([{ ok: true }]);
    expect(w.shop.can("ann", "reader")).toBe(false);
  });

  it("exits 7 when what is over could not be ended, 6 when the list was cut short", async () => {
    await w.askAndMerge({ id: "stuck", duration: "1h" });
    await w.apply();
    w.tick(2 * HOUR);
    w.shop.fault("revoke", "forbidden");
    expect(await sweep(await sweeper(), { target: "shop" })).toBe(7);
    w.shop.fault("list", "partial");
    expect(await sweep(await sweeper(), { target: "shop" })).toBe(6);
    expect(await sweep(await sweeper(), { target: "shop" })).toBe(0);
    expect(w.shop.can("ann", "reader")).toBe(false);
  });

  it("says that the target could not be listed, and never that nothing is there", async () => {
    w.shop.fault("list", "throttled");
    const thrown: unknown = await sweep(await sweeper(), { target: "shop" }).catch((e: unknown) => e);
    expect(thrown).toMatchObject({ name: "Problem", kind: "unavailable" });
    expect((thrown as Problem).message).toBe("shop could not be listed: throttled (throttled)");
  });

  it("says what is wrong with its two files, and with a kind whose marks carry no end", async () => {
    const told = async (name: string) => {
      const thrown: unknown = await sweepTarget(await sweeper(), name).catch((e: unknown) => e);
      expect(thrown).toBeInstanceOf(Problem);
      return (thrown as Problem).message;
    };
    expect(await told("nowhere")).toContain("policies/targets/nowhere.yaml cannot be read");
    expect(await told("../../etc/passwd")).toContain("no name of a target");
    await writeFile(join(beside, "policies/targets/doors.yaml"), target("doors", "gate", {}));
    expect(await told("doors")).toContain("does not carry its end");
    await writeFile(join(beside, "policies/targets/shop.yaml"), "kind: Target\n");
    expect(await told("shop")).toContain("policies/targets/shop.yaml");
  });
});

describe("the systemd units", () => {
  const unit = (name: string) => readFileSync(`src/sweeper/lapse-sweep@.${name}`, "utf8");
  const value = (text: string, key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1];

  it("start a command that exists, with options that exist", () => {
    const [, options = ""] = value(unit("service"), "ExecStart")?.split("/opt/lapse/dist/cli.js ") ?? [];
    expect(options).toBe("-C /etc/lapse sweep --target %i");
    const program = new Command("lapse");
    register(program, () => undefined);
    const command = program.commands.find((one) => one.name() === "sweep");
    expect(command?.options.map(({ long }) => long)).toContain("--target");
  });

  it("run it again and again, each time with an end, and with no more rights than it needs", () => {
    expect(value(unit("timer"), "OnUnitActiveSec")).toBe("5min");
    expect(value(unit("service"), "TimeoutStartSec")).toBe("10min");
    for (const key of ["DynamicUser", "NoNewPrivileges"]) expect(value(unit("service"), key)).toBe("yes");
  });
});
