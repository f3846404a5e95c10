// Whoever changes what decides without the approvals that stood before: nothing is granted, everything ends, all say so.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { check } from "../../src/check.ts";
import { apply as applyCommand } from "../../src/commands/apply.ts";
import { expire as expireCommand } from "../../src/commands/expire.ts";
import type { Context } from "../../src/context.ts";
import { mayPass } from "../../src/core/gate.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { gather, gatherSweep } from "../../src/gather.ts";
import { exitCode } from "../../src/outcome.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { apply, expire, plan } from "../../src/reconcile.ts";
import { checkText } from "../../src/report/check.ts";
import { planText } from "../../src/report/plan.ts";
import { statusText } from "../../src/report/status.ts";
import { statusOf } from "../../src/status.ts";
import { wire } from "../../src/wire.ts";
import { policies, requestFile, requestPath, target } from "../support/company.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "../support/world.ts";
import { CHANGE_ATTACKS } from "./changes.ts";

const run = promisify(execFile);
const CODE = "src/core/votes.ts";
const OWNERS = "policies/people/owners.yaml";
const SHOP = "policies/targets/shop.yaml";
const READ = "policies/entitlements/orders-read.yaml";

let w: World;
const can = (who = "ann") => w.shop.can(who, "reader");
const file = (path: string) => policies()[path] ?? "";
const owners = (names: string) => file(OWNERS).replace(/\[.*\]/, `[${names}]`);
const entries = async () => {
  const { ledger, repo } = await w.context();
  await repo.fetch();
  return ledger.since(fromEpoch(0));
};
const vouched = async () =>
  (await entries()).flatMap((e) => (e.kind === "vouched" ? [[e.because, e.changes.map((c) => c.pull)]] : []));
const alarms = async () =>
  (await entries()).flatMap((e) => (e.kind === "violation" ? [[e.code, e.actor]] : []));
const push = async (by: string, files: Parameters<World["change"]>[0]) => {
  w.tick(SECOND);
  await w.forge.push(by, "main", files);
  w.tick(SECOND);
};

