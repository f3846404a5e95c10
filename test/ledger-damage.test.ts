// Does a ledger that somebody pushed to go on, remember every access, and say so?
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Draft } from "../src/core/entry.ts";
import { gitLedger, type GitLedger } from "../src/repo/git-ledger.ts";
import { gitRepo, type GitRepo } from "../src/repo/git.ts";
import { aLife, anAdmission, at } from "./support/cases.ts";
import { commitFiles, git, playground, type Playground } from "./support/clones.ts";

let ground: Playground;
let repo: GitRepo;
let ledger: GitLedger;
beforeEach(async () => {
  ground = await playground();
  const root = await commitFiles(ground.remote, [], { a: "1" });
  await git(ground.remote, "update-ref", "refs/heads/main", root);
  repo = gitRepo({ dir: await ground.clone(), timeout: 20_000 });
  await repo.fetch();
  ledger = gitLedger(repo);
});
afterEach(async () => {
  await ground.remove();
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const stamp = (minutes = 0) => ({ at: at(minutes), run: "77" });
const drafts = (request: string, from: number, to: number): readonly Draft[] =>
  aLife(request, 5)
    .slice(from, to)
    .map(([, draft]) => draft);
const revoked = (request: string) => drafts(request, 4, 5);
const show = async (path: string) => `${await git(ground.remote, "show", `lapse/ledger:${path}`)}\n`;
const names = (state: Awaited<ReturnType<GitLedger["read"]>>) => state.live.map((g) => g.request);
const codes = (state: Awaited<ReturnType<GitLedger["read"]>>) => (state.findings ?? []).map((f) => f.code);

/** Pushes files to the ledger as anybody with the right to push could. */
async function meddle(files: Readonly<Record<string, string | null>>): Promise<void> {
  const tip = await git(ground.remote, "rev-parse", "lapse/ledger");
  const next = await commitFiles(ground.remote, [tip], files);
  await git(ground.remote, "update-ref", "refs/heads/lapse/ledger", next);
  await repo.fetch();
}

describe("names that are spelt in parts", () => {
  const request = "cafe\u0301.txt";
  const NAMED: readonly Draft[] = [
    { kind: "refused", request, path: `requests/x/${request}`, blob: "b", codes: ["LPS120"] },
    { kind: "missed", request, path: `requests/x/${request}`, blob: "b", because: "window-over" },
    { kind: "violation", code: "LPS370", subject: `requests/x/${request}` },
  ];

  test.each(NAMED.map((draft) => [draft.kind, draft] as const))("%s: are written, once", async (_, draft) => {
    expect((await ledger.decide([draft], stamp(), await ledger.read())).is).toBe("appended");
    if ("request" in draft) expect(await ledger.used([request, "other"])).toEqual(new Set([request]));
    expect((await ledger.record([draft], stamp(1))).is).toBe("appended");
    expect(await ledger.verify()).toEqual([]);
  });

  test("count as used while they wait in the clone", async () => {
    await git(ground.remote, "config", "uploadpack.hideRefs", "refs/heads");
    await git(ground.remote, "config", "receive.hideRefs", "refs/heads");
    expect((await ledger.record(NAMED.slice(0, 1), stamp())).is).toBe("kept");
    expect(await ledger.used([request])).toEqual(new Set([request]));
  });
});

describe("an unusable checkpoint", () => {
  beforeEach(async () => {
    for (const request of ["one", "two"]) await ledger.record(drafts(request, 0, 3), stamp());
  });

  /** A tip with these fields changed; undefined takes one away. */
  const tip = async (change: Readonly<Record<string, unknown>>) =>
    `${JSON.stringify({ ...(JSON.parse(await show("tip.json")) as object), ...change })}\n`;
  const line = async (request: string, change: Readonly<Record<string, unknown>>) => {
    const lines = (await show("live.jsonl")).trim().split("\n");
    const bent = lines.map((text) =>
      text.includes(`"request":"${request}"`)
        ? JSON.stringify(
            Object.fromEntries(Object.entries({ ...(JSON.parse(text) as object), ...change }).sort()),
          )
        : text,
    );
    return `${bent.join("\n")}\n`;
  };
  const vouched = async (live: string) => ({
    "live.jsonl": live,
    "tip.json": await tip({ live: sha256(live) }),
  });

  const DAMAGES: Readonly<Record<string, () => Promise<Readonly<Record<string, string | null>>>>> = {
    "a tip that cannot be counted on": async () => ({
      "tip.json": await tip({ seq: Number.MAX_SAFE_INTEGER }),
    }),
    "a tip before the last entry": async () => ({ "tip.json": await tip({ seq: 3 }) }),
    "a tip of another hash": async () => ({ "tip.json": await tip({ hash: "f".repeat(64) }) }),
    "a tip that names another file": async () => ({
      "tip.json": await tip({ log: "log/2026/11/23/000000000001.jsonl" }),
    }),
    "a tip that cannot be written back": async () => ({ "tip.json": await tip({ main: "e\u0301" }) }),
    "a tip that vouches for no list": async () => ({ "tip.json": await tip({ live: undefined }) }),
    "an empty list": () => Promise.resolve({ "live.jsonl": "" }),
    "a list without one": async () => ({
      "live.jsonl": (await show("live.jsonl")).split("\n").slice(1).join("\n"),
    }),
    "a list with another end": async () => ({ "live.jsonl": await line("one", { end: at(60 * 24 * 365) }) }),
    "an end that is none": async () => vouched(await line("one", { ending: {}, phase: "ending" })),
    "a failure that is none": async () => vouched(await line("one", { failure: {} })),
    "an assignment that is none": async () => vouched(await line("one", { assignment: { key: 1 } })),
    "a number that is not exact": async () => vouched(await line("one", { grantedAt: 0.5 })),
  };

  test.each(Object.entries(DAMAGES))("(%s) is rebuilt, said and mended", async (_, damage) => {
    const before = await ledger.read();
    await meddle(await damage());
    const state = await ledger.read();
    expect(codes(state)).toEqual(["LPS510"]);
    expect(state.live).toEqual(before.live);
    expect((await ledger.record(revoked("one"), stamp(60))).is).toBe("appended");
    const after = await gitLedger(repo).read();
    expect(names(after)).toEqual(["two"]);
    expect(after).not.toHaveProperty("findings");
    expect(await ledger.verify()).toEqual([]);
  });

  test("(a list with what is not canonical, vouched for) keeps no run from writing", async () => {
    const scope = { share: 0.5, ["cafe\u0301"]: "\ud800" };
    const { claim } = anAdmission("one");
    await meddle(await vouched(await line("one", { claim: { ...claim, scope } })));
    const failed: Draft = { kind: "failed", op: "revoke", request: "one", target: "t", error: "transient" };
    expect((await ledger.record([failed], stamp(60))).is).toBe("appended");
    expect((await ledger.record(revoked("one"), stamp(61))).is).toBe("appended");
    expect(await ledger.verify()).toEqual([]);
  });

  const foreign = (request: string, seq: number, prev: string) =>
    `${JSON.stringify({ at: at(1), because: "expired", end: at(60), kind: "revoked", prev, receipt: {}, request, residue: [], run: "77", seq, target: "orders-db", v: 1 })}\n`;
  const log = (seq: number, day = "2026/11/23") => `log/${day}/${String(seq).padStart(12, "0")}.jsonl`;

  test.each<[string, number, string, string]>([
    ["the same day", 7, "2026/11/23", "f".repeat(64)],
    ["a later day", 7, "2026/11/24", "f".repeat(64)],
    ["a later year, behind a gap", 40, "2031/01/01", "f".repeat(64)],
  ])(
    "(an entry that continues nothing, on %s) closes no case, and the ledger goes on",
    async (_, seq, day, prev) => {
      await meddle({ [log(seq, day)]: foreign("one", seq, prev) });
      const state = await ledger.read();
      expect(codes(state)).toContain("LPS510");
      expect(codes(state)).toContain(seq === 7 ? "LPS501" : "LPS502");
      expect(names(state)).toEqual(["one", "two"]);
      expect((await ledger.record(revoked("two"), stamp(60))).is).toBe("appended");
      expect(names(await gitLedger(repo).read())).toEqual(["one"]);
      expect(await show(log(seq, day))).toContain('"request":"one"');
    },
  );

  test("(a number that would use all up) never stops a revocation", async () => {
    const seq = Number.MAX_SAFE_INTEGER;
    await meddle({ [log(seq)]: foreign("one", seq, "f".repeat(64)), "tip.json": await tip({ seq }) });
    expect((await ledger.record(revoked("one"), stamp(60))).is).toBe("appended");
    const state = await gitLedger(repo).read();
    expect(codes(state)).toContain("LPS510");
    expect(names(state)).toEqual(["two"]);
    expect(state.tip.seq).toBe(7);
  });

  test("(an entry that was changed, and a list without its case) forgets no access", async () => {
    await ledger.record(revoked("one"), stamp(60));
    await ledger.record([{ kind: "admitted", request: "three", admission: anAdmission("three") }], stamp(61));
    const path = log(7);
    await meddle({
      [path]: (await show(path)).replace('"request":"one"', '"request":"two"'),
      "live.jsonl": "",
    });
    const state = await ledger.read();
    expect(codes(state)).toEqual(["LPS510", "LPS501"]);
    expect(names(state)).toContain("two");
  });

  test("is not what a clock that goes back a day leaves behind", async () => {
    await ledger.record(drafts("late", 0, 1), stamp(24 * 60));
    await ledger.record(drafts("three", 0, 1), stamp(1));
    expect(await gitLedger(repo).read()).not.toHaveProperty("findings");
    expect(await ledger.verify()).toEqual([]);
  });
});
