// Bad files on main, and ids used again: refused with their place, and nobody else is disturbed.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { visible } from "../../src/core/text.ts";
import { gather } from "../../src/gather.ts";
import { policies, requestFile, requestPath, type Ask } from "../support/company.ts";
import { HOUR, SECOND, world, type World } from "../support/world.ts";

const CORPUS = new URL("../cases/bad-input/", import.meta.url);
const corpus = () =>
  Object.fromEntries(
    readdirSync(CORPUS).map((name, n) => [
      `requests/orders-read/bad-${String(n)}.yaml`,
      readFileSync(new URL(name, CORPUS), "utf8"),
    ]),
  );

/** A commit on main with a submodule's entry, which no working tree could have added without the submodule. */
async function gitlink(dir: string, path: string): Promise<string> {
  const git = async (...args: readonly string[]) =>
    (
      await promisify(execFile)("git", ["--git-dir", dir, ...args], { env: { ...process.env, ...WHO } })
    ).stdout.trim();
  const index = { GIT_INDEX_FILE: `${dir}/hostile-index` };
  Object.assign(WHO, index);
  await git("read-tree", "main");
  await git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},${path}`);
  return git("commit-tree", await git("write-tree"), "-p", "main", "-m", "a module");
}

const WHO: Record<string, string> = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((role) => [
    [`GIT_${role}_NAME`, "grace"],
    [`GIT_${role}_EMAIL`, "grace@example.com"],
  ]),
);

describe("files that nobody should have merged", () => {
  let w: World;
  const can = () => w.shop.can("ann", "reader");
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "honest" });
    await w.apply();
    expect(can()).toBe(true);
  });
  afterEach(() => w.stop());

  /** The same id once more, properly approved, from a new branch. */
  const replay = async (ask: Ask) => {
    const branch = `again-${ask.entitlement ?? "same"}`;
    w.tick(SECOND);
    await w.forge.push("ann", branch, { [requestPath(ask)]: requestFile(ask) });
    w.tick(SECOND);
    const pull = await w.forge.openPull("ann", { branch, title: "once more" });
    await w.approve(pull, "carol");
    await w.merge(pull);
  };

  it("D4: the whole corpus of bad requests on main: each refused, none stops the revocation beside it", async () => {
    const bad = corpus();
    await w.forge.push("grace", "main", bad);
    w.tick(2 * HOUR);
    const swept = await w.expire();
    expect(swept.outcomes.map((o) => [o.request, o.ok])).toEqual([["honest", true]]);
    expect(can()).toBe(false);
    const report = await w.apply();
    expect(report.plan.refused.length).toBe(Object.keys(bad).length);
    for (const { findings, path } of report.plan.refused) {
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.every((f) => f.at?.file === path)).toBe(true);
    }
    expect(w.shop.history().map((i) => i.via)).toEqual([expect.stringContaining("honest")]);
  });

  it("B3, B4, B5: names and modes that no checkout would survive are reported and give nothing", async () => {
    const text = requestFile({ id: "sly" });
    const hostile = {
      "requests/orders-read/Sly.yaml": text,
      "requests/orders-read/slý.yaml": text,
      "requests/orders-read/sly.yml": text,
      "requests/orders-read/-rf.yaml": text,
      "requests/orders-read/deep/sly.yaml": text,
      "requests/orders-read/sl\u0443.yaml": text,
      "requests/orders-read/sly\u200b.yaml": text,
      "requests/orders-read/sly\u202elmay.yaml": text,
      "requests/orders-read/sly\n.yaml": text,
      "requests/orders-read/ sly .yaml": text,
      "requests/orders-read/sly.yaml.": text,
      "requests/orders-read/sly.YAML": text,
      "requests/orders-read/con.yaml": text,
      "requests/orders-read/link.yaml": { mode: "120000", content: "../../../etc/passwd" },
      "requests/orders-read/exec.yaml": { mode: "100755", content: text },
    };
    await w.forge.push("grace", "main", hostile);
    const link = await gitlink(w.forge.gitDir, "requests/orders-read/module.yaml");
    await w.forge.push("grace", "main", {}, { to: link });
    const report = await w.apply();
    expect(report.plan.admitted).toEqual([]);
    expect(new Set(report.plan.warnings.map((f) => f.at?.file))).toEqual(
      new Set([...Object.keys(hostile), "requests/orders-read/module.yaml"].map(visible)),
    );
    w.tick(2 * HOUR);
    await w.expire();
    expect(can()).toBe(false);
  });

  it("B6: three thousand files beside an approved request are seen, wherever it stands among them", async () => {
    const more = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`n${String(i)}.md`, "x"]));
    w.tick(SECOND);
    const ask = { id: "zz-last" };
    await w.forge.push("ann", "many", { ...more, [requestPath(ask)]: requestFile(ask) });
    w.tick(SECOND);
    const pull = await w.forge.openPull("ann", { branch: "many", title: "many" });
    await w.approve(pull, "carol");
    await w.merge(pull);
    const { plan } = await w.apply();
    expect(plan.refused.map((r) => [r.request, r.findings[0]?.code])).toEqual([["zz-last", "LPS303"]]);
    expect(plan.refused[0]?.findings[0]?.message).toContain("3001 paths");
  }, 60_000);

  it.each([
    ["a person", "policies/people/ann.yaml"],
    ["a group", "policies/people/backend.yaml"],
    ["the target", "policies/targets/shop.yaml"],
    ["the entitlement", "policies/entitlements/orders-read.yaml"],
    ["a rule", "policies/rules/new.yaml"],
    ["the settings", "policies/lapse.yaml"],
  ])(
    "%s that cannot be read: nothing new, nothing dropped before its end, everything ended on time (P6)",
    async (_, path) => {
      await w.askAndMerge({ id: "meanwhile" });
      await w.change({ [path]: "%YAML 1.1\n---\n&a [*a]\n" });
      const report = await w.apply();
      expect(report.plan.held.map((h) => h.request)).toEqual(["meanwhile"]);
      expect(report.plan.ends).toEqual([]);
      expect(can()).toBe(true);
      w.tick(2 * HOUR);
      await w.expire();
      expect(can()).toBe(false);
    },
  );

  it("a mended policy lets what was held through, as long as its window lasts", async () => {
    const path = "policies/people/backend.yaml";
    await w.askAndMerge({ id: "held", subject: "bob" });
    await w.change({ [path]: "no: such\n" });
    await w.apply();
    expect(w.shop.can("bob", "reader")).toBe(false);
    await w.change({ [path]: policies()[path] ?? "" });
    w.tick(SECOND);
    const report = await w.apply();
    expect(report.plan.refused.flatMap((r) => r.findings.map((f) => f.code))).toEqual([]);
    expect(w.shop.can("bob", "reader")).toBe(true);
  });

  it("A19: an id is used once: not after its end, not after revert-the-revert, not in another folder", async () => {
    w.tick(2 * HOUR);
    await w.expire();
    await w.forge.push("grace", "main", { [requestPath({ id: "honest" })]: null });
    await w.apply();
    w.tick(SECOND);
    await replay({ id: "honest" });
    const again = await w.apply();
    expect(again.plan.violations.map((v) => v.code)).toEqual(["LPS309"]);
    expect(again.plan.admitted).toEqual([]);
    await replay({ id: "honest", entitlement: "open-read" });
    const elsewhere = await w.apply();
    expect(elsewhere.plan.admitted).toEqual([]);
    expect(elsewhere.plan.violations.map((v) => v.code)).toEqual(["LPS309"]);
    expect(can()).toBe(false);
    expect(w.shop.history().length).toBe(1);
  });

  it("without the memory of used ids the replay would succeed: that defence is what stops it", async () => {
    w.tick(2 * HOUR);
    await w.expire();
    await w.forge.push("grace", "main", { [requestPath({ id: "honest" })]: null });
    await w.apply();
    w.tick(SECOND);
    await replay({ id: "honest" });
    const context = await w.context();
    const forgetful = { ...context.ledger, used: () => Promise.resolve(new Set<string>()) };
    const { view } = await gather({ ...context, ledger: forgetful });
    expect(decide(view).admitted.map((a) => a.request)).toEqual(["honest"]);
  });
});