describe("while main decides by what nobody vouched for", () => {
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "before", duration: "1h" });
    await w.apply();
    expect(can()).toBe(true);
  });
  afterEach(() => w.stop());

  /** bob asks; nothing is given to him, and what ann has still ends. */
  const isFrozen = async (code: string) => {
    await w.askAndMerge({ id: "meanwhile", subject: "bob", duration: "8h" });
    const report = await w.apply();
    expect(report.plan.held.map((h) => h.request)).toEqual(["meanwhile"]);
    expect(report.plan.held[0]?.reason).toContain("granting is frozen");
    expect(report.plan.warnings.map((f) => f.code)).toContain(code);
    expect(exitCode(report.plan.now, report)).toBe(6);
    expect([can(), can("bob")]).toEqual([true, false]);
    w.tick(HOUR);
    await w.expire();
    expect(can()).toBe(false);
    return report.plan.warnings.find((f) => f.code === code);
  };
  const isOpen = async () => {
    w.tick(MINUTE);
    const report = await w.apply();
    expect(report.plan.warnings).toEqual([]);
    expect(can("bob")).toBe(true);
  };

  it("C15: a change of src/ with one approval: no grant, ends go on, one alarm; the second approval opens it", async () => {
    const pull = await w.change({ [CODE]: "export const VOTE_CHECKS = [];\n" }, ["erin"]);
    const finding = await isFrozen("LPS311");
    expect(finding?.message).toContain(`dan changed "${CODE}"`);
    expect(finding?.fix).toContain("2 of group:maintainers (dan, erin, grace)");
    await w.apply();
    expect(await alarms()).toEqual([["LPS311", 1004]]);
    await w.approve(pull, "grace");
    await isOpen();
    expect(await vouched()).toEqual([
      ["first", []],
      ["approved", [pull]],
    ]);
  });

  it("A7: policies pushed straight to main give nothing and name the pusher; undoing them by a pull request opens it", async () => {
    await push("mallory", { [OWNERS]: owners("carol, ann") });
    const finding = await isFrozen("LPS312");
    expect(finding?.message).toContain(`mallory changed "${OWNERS}"`);
    expect(await alarms()).toEqual([["LPS312", 1666]]);
    await w.change({ [OWNERS]: file(OWNERS) }, []);
    await isOpen();
  });

  it("a pushed change is undone while an approved one came after it: that opens it, too", async () => {
    await push("grace", { "src/one.ts": "1\n" });
    const kept = await w.change({ "src/two.ts": "2\n" });
    await isFrozen("LPS312");
    const undone = await w.change({ "src/one.ts": null });
    await isOpen();
    expect((await vouched()).at(-1)).toEqual(["approved", [kept, undone]]);
  });

  it("A16: loosen, get the request in, tighten again, all between two runs: refused, and the loosening is an alarm", async () => {
    const loose = file(READ).replace("[{ from: [group:owners], count: 1 }]", "[]");
    expect(loose).not.toBe(file(READ));
    await push("mallory", { [READ]: loose });
    await w.askAndMerge({ id: "smuggled", subject: "bob" }, []);
    await push("mallory", { [READ]: file(READ) });
    const report = await w.apply();
    expect(report.plan.refused.map((r) => [r.request, r.findings.map((f) => f.code)])).toEqual([
      ["smuggled", ["LPS306"]],
    ]);
    expect(report.plan.warnings.map((f) => f.code)).toEqual(["LPS312"]);
    expect(await alarms()).toEqual([["LPS312", 1666]]);
    expect(can("bob")).toBe(false);
    expect((await w.apply()).plan.warnings).toEqual([]);
  });

  it("A16: approved under a loose policy that was tightened, with everybody's word, before it was applied: refused", async () => {
    await w.askAndMerge({ id: "in-time", subject: "bob" });
    await w.change({ [READ]: file(READ).replace("count: 1", "count: 2") });
    const report = await w.apply();
    expect(report.plan.refused.map((r) => r.findings.map((f) => f.code))).toEqual([["LPS306"]]);
    expect(can("bob")).toBe(false);
  });

  it("A15: an approver who was removed before the request was applied does not count any more", async () => {
    await w.askAndMerge({ id: "by-carol", subject: "bob" });
    await w.change({ [OWNERS]: owners("dan, rita") });
    expect((await w.apply()).plan.refused.map((r) => r.request)).toEqual(["by-carol"]);
    expect(can("bob")).toBe(false);
  });

  it("A5: the forge merges from a stale base: what it revives gives nothing, what it drops is taken away", async () => {
    w.tick(2 * HOUR);
    await w.expire();
    await push("ann", { [requestPath({ id: "before" })]: null });
    await w.askAndMerge({ id: "live", subject: "bob", duration: "8h" });
    await w.apply();
    expect(can("bob")).toBe(true);
    const pull = await w.ask({ id: "innocent", subject: "bob" });
    await w.approve(pull, "carol");
    await w.merge(pull, "grace", {
      alter: {
        [requestPath({ id: "before" })]: requestFile({ id: "before", duration: "8h" }),
        [requestPath({ id: "live" })]: null,
      },
    });
    const report = await w.apply();
    expect(report.plan.ends.map((e) => [e.grant.request, e.because])).toEqual([["live", "file-removed"]]);
    expect(report.plan.refused.map((r) => [r.request, r.findings.map((f) => f.code)])).toEqual([
      ["innocent", ["LPS303"]],
    ]);
    expect(report.plan.violations.map((v) => v.code)).toEqual(["LPS309"]);
    expect([can(), can("bob")]).toEqual([false, false]);
  });

  it("C11: a re-run in a clone that stands at an old commit works on the fetched tip: what ended stays ended", async () => {
    const old = w.forge.tip("main") ?? "";
    w.tick(HOUR);
    await w.expire();
    await push("ann", { [requestPath({ id: "before" })]: null });
    const context = await w.context();
    await run("git", ["-C", context.dir, "fetch", "-q", "origin", old]);
    await run("git", ["-C", context.dir, "checkout", "-q", old]);
    const report = await apply(context);
    expect(report.plan.main).toBe(w.forge.tip("main"));
    expect([report.plan.grants, report.plan.admitted]).toEqual([[], []]);
    expect(can()).toBe(false);
  });

  it("C12: a workflow that was started on a side branch is refused before any target is called", async () => {
    const side = "refs/heads/mine";
    const { dir } = await w.context();
    expect(
      wire({ directory: dir, anywhere: false, json: false, color: false }, { GITHUB_REF: side }).ref,
    ).toBe(side);
    const provider = () => Promise.reject(new Error("called"));
    w.tick(2 * HOUR);
    for (const act of [(c: Context) => applyCommand(c, {}), expireCommand])
      await expect(act(await w.context({ ref: side, provider }))).rejects.toThrow("refs/heads/mine");
    await expireCommand(await w.context({ ref: "refs/heads/main" }));
    expect(can()).toBe(false);
  });

  it("a target's connection that was swapped by a push is never opened: no credential goes there", async () => {
    const seen: unknown[] = [];
    const spied = async (): Promise<Context> => {
      const context = await w.context();
      const provider = async (kind: string): Promise<Provider | undefined> => {
        const memory = await context.provider(kind);
        if (!memory) return undefined;
        const connect: Provider["connect"] = (connection, given) => {
          seen.push(connection["name"], given.owner);
          return memory.connect(connection, given);
        };
        return { ...memory, connect };
      };
      return { ...context, provider };
    };
    await push("mallory", {
      [SHOP]: target("shop", "memory", { name: "evil" }),
      "policies/targets/more.yaml": target("more", "memory", { name: "evil" }),
      "policies/lapse.yaml": file("policies/lapse.yaml").replace("owner: lapse", "owner: others"),
    });
    await apply(await spied());
    w.tick(2 * HOUR);
    expect((await expire(await spied())).unseen).toEqual([]);
    expect(can()).toBe(false);
    expect(new Set(seen)).toEqual(new Set(["shop", "lapse"]));
  });

  it("where the rules that were vouched for cannot be read, known access ends all the same and the sweep is red", async () => {
    await push("mallory", { [SHOP]: target("shop", "memory", { name: "evil" }) });
    w.tick(2 * HOUR);
    const context = await w.context();
    const lost = async () => {
      const state = await context.ledger.read();
      const commit = "f".repeat(40);
      return {
        ...state,
        tip: { ...state.tip, vouched: { commit, digest: commit.padEnd(64, "f"), at: w.now() } },
      };
    };
    const report = await expire({ ...context, ledger: { ...context.ledger, read: lost } });
    expect(report.unseen.map((u) => u.target)).toEqual(["policies/targets"]);
    expect(report.outcomes.map((o) => [o.request, o.ok])).toEqual([["before", true]]);
    expect(can()).toBe(false);
  });

  it("a gate does not let somebody in whose account was written into a person's file by a push", async () => {
    const question = { entitlement: "orders-read" };
    const asks = async (actor: string, actorId: number) =>
      mayPass((await gatherSweep(await w.context())).view, { ...question, actor, actorId }).allowed;
    expect(await asks("ann", 1001)).toBe(true);
    const ann = file("policies/people/ann.yaml")
      .replace("login: ann", "login: mallory")
      .replace("1001", "1666");
    await push("mallory", { "policies/people/ann.yaml": ann });
    expect(await asks("mallory", 1666)).toBe(false);
  });

  it("less access never waits: a leaver's access ends by a push that nobody approved", async () => {
    await push("grace", {
      "policies/people/ann.yaml": null,
      "policies/people/backend.yaml": file("policies/people/backend.yaml").replace("ann, ", ""),
    });
    expect((await w.apply()).plan.ends.map((e) => e.because)).toEqual(["subject-gone"]);
    expect(can()).toBe(false);
  });

  it("what vanished from a target is not given again, and no id is used up by rules that nobody vouched for", async () => {
    await push("mallory", { [READ]: "kind: [broken\n" });
    await w.askAndMerge({ id: "odd", subject: "bob", more: "  scope: { shelf: a }\n" });
    w.shop.write(() => {
      w.shop.objects.clear();
    });
    const report = await w.apply();
    expect(report.plan.held.map((h) => h.request).sort()).toEqual(["before", "odd"]);
    expect([report.plan.refused, can()]).toEqual([[], false]);
  });

  it("the forge is down after a change: not known is not approved, and it is asked again", async () => {
    await w.change({ [CODE]: "1\n" });
    w.forge.fault({ on: /^[A-Z]+ \/repos\//, do: { is: "error", status: 503 }, times: 1000 });
    await isFrozen("LPS315");
    expect(await alarms()).toEqual([]);
    w.forge.clearFaults();
    await isOpen();
  });

  it("a damaged tip of the ledger does not begin trust anew", async () => {
    await push("mallory", { [OWNERS]: owners("mallory") });
    await w.forge.push("lapse-applier", "lapse/ledger", { "tip.json": "{}\n" });
    const report = await w.apply();
    expect(report.plan.warnings.map((f) => f.code)).toEqual(["LPS312", "LPS510"]);
    expect(await vouched()).toEqual([["first", []]]);
    const { repo, ledger } = await w.context();
    await repo.fetch();
    expect((await ledger.read()).tip.vouched).toBeDefined();
  });

  it("approved changes after which nobody could approve the next one are not vouched for; a person can, by hand", async () => {
    const few = file("policies/people/maintainers.yaml").replace("dan, erin, grace", "dan");
    await w.change({ "policies/people/maintainers.yaml": few });
    await isFrozen("LPS314");
    await w.change({ "policies/people/maintainers.yaml": few.replace("[dan]", "[dan, grace]") }, []);
    expect((await w.apply()).plan.warnings.map((f) => f.code)).toEqual(["LPS311"]);
    await apply(await w.context(), w.forge.tip("main"));
    expect(can("bob")).toBe(true);
    expect((await vouched()).at(-1)).toEqual(["by-hand", []]);
  });

  it("plan, status and check say so, and who must approve", async () => {
    const before = w.forge.tip("main") ?? "";
    await w.change({ [CODE]: "1\n" }, ["erin"]);
    const context = await w.context();
    const planned = await plan(context);
    expect(planText(planned)).toContain("LPS311");
    const status = await statusOf(context, {});
    expect(status.unvouchedSince).toBeDefined();
    expect(statusText(status, { color: false })).toContain("nothing new is granted");
    const report = await check(context, { files: [], base: before, head: w.forge.tip("main") ?? "" });
    expect(report.change?.paths).toEqual([CODE]);
    expect(checkText(report, context.now)).toContain("2 of group:maintainers (dan, erin, grace)");
  });

  it("while nothing changed the forge is not asked; requests and plain words are not guarded", async () => {
    await w.change({ "README.md": "Hello\n" }, []);
    await push("ann", { [requestPath({ id: "before" })]: null });
    const calls = w.forge.calls.length;
    expect((await w.apply()).plan.warnings).toEqual([]);
    await w.expire();
    expect(w.forge.calls.slice(calls).filter(({ call }) => call.includes(" /repos/"))).toEqual([]);
  });
});

