// What a hostile reader tried against the sweep and the spine: each story ended badly once.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { Problem } from "../../src/core/problem.ts";
import { exitCode } from "../../src/outcome.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { apply, expire } from "../../src/reconcile.ts";
import { revertEnded } from "../../src/revert.ts";
import { policies, requestFile, requestPath } from "../support/company.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "../support/world.ts";

const READER = "reader";
const BACKEND = "policies/people/backend.yaml";

describe("the spine under attack", () => {
  let w: World;
  beforeEach(async () => {
    w = await world();
  });
  afterEach(() => w.stop());

  const can = (who = "ann") => w.shop.can(who, READER);
  const tidy = async () => {
    const context = await w.context();
    const report = await expire(context);
    return report.main && revertEnded(context, report.main, report.ledger);
  };
  const granted = async (id: string) => {
    await w.askAndMerge({ id });
    await w.apply();
    expect(can()).toBe(true);
  };

  it("a grant whose answer was lost while its case was closed is found by its mark and taken away", async () => {
    await w.askAndMerge({ id: "orphan" });
    const context = await w.context();
    const provider = async (kind: string): Promise<Provider | undefined> => {
      const real = await context.provider(kind);
      return (
        real && {
          ...real,
          connect: async (...args) => {
            const session = await real.connect(...args);
            const grant: typeof session.grant = async (...given) => {
              await w.forge.push("ann", "main", { [requestPath({ id: "orphan" })]: null });
              await w.expire();
              await session.grant(...given);
              w.shop.fault("revoke", "timeout-before", 5);
              throw new Error("the answer was lost");
            };
            return { ...session, grant };
          },
        }
      );
    };
    await apply({ ...context, provider });
    expect(can()).toBe(true);
    w.shop.heal();
    w.tick(MINUTE);
    const report = await w.expire();
    expect(report.outcomes.map((o) => [o.request, o.op, o.ok])).toEqual([["orphan", "revoke", true]]);
    expect(can()).toBe(false);
  });

  it("what carries another installation's mark is left alone", async () => {
    const other = (policies()["policies/lapse.yaml"] ?? "").replace("owner: lapse", "owner: another");
    await granted("mine");
    await w.change({ "policies/lapse.yaml": other });
    await w.apply();
    await w.expire();
    expect(can()).toBe(true);
  });

  it("a ledger that cannot take the intent does not keep anybody in", async () => {
    await granted("stubborn");
    w.tick(2 * HOUR);
    const context = await w.context();
    const full = () => Promise.reject(new Problem("misconfigured", "no space left on device", "make room"));
    const report = await expire({ ...context, ledger: { ...context.ledger, record: full } }).catch(
      () => undefined,
    );
    expect(report).toBeUndefined();
    expect(can()).toBe(false);
  });

  it("a provider that main names and that cannot even be loaded stops no end", async () => {
    await granted("victim");
    w.tick(2 * HOUR);
    const context: Context = await w.context();
    const provider = (kind: string) =>
      kind === "kubernetes" ? Promise.reject(new Error("no such module")) : context.provider(kind);
    const target = (policies()["policies/targets/shop.yaml"] ?? "")
      .replace("name: shop }", "name: k }")
      .replace("provider: memory", "provider: kubernetes");
    await w.change({ "policies/targets/k.yaml": target });
    await w.apply();
    await expire({ ...context, provider });
    expect(can()).toBe(false);
  });

  it("somebody's pull request on a branch named like ours is never touched, and never taken for ours", async () => {
    await granted("done");
    await w.forge.push("mallory", "lapse/ended/mine", { "policies/people/owners.yaml": "mine\n" });
    const theirs = await w.forge.openPull("mallory", { branch: "lapse/ended/mine", title: "End access" });
    const before = w.forge.tip("lapse/ended/mine");
    w.tick(2 * HOUR);
    const pull = await tidy();
    expect(pull?.change).toBe("opened");
    expect(pull?.number).not.toBe(theirs);
    expect(w.forge.tip("lapse/ended/mine")).toBe(before);
    expect((await tidy())?.change).toBe("unchanged");
  });

  it("our revert branch is put right when somebody pushed to it", async () => {
    await granted("done");
    w.tick(2 * HOUR);
    const pull = await tidy();
    const branch = (await (await (await w.context()).forge()).pull(pull?.number ?? 0)).head.ref;
    await w.forge.push("mallory", branch, { "policies/people/owners.yaml": "mine\n" });
    expect((await tidy())?.change).toBe("updated");
    expect((await tidy())?.change).toBe("unchanged");
  });

  it("what vanished is not given again while its rules cannot be read", async () => {
    await granted("gone");
    await w.change({ [BACKEND]: "kind: [broken\n" });
    w.shop.write(() => {
      w.shop.objects.clear();
    });
    const report = await w.apply();
    expect(report.plan.held.map((h) => h.request)).toEqual(["gone"]);
    expect(can()).toBe(false);
  });

  it("where something cannot be taken away, nothing more is given (P10)", async () => {
    await granted("stuck");
    w.shop.fault("revoke", "forbidden", 1000);
    w.tick(2 * HOUR);
    await w.expire();
    await w.askAndMerge({ id: "more", subject: "bob" });
    const report = await w.apply();
    expect(report.plan.held.map((h) => h.request)).toEqual(["more"]);
    expect(can("bob")).toBe(false);
    w.shop.heal();
    await w.expire();
    await w.apply();
    expect(can("bob")).toBe(true);
  });

  it("main rewritten: only time ends anything and nothing is given, until a person vouches for it", async () => {
    await granted("live");
    const root = policies();
    await w.forge.push(
      "grace",
      "main",
      { ...root, [requestPath({ id: "live" })]: requestFile({ id: "live" }) },
      { force: true, parent: null },
    );
    await w.askAndMerge({ id: "after", subject: "bob" });
    for (let run = 0; run < 2; run += 1) {
      const report = await w.apply();
      expect(report.plan.warnings.map((f) => f.code)).toEqual(["LPS310"]);
      expect([can(), can("bob")]).toEqual([true, false]);
    }
    await apply(await w.context(), w.forge.tip("main"));
    expect([can(), can("bob")]).toEqual([true, true]);
  });

  it("a person who becomes somebody else on the target loses what the former one had", async () => {
    await granted("former");
    const ann = policies()["policies/people/ann.yaml"] ?? "";
    await w.forge.push("grace", "main", {
      "policies/people/ann.yaml": ann.replace("memory: ann", "memory: ann2"),
    });
    const report = await w.expire();
    expect(report.sweep.ends.map((e) => e.because)).toEqual(["subject-changed"]);
    expect(can()).toBe(false);
  });

  it("a scheduled start needs approvers who are still the same people", async () => {
    await w.askAndMerge({ id: "later", more: "  notBefore: 2026-11-23T12:00:00Z\n" });
    await w.apply();
    const carol = (policies()["policies/people/carol.yaml"] ?? "")
      .replace("id: 1003", "id: 1777")
      .replace("1103", "1778");
    await w.change({ "policies/people/carol.yaml": carol });
    w.tick(3 * HOUR);
    await w.expire();
    const report = await w.apply();
    expect(report.plan.missed.map((m) => m.because)).toEqual(["no-longer-allowed"]);
    expect(can()).toBe(false);
  });

  it("a past that cannot be read freezes granting, and stops no end", async () => {
    await granted("ending");
    const rule = `apiVersion: lapse.dev/v1
kind: Policy
metadata: { name: calm }
spec:
  rules:
    - name: not-too-often
      require: "history.filter(g, g.subject == request.subject).size() < 50"
      message: fifty times a month is standing access
`;
    await w.change({ "policies/rules/calm.yaml": rule });
    await w.expire();
    w.tick(HOUR);
    await w.askAndMerge({ id: "waiting", subject: "bob" });
    const context = await w.context();
    const since = () =>
      Promise.reject(new Problem("misconfigured", "a line of the log is no entry", "run the audit"));
    const report = await apply({ ...context, ledger: { ...context.ledger, since } });
    expect(report.plan.held.map((h) => h.reason)).toEqual(["a line of the log is no entry"]);
    expect([can(), can("bob")]).toEqual([false, false]);
  });

  it("A19: two new files with one id: neither is judged, and the run is red", async () => {
    await w.askAndMerge({ id: "twin" });
    await w.forge.push("mallory", "main", {
      [requestPath({ id: "twin", entitlement: "open-read" })]: requestFile({
        id: "twin",
        entitlement: "open-read",
      }),
    });
    const report = await w.apply();
    expect(report.plan.held.map((h) => h.request)).toEqual(["twin", "twin"]);
    expect(exitCode(report.plan.now, report)).toBe(6);
  });

  it("A13: a veto that the requester dismisses still stands; one that its author takes back does not", async () => {
    for (const [id, by] of [
      ["dismissed-by-ann", "ann"],
      ["taken-back", "dan"],
    ] as const) {
      const pull = await w.ask({ id });
      w.tick(SECOND);
      const veto = await w.forge.review("dan", pull, "CHANGES_REQUESTED");
      w.tick(SECOND);
      await w.forge.dismiss(by, pull, veto);
      await w.approve(pull, "carol");
      await w.merge(pull);
    }
    const report = await w.apply();
    expect(report.plan.refused.map((r) => [r.request, r.findings.map((f) => f.code)])).toEqual([
      ["dismissed-by-ann", ["LPS305"]],
    ]);
    expect(report.plan.admitted.map((a) => a.request)).toEqual(["taken-back"]);
  });

  it("odd names on main reach neither the ledger nor the revert pull request, and stop nobody", async () => {
    await granted("honest");
    const odd = ["cafe\u0301.txt", "x\u0007y.yaml", "x--> @acme fixes #1\u200b.yaml"].map(
      (n) => `requests/orders-read/${n}`,
    );
    await w.forge.push("mallory", "main", Object.fromEntries(odd.map((path) => [path, "a\n"])));
    await w.forge.push("mallory", "main", Object.fromEntries(odd.map((path) => [path, "b\n"])));
    expect((await w.apply()).plan.admitted).toEqual([]);
    w.tick(2 * HOUR);
    expect((await tidy())?.requests).toEqual(["honest"]);
    await w.apply();
    expect(can()).toBe(false);
  });

  it("both feeds of the forge lag behind: nothing is decided until they have caught up", async () => {
    const pull = await w.ask({ id: "slow", duration: "8h" });
    const first = w.forge.tip("access/slow") ?? "";
    w.tick(SECOND);
    await w.forge.push("ann", "access/slow", { [requestPath({ id: "slow" })]: requestFile({ id: "slow" }) });
    await w.approve(pull, "carol");
    w.tick(SECOND);
    await w.forge.push("ann", "access/slow", {}, { force: true, to: first });
    await w.merge(pull);
    for (const on of [/activity.*access/, /timeline/])
      w.forge.fault({ on, do: { is: "stale", acts: 2 }, times: 9 });
    expect((await w.apply()).plan.held.map((h) => h.request)).toEqual(["slow"]);
    w.forge.clearFaults();
    expect((await w.apply()).plan.refused.map((r) => r.request)).toEqual(["slow"]);
    expect(can()).toBe(false);
  });
});
