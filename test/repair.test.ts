// Is there a way out of every bad state, as a person would go it? (the commands that the documentation names)
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerAccept as accept } from "../src/commands/ledger-accept.ts";
import { ledgerRestore as restore } from "../src/commands/ledger-restore.ts";
import { ledgerVerify as verify } from "../src/commands/ledger-verify.ts";
import type { Context, ExitCode } from "../src/context.ts";
import { apply, expire } from "../src/reconcile.ts";
import { HOUR, MINUTE, world, type World } from "./support/world.ts";

describe("the way out", { timeout: 120_000 }, () => {
  let w: World;
  /** A clone that stays, as a controller's or an operator's. */
  let desk: Context;
  beforeEach(async () => {
    w = await world();
    desk = await w.context();
  });
  afterEach(() => w.stop());

  const at = (context: Context): Context => ({ ...context, now: w.now() });
  const run = async (context: Context, command: (context: Context) => Promise<ExitCode>) => {
    const lines: string[] = [];
    const say = (text: string) => void lines.push(text);
    const code = await command({ ...at(context), io: { ...context.io, out: say, err: say } });
    return { code, text: lines.join("\n") };
  };
  const tip = () => w.forge.tip("lapse/ledger") ?? "";
  const rewind = (to: string) => w.forge.push("mallory", "lapse/ledger", {}, { force: true, to });
  const can = (who: string) => w.shop.can(who, "reader");

  it("E5: a tail that was cut off, by any number of appends, is missed by whoever wrote the tip down", async () => {
    await w.askAndMerge({ id: "one" });
    await apply(at(desk));
    for (let i = 0; i < 3; i += 1)
      await desk.ledger.record([{ kind: "heartbeat", main: "" }], { at: w.now(), run: "test" });
    const whole = await run(desk, (c) => verify(c, {}));
    const hash = /tip ([0-9a-f]{64})/.exec(whole.text)?.[1] ?? "";
    expect(whole.code).toBe(0);
    expect((await run(desk, (c) => verify(c, { expectTip: hash }))).code).toBe(0);
    const { repo, ledger } = desk;
    const steps = await repo.steps(undefined, tip());
    const last = tip();
    const earlier = steps.map((step) => step.after).slice(0, -1);
    expect(earlier.length).toBeGreaterThanOrEqual(5);
    for (const cut of earlier) {
      await rewind(cut);
      const fresh = await w.context();
      expect((await run(fresh, (c) => verify(c, {}))).code).toBe(0);
      const missed = await run(fresh, (c) => verify(c, { expectTip: hash }));
      expect([missed.code, missed.text]).toEqual([3, expect.stringContaining("LPS512") as string]);
    }
    // The clone that saw it puts it back.
    expect((await run(desk, restore)).code).toBe(0);
    expect(tip()).toBe(last);
    w.tick(MINUTE);
    await w.askAndMerge({ id: "two", subject: "bob" });
    await w.apply();
    // It has grown since, and still has what was written down.
    expect((await run(await w.context(), (c) => verify(c, { expectTip: hash }))).code).toBe(0);
    expect((await ledger.read()).tip.seq).toBeGreaterThan(0);
  });

  it("D23: of a ledger that was rolled back: nothing is given, ends go on, and the clone that remembers restores it", async () => {
    await w.askAndMerge({ id: "one" });
    const before = tip();
    await apply(at(desk));
    expect(can("ann")).toBe(true);
    await w.askAndMerge({ id: "two", subject: "bob", duration: "4h" });
    await rewind(before);
    const frozen = await apply(at(desk));
    expect(frozen.unrecorded).toContain("ledger was rewritten");
    expect(can("bob")).toBe(false);
    w.tick(HOUR + MINUTE);
    await expire(at(desk));
    expect(can("ann")).toBe(false);
    expect(await run(desk, restore)).toMatchObject({
      code: 0,
      text: expect.stringContaining("Restored") as string,
    });
    await expire(at(desk));
    await apply(at(desk));
    expect(can("bob")).toBe(true);
    expect((await run(desk, (c) => verify(c, {}))).code).toBe(0);
  });

  it("E1: of a ledger that was rewritten: restore forces nothing, and a person follows the remote by naming its commit", async () => {
    await w.askAndMerge({ id: "one" });
    const before = tip();
    await apply(at(desk));
    await rewind(before);
    // Somebody went on from there: both histories have what the other lacks.
    await expire({ ...(await w.context()), now: (w.now() + HOUR) as Context["now"] });
    const theirs = tip();
    expect(theirs).not.toBe(before);
    const parted = await run(desk, restore);
    expect([parted.code, parted.text]).toEqual([
      3,
      expect.stringContaining(`lapse ledger accept ${theirs}`) as string,
    ]);
    expect(tip()).toBe(theirs);
    expect((await run(desk, (c) => verify(c, {}))).text).toContain("LPS509");
    expect((await run(desk, (c) => accept(c, { commit: before }))).code).toBe(3);
    expect((await run(desk, (c) => accept(c, { commit: theirs }))).code).toBe(0);
    expect((await run(desk, (c) => verify(c, {}))).code).toBe(0);
    // What only the lost history knew carries our mark, and goes.
    await expire(at(desk));
    expect(can("ann")).toBe(false);
  });

  it("of stuck access: the target is mended, and the next sweep closes the case by itself", async () => {
    await w.askAndMerge({ id: "stuck" });
    await w.apply();
    w.shop.fault("revoke", "forbidden", 100);
    w.tick(2 * HOUR);
    for (let i = 0; i < 2; i += 1) expect((await w.expire()).outcomes.map(({ ok }) => ok)).toEqual([false]);
    w.shop.heal();
    expect((await w.expire()).outcomes.map(({ ok }) => ok)).toEqual([true]);
    expect((await w.expire()).ledger.live).toEqual([]);
  });

  it("of an escape: what is not ours stays, is said once in the receipt, and the case is closed", async () => {
    await w.askAndMerge({ id: "escaped" });
    await w.apply();
    w.shop.give("ann", "reader");
    w.tick(2 * HOUR);
    const [outcome] = (await w.expire()).outcomes;
    expect(outcome).toMatchObject({ ok: true, notes: [expect.stringContaining("not Lapse's") as string] });
    expect(can("ann")).toBe(true);
    w.shop.take("ann", "reader");
    expect(can("ann")).toBe(false);
    expect((await w.expire()).ledger.live).toEqual([]);
  });
});