describe("what is judged", () => {
  let snapshot: Snapshot;
  const landed = new Map<string, string>();
  beforeAll(async () => {
    w = await world();
    await w.apply();
    for (const { path, play } of CHANGE_ATTACKS) {
      await play(w, path);
      landed.set(path, w.forge.tip("main") ?? "");
    }
    snapshot = (await gather(await w.context())).view;
  }, 120_000);
  afterAll(() => w.stop());

  const stories = CHANGE_ATTACKS.map((attack) => [`${attack.story} → ${attack.code}`, attack] as const);
  it.each(stories)("%s", (_, { path, code, why }) => {
    const place = `main at ${landed.get(path)?.slice(0, 12) ?? ""}`;
    const mine = snapshot.warnings.filter((f) => f.message.startsWith(place));
    expect(mine.map((f) => f.code)).toEqual([code]);
    expect(mine[0]?.message).toContain(why);
    expect(mine[0]?.fix.length).toBeGreaterThan(10);
  });

  it("all of them are found, and each is an alarm", () => {
    expect(snapshot.frozen).toContain("granting is frozen");
    expect(snapshot.aboutMain.map((d) => d.kind)).toEqual(CHANGE_ATTACKS.map(() => "violation"));
  });
});

describe("approved changes, however they are merged", () => {
  beforeAll(async () => {
    w = await world();
    await w.change({ "src/shared.ts": "one\n\n\n\n\ntwo\n" });
    await w.apply();
  }, 120_000);
  afterAll(() => w.stop());

  it.each(["merge", "squash", "rebase"] as const)(
    "by %s, beside another change of the same file",
    async (method) => {
      const text = (first: string, last: string) => `${first}\n\n\n\n\n${last}\n`;
      const open = async (name: string, content: string) => {
        w.tick(SECOND);
        await w.forge.push("bob", name, { "src/shared.ts": content });
        w.tick(SECOND);
        const pull = await w.forge.openPull("bob", { branch: name, title: name });
        for (const by of ["erin", "grace"]) await w.approve(pull, by);
        return pull;
      };
      await w.change({ "src/shared.ts": text("one", "two") });
      const pulls = [
        await open(`${method}-a`, text(method, "two")),
        await open(`${method}-b`, text("one", method)),
      ];
      for (const pull of pulls) await w.merge(pull, "dan", { method });
      expect((await w.apply()).plan.warnings).toEqual([]);
      expect((await vouched()).at(-1)?.[1]).toEqual(expect.arrayContaining(pulls));
    },
  );
});
