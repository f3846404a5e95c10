// Access ends on time, nothing foreign is touched, and unknown is never taken for absent: on a pretended and a real target.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exitCode } from "../src/outcome.ts";
import type { Applied, Expired } from "../src/core/outcome.ts";
import { fromEpoch } from "../src/core/time.ts";
import { apply, expire } from "../src/reconcile.ts";
import { startPostgres, type PostgresServer } from "../src/sandbox/postgres.ts";
import { policies, requestFile, requestPath, target } from "./support/company.ts";
import { postgresStory, pretended, type Story } from "./support/targets.ts";
import { HOUR, MINUTE, SECOND } from "./support/world.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const applied = (r: Applied) => exitCode(r.plan.now, r);
const swept = (r: Expired) =>
  exitCode(r.now, { ...r, plan: { ends: r.sweep.ends, warnings: r.warnings, unseen: r.unseen } });

describe.each([
  ["a pretended target", pretended],
  ["PostgreSQL 18", postgresStory(() => server)],
] as const)("on %s", (_, start) => {
  let story: Story;
  beforeEach(async () => {
    story = await start();
  });
  afterEach(() => story.stop());

  it("two overlapping requests are a union: the end of one never ends the other (P5)", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "short", duration: "1h" });
    await w.askAndMerge({ id: "long", duration: "3h" });
    await w.apply();
    w.tick(HOUR);
    const first = await w.expire();
    expect(first.outcomes.map((o) => [o.request, o.ok])).toEqual([["short", true]]);
    expect(await can("ann")).toBe(true);
    w.tick(2 * HOUR);
    await w.expire();
    expect(await can("ann")).toBe(false);
  });

  it("standing access is neither taken over nor taken away (P5)", async () => {
    const { w, can, giveStanding, takeStanding } = story;
    await giveStanding("ann");
    await w.askAndMerge({ id: "had-it" });
    const report = await w.apply();
    expect(report.outcomes[0]?.notes.join()).toContain("has this access already");
    w.tick(2 * HOUR);
    await w.expire();
    expect(await can("ann")).toBe(true);
    await takeStanding("ann");
    expect(await can("ann")).toBe(false);
  });

  it("when standing access goes away while a request lives, the request's own access takes its place", async () => {
    const { w, can, giveStanding, takeStanding } = story;
    await giveStanding("ann");
    await w.askAndMerge({ id: "had-it" });
    await w.apply();
    await takeStanding("ann");
    await w.apply();
    expect(await can("ann")).toBe(true);
    w.tick(2 * HOUR);
    await w.expire();
    expect(await can("ann")).toBe(false);
  });

  it("D24: a leaver loses all access with the pull request that removes the person", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "leaving" });
    await w.apply();
    expect(await can("ann")).toBe(true);
    const backend = (policies()["policies/people/backend.yaml"] ?? "").replace("ann, ", "");
    await w.forge.push("grace", "main", {
      "policies/people/ann.yaml": null,
      "policies/people/backend.yaml": backend,
    });
    const report = await w.expire();
    expect(report.sweep.ends.map((e) => e.because)).toEqual(["subject-gone"]);
    expect(await can("ann")).toBe(false);
  });

  it("D19: deleting the request file ends the access early, without anybody's approval (P9)", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "done-early" });
    await w.apply();
    await w.forge.push("ann", "main", { [requestPath({ id: "done-early" })]: null });
    await w.expire();
    expect(await can("ann")).toBe(false);
  });

  it("changing the request file after the merge gives nothing and ends what it gave (P2)", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "stretched" });
    await w.apply();
    const ask = { id: "stretched", duration: "8h" };
    await w.forge.push("ann", "main", { [requestPath(ask)]: requestFile(ask) });
    const report = await w.apply();
    expect(report.plan.violations.map((v) => v.code)).toContain("LPS308");
    expect(await can("ann")).toBe(false);
    expect((await w.apply()).plan.admitted).toEqual([]);
    expect(await can("ann")).toBe(false);
  });

  it("D14: a deleted target file does not keep anybody in: the ledger knows the way (P3)", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "orphan" });
    await w.apply();
    await w.change({ "policies/targets/shop.yaml": null });
    const report = await w.apply();
    expect(report.outcomes.map((o) => o.ok)).toEqual([true]);
    expect(await can("ann")).toBe(false);
  });

  it("D14: a target that was pointed elsewhere: what was granted at the old address ends there", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "before-the-move" });
    await w.apply();
    const elsewhere = target("shop", "memory", { name: "elsewhere" });
    await w.change({ "policies/targets/shop.yaml": elsewhere });
    await w.apply();
    w.tick(2 * HOUR);
    expect((await w.expire()).outcomes.map((o) => o.ok)).toEqual([true]);
    expect(await can("ann")).toBe(false);
  });

  it("a window that passed while the applier was down is never granted, and recorded as missed", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "too-late" });
    w.tick(2 * HOUR);
    await w.expire();
    const report = await w.apply();
    expect(report.plan.missed.map((m) => m.because)).toEqual(["window-over"]);
    expect(await can("ann")).toBe(false);
    expect((await w.apply()).plan.missed).toEqual([]);
  });

  it("merged after the pending timeout: void", async () => {
    const { w, can } = story;
    const pull = await w.ask({ id: "forgotten" });
    w.tick(4 * 24 * HOUR);
    await w.approve(pull, "carol");
    await w.merge(pull);
    await w.expire();
    expect((await w.apply()).plan.missed.map((m) => m.because)).toEqual(["pending-timeout"]);
    expect(await can("ann")).toBe(false);
  });

  it("a scheduled window is judged again when it starts", async () => {
    const { w, can } = story;
    const more = "  notBefore: 2026-11-23T12:00:00Z\n";
    await w.askAndMerge({ id: "later-ann", more });
    await w.askAndMerge({ id: "later-bob", subject: "bob", more });
    await w.apply();
    expect([await can("ann"), await can("bob")]).toEqual([false, false]);
    const backend = (policies()["policies/people/backend.yaml"] ?? "").replace("bob, ", "");
    await w.change({ "policies/people/backend.yaml": backend });
    w.tick(3 * HOUR);
    await w.expire();
    await w.apply();
    expect([await can("ann"), await can("bob")]).toEqual([true, false]);
    w.tick(HOUR);
    await w.expire();
    expect(await can("ann")).toBe(false);
  });

  it("what one run saw go by unused, while another began to grant it, stays open until it is taken away", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "late", duration: "30m", more: "  notBefore: 2026-11-23T12:00:00Z\n" });
    await w.apply();
    w.tick(Date.UTC(2026, 10, 23, 12, 29, 30) - w.now());
    await w.expire();
    const slow = await w.context();
    w.tick(50 * SECOND);
    const { ledger, ...context } = await w.context();
    let raced = false;
    const read = async () => {
      const state = await ledger.read();
      if (!raced) await apply({ ...slow, clock: () => slow.now });
      raced = true;
      return state;
    };
    expect((await expire({ ...context, ledger: { ...ledger, read } })).sweep.missed).toHaveLength(1);
    expect(await can("ann")).toBe(true);
    await w.expire();
    expect(await can("ann")).toBe(false);
    const after = await w.context();
    await after.repo.fetch();
    const said = await after.ledger.since(fromEpoch(0));
    const kinds = ["admitted", "intent", "granted", "intent", "revoked"];
    expect(said.flatMap((e) => ("request" in e ? [e.kind] : []))).toEqual(kinds);
  });

  it("an extension runs on without a gap, and ends when it says", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "part-one", duration: "1h" });
    await w.apply();
    w.tick(30 * MINUTE);
    await w.askAndMerge({ id: "part-two", duration: "1h", more: "  extends: part-one\n" });
    await w.apply();
    w.tick(45 * MINUTE);
    await w.expire();
    expect(await can("ann")).toBe(true);
    w.tick(HOUR);
    await w.expire();
    expect(await can("ann")).toBe(false);
  });

  it("D12: a target that is down is unknown: nothing is concluded, the run is red, the next one finishes", async () => {
    const { w, can, down } = story;
    await w.askAndMerge({ id: "cut-off" });
    await w.apply();
    down(true);
    w.tick(SECOND);
    const blind = await w.apply();
    expect([applied(blind), blind.plan.unseen.map((u) => u.target)]).toEqual([6, ["shop"]]);
    w.tick(2 * HOUR);
    const overdue = await w.expire();
    expect(swept(overdue)).toBe(7);
    expect(await can("ann")).toBe(true);
    down(false);
    const late = await w.expire();
    expect(swept(late)).toBe(0);
    expect(await can("ann")).toBe(false);
  });

  it("the forge is down: no grant, but every end on time (P3)", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "ending" });
    await w.apply();
    await w.askAndMerge({ id: "waiting", subject: "bob" });
    w.forge.fault({ on: /^[A-Z]+ \/repos\//, do: { is: "error", status: 503 }, times: 1000 });
    const held = await w.apply();
    expect(held.plan.held.map((h) => h.request)).toEqual(["waiting"]);
    expect(await can("bob")).toBe(false);
    w.tick(HOUR);
    await w.expire();
    expect(await can("ann")).toBe(false);
    w.forge.clearFaults();
  });

  it("forge and remote are down: the kept clone and the clock suffice, and the receipts go out later (P3, P7)", async () => {
    const { w, can } = story;
    await w.askAndMerge({ id: "ending" });
    await w.apply();
    const kept = await w.context();
    await kept.repo.fetch();
    w.tick(2 * HOUR);
    w.forge.fault({ on: /./, do: { is: "reset", effect: "before" }, times: 1000 });
    const alone = await expire({ ...kept, now: w.now() });
    expect(alone.outcomes.map((o) => o.ok)).toEqual([true]);
    expect(alone.unrecorded).toBeDefined();
    expect(await can("ann")).toBe(false);
    w.forge.clearFaults();
    w.tick(MINUTE);
    await expire({ ...kept, now: w.now() });
    const seen = await w.context();
    await seen.repo.fetch();
    expect((await seen.ledger.read()).live).toEqual([]);
  });
});
