// Can time be made to stop? (a schedule that dies in silence, a removal that never happens: nobody may miss it)
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { audit } from "../../src/commands/audit.ts";
import { status } from "../../src/commands/status.ts";
import { watchdog } from "../../src/commands/watchdog.ts";
import type { Context, ExitCode } from "../../src/context.ts";
import type { Duration } from "../../src/core/model.ts";
import { expire } from "../../src/reconcile.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

interface Said {
  readonly code: ExitCode;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a command prints for programs, and its exit code. */
async function saying(context: Context, command: (context: Context) => Promise<ExitCode>): Promise<Said> {
  const lines: string[] = [];
  const io = { ...context.io, out: (text: string) => void lines.push(text) };
  const code = await command({ ...context, io, json: true });
  return { code, json: JSON.parse(lines.join("\n")) as Said["json"] };
}

describe("a clone and the clock", { timeout: 120_000 }, () => {
  let w: World;
  beforeEach(async () => {
    w = await world();
  });
  afterEach(() => w.stop());

  /** As it runs from a cron elsewhere: no forge, no target, no secret. */
  const elsewhere = async (): Promise<Context> =>
    w.context({
      forge: () => Promise.reject(new Error("a watchdog needs no forge")),
      secret: () => {
        throw new Error("a watchdog needs no secret");
      },
    });
  const bark = async (within?: number, context?: Context): Promise<Said> => {
    const options = within === undefined ? {} : { within: within as Duration };
    return saying(context ?? (await elsewhere()), (c) => watchdog(c, options));
  };
  const codes = ({ json }: Said) => (json["findings"] as { code: string }[]).map(({ code }) => code);
  const can = () => w.shop.can("ann", "reader");

  it("D2: the schedule stops in silence: the watchdog barks within three intervals, nothing new is given, and one sweep heals it", async () => {
    expect((await bark()).code).toBe(0);
    w.tick(43 * MINUTE);
    expect((await bark()).code).toBe(0);
    expect((await bark(30 * MINUTE)).code).toBe(3);
    w.tick(2 * MINUTE);
    const stopped = await bark();
    expect([stopped.code, codes(stopped), stopped.json["stale"]]).toEqual([3, ["LPS960"], true]);
    await w.askAndMerge({ id: "waits" });
    const frozen = await w.apply();
    expect(frozen.plan.held.map((h) => h.request)).toEqual(["waits"]);
    expect(can()).toBe(false);
    await w.expire();
    expect((await bark()).code).toBe(0);
    await w.apply();
    expect(can()).toBe(true);
  });

  it("D2: a watchdog that reaches nobody is never green: first it says so, then its last heartbeat is too old", async () => {
    const context = await elsewhere();
    await context.repo.fetch();
    w.forge.fault({ on: /git-upload-pack/, do: { is: "error", status: 503 }, times: 50 });
    const blind = await bark(undefined, context);
    expect([blind.code, codes(blind)]).toEqual([6, ["LPS961"]]);
    w.tick(46 * MINUTE);
    const later = await bark(undefined, { ...context, now: w.now() });
    expect([later.code, codes(later)]).toEqual([3, ["LPS960", "LPS961"]]);
    w.forge.clearFaults();
  });

  it("D2: a heartbeat from a clock that runs years ahead neither hides a dead sweep nor outlasts the next one", async () => {
    const ahead = await w.context();
    const years = { ...ahead, now: (w.now() + 20_000 * HOUR) as typeof ahead.now };
    await expire(years);
    expect(codes(await bark())).toEqual(["LPS960"]);
    await w.askAndMerge({ id: "waits" });
    await w.apply();
    expect(can()).toBe(false);
    await w.expire();
    expect((await bark()).code).toBe(0);
  });

  it("E11: a target says done and keeps the access: the case stays open, everybody says overdue, and every run tries again", async () => {
    await w.askAndMerge({ id: "sticky" });
    await w.apply();
    w.shop.fault("revoke", "kept", 3);
    w.tick(HOUR + MINUTE);
    await w.expire();
    expect(can()).toBe(true);
    expect((await saying(await w.context(), (c) => status(c, { check: true }))).code).toBe(7);
    expect((await bark()).code).toBe(0);
    w.tick(20 * MINUTE);
    await w.expire();
    const outlived = await bark();
    expect([outlived.code, codes(outlived)]).toEqual([7, ["LPS550"]]);
    w.shop.heal();
    w.tick(MINUTE);
    await w.expire();
    expect(can()).toBe(false);
    expect((await bark()).code).toBe(0);
    const { json } = await saying(await w.context(), (c) => status(c, {}));
    expect(json["lateness"]).toMatchObject([
      { target: "shop", planned: { count: 1, worst: { request: "sticky" } }, open: 0, held: false },
    ]);
  });

  it("E15: nothing ran and nothing was written: the audit, the status and the watchdog still see who outlived what", async () => {
    await w.askAndMerge({ id: "forgotten" });
    await w.askAndMerge({ id: "ended", subject: "bob" });
    await w.apply();
    await w.forge.push("ann", "main", { "requests/orders-read/ended.yaml": null });
    await w.expire();
    w.tick(3 * HOUR);
    const audited = await saying(await w.context(), (c) => audit(c, {}));
    const named = (audited.json["exceptions"] as { code: string; message: string }[]).filter(
      ({ code }) => code === "LPS550",
    );
    expect(audited.code).toBe(3);
    expect(named.map(({ message }) => message.split(" ")[0])).toEqual(["forgotten"]);
    expect(audited.json["removals"]).toMatchObject({
      byTarget: [{ target: "shop", early: { count: 1 }, planned: { count: 1 }, open: 1, held: false }],
    });
    expect((await saying(await w.context(), (c) => status(c, { check: true }))).code).toBe(7);
    expect((await bark()).code).toBe(7);
    await w.expire();
    const after = await saying(await w.context(), (c) => audit(c, {}));
    const [shop] = (after.json["removals"] as { byTarget: { planned: { worst: { seconds: number } } }[] })
      .byTarget;
    expect(shop?.planned.worst.seconds).toBeGreaterThan(2 * 3600 - 60);
    expect((await bark()).code).toBe(0);
  });
});
