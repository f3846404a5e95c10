// Does the ledger on a branch keep every entry, whoever writes, whatever breaks, whoever meddles?
import { existsSync } from "node:fs";
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Draft } from "../src/core/entry.ts";
import type { Instant } from "../src/core/model.ts";
import { gitLedger, type GitLedger } from "../src/repo/git-ledger.ts";
import { gitRepo, type GitRepo } from "../src/repo/git.ts";
import type { Appended } from "../src/repo/ledger.ts";
import { aLife, anAdmission, at } from "./support/cases.ts";
import { commitFiles, git, playground, type Playground } from "./support/clones.ts";

let ground: Playground;
beforeEach(async () => {
  ground = await playground();
  const root = await commitFiles(ground.remote, [], { a: "1" });
  await git(ground.remote, "update-ref", "refs/heads/main", root);
});
afterEach(async () => {
  await ground.remove();
});

interface Applier {
  readonly dir: string;
  readonly repo: GitRepo;
  readonly ledger: GitLedger;
}
async function applier(...options: readonly string[]): Promise<Applier> {
  const dir = await ground.clone(...options);
  const repo = gitRepo({ dir, timeout: 20_000 });
  await repo.fetch();
  return { dir, repo, ledger: gitLedger(repo) };
}

const stamp = (minutes = 0) => ({ at: at(minutes), run: "77" });
const admitted = (request: string): Draft => ({ kind: "admitted", request, admission: anAdmission(request) });
const drafts = (request: string, from = 0, to = 5): readonly Draft[] =>
  aLife(request, 5)
    .slice(from, to)
    .map(([, draft]) => draft);
const revoked = (request: string): readonly Draft[] => drafts(request, 4);
const ledgerLog = () => git(ground.remote, "log", "--reverse", "--format=%s", "lapse/ledger");

function entriesOf(appended: Appended) {
  if (appended.is !== "appended") throw new Error(appended.is);
  return appended.entries;
}

/** Admits and grants these requests, one append each. */
async function grown(ledger: GitLedger, ...requests: readonly string[]): Promise<void> {
  for (const request of requests) entriesOf(await ledger.record(drafts(request, 0, 3), stamp()));
}

describe("an append", () => {
  test("begins an orphan branch, changes only what it must, and reads back", async () => {
    const { ledger, dir } = await applier();
    const empty = await ledger.read();
    expect(empty).toEqual({ tip: { seq: 0, hash: "0".repeat(64) }, live: [], reviews: [], commit: "" });
    const main = await git(dir, "rev-parse", "origin/main");
    const appended = await ledger.decide([admitted("one")], stamp(), empty, main);
    expect(entriesOf(appended)).toMatchObject([{ seq: 1, kind: "admitted", run: "77", at: at(0) }]);
    await grown(ledger, "two");
    await ledger.record(revoked("two"), stamp(24 * 60));
    const files = await git(ground.remote, "ls-tree", "-r", "--name-only", "lapse/ledger");
    expect(
      files
        .replace(/(?<=ids\/)../g, "xx")
        .split("\n")
        .sort(),
    ).toEqual([
      "ids/xx/one",
      "ids/xx/two",
      "live.jsonl",
      "log/2026/11/23/000000000001.jsonl",
      "log/2026/11/23/000000000002.jsonl",
      "log/2026/11/24/000000000005.jsonl",
      "tip.json",
    ]);
    expect(await ledgerLog()).toBe(
      "Admitted: ann, orders-db-read until 2026-11-23T13:00:00Z, approved by carol\n" +
        "Admitted: ann, orders-db-read until 2026-11-23T13:00:00Z, approved by carol\n" +
        "Revoked: ann, orders-db-read at 2026-11-24T12:00:00Z (expired)",
    );
    const state = await (await applier()).ledger.read();
    expect(state).toMatchObject({ tip: { seq: 5, main }, live: [{ request: "one", phase: "waiting" }] });
    expect(await git(dir, "status", "--porcelain")).toBe("");
    expect(await ledger.verify()).toEqual([]);
  });

  test("says which ids were ever used, in the remote or kept here, odd ones included", async () => {
    const { ledger } = await applier();
    const odd = "../évil\n";
    await ledger.record(
      [admitted("one"), { kind: "refused", request: odd, path: "p", blob: "b", codes: [] }],
      stamp(),
    );
    expect(await ledger.used(["one", "two", odd])).toEqual(new Set(["one", odd]));
    await rename(ground.remote, `${ground.remote}.away`);
    await ledger.record(
      [{ kind: "missed", request: "two", path: "p", blob: "b", because: "window-over" }],
      stamp(),
    );
    expect(await ledger.used(["one", "two", "three"])).toEqual(new Set(["one", "two"]));
  });

  test("that admits a used id, or grants without an admission, is a bug and writes nothing", async () => {
    const { ledger } = await applier();
    await grown(ledger, "one");
    await ledger.record(revoked("one"), stamp());
    const state = await ledger.read();
    await expect(ledger.decide([admitted("one")], stamp(), state)).rejects.toThrow("id was used before");
    await expect(ledger.decide(drafts("two", 1, 2), stamp(), state)).rejects.toThrow("without an admission");
    expect((await ledger.read()).commit).toBe(state.commit);
  });

  test("of nothing but a processed main moves the tip's main alone; a heartbeat moves its time alone", async () => {
    const { ledger, dir } = await applier();
    const main = await git(dir, "rev-parse", "origin/main");
    await ledger.decide([], stamp(), await ledger.read(), main);
    await ledger.record([{ kind: "heartbeat", main: "f".repeat(40) }], stamp(5));
    expect((await ledger.read()).tip).toMatchObject({ seq: 1, main, heartbeat: at(5) });
  });

  test("keeps a receipt that holds what is not canonical", async () => {
    const { ledger } = await applier();
    await grown(ledger, "one");
    const receipt = { took: 0.25, text: "e\u0301\ud800" };
    await ledger.record(
      [
        {
          kind: "revoked",
          request: "one",
          target: "t",
          because: "expired",
          end: at(60),
          residue: [],
          receipt,
        },
      ],
      stamp(),
    );
    expect((await ledger.since(at(0))).at(-1)).toMatchObject({ receipt: { took: "0.25", text: "é\ufffd" } });
    expect(await ledger.verify()).toEqual([]);
  });

  test("since a day reads that day on, and what was written late about an earlier time", async () => {
    const { ledger } = await applier();
    for (const [request, minutes] of [
      ["one", -24 * 60],
      ["two", 0],
      ["three", 60 * 24 * 40],
    ] as const)
      await ledger.record([admitted(request)], stamp(minutes));
    const names = async (from: Instant) =>
      (await ledger.since(from)).map((e) => ("request" in e ? e.request : ""));
    expect(await names(at(-24 * 60))).toEqual(["one", "two", "three"]);
    expect(await names(at(0))).toEqual(["two", "three"]);
    expect(await names(at(1))).toEqual(["three"]);
    expect(await names(0 as Instant)).toEqual(["one", "two", "three"]);
  });
});

describe("a race", () => {
  test("is lost by the decision that came second, which writes nothing; a fact is folded onto the new tip", async () => {
    const [a, b] = await Promise.all([applier(), applier()]);
    const [fromA, fromB] = [await a.ledger.read(), await b.ledger.read()];
    expect((await a.ledger.decide([admitted("one")], stamp(), fromA)).is).toBe("appended");
    expect((await b.ledger.decide([admitted("one")], stamp(), fromB)).is).toBe("lost-race");
    const recorded = await b.ledger.record([admitted("two")], stamp());
    expect(entriesOf(recorded)).toMatchObject([{ seq: 2 }]);
    expect((await a.ledger.decide([admitted("three")], stamp(), await a.ledger.read())).is).toBe("lost-race");
    await a.repo.fetch();
    const seen = await a.ledger.read();
    expect((await a.ledger.decide([admitted("three")], stamp(), fromA)).is).toBe("lost-race");
    expect((await a.ledger.decide([admitted("three")], stamp(), seen)).is).toBe("appended");
    expect(await a.ledger.verify()).toEqual([]);
  });
});

describe("without the remote", () => {
  const away = () => rename(ground.remote, `${ground.remote}.away`);
  const back = () => rename(`${ground.remote}.away`, ground.remote);

  test("facts are kept in order, count at once, survive the process, and go out with the next append", async () => {
    const { ledger, repo, dir } = await applier();
    await grown(ledger, "one", "two");
    await away();
    expect(await ledger.record(drafts("one", 3, 4), stamp(60))).toMatchObject({ is: "kept" });
    expect(await ledger.record(revoked("one"), stamp(60))).toMatchObject({ is: "kept" });
    expect(await ledger.record([{ kind: "heartbeat", main: "" }], stamp(61))).toMatchObject({ is: "kept" });
    const reborn = gitLedger(repo);
    const state = await reborn.read();
    expect(state.live.map((g) => g.request)).toEqual(["two"]);
    expect(state.tip).toMatchObject({ seq: 6, heartbeat: at(61) });
    expect((await reborn.since(at(60))).map((e) => e.kind)).toEqual(["intent", "revoked", "heartbeat"]);
    expect(await reborn.decide([admitted("three")], stamp(62), state)).toMatchObject({ is: "kept" });
    expect((await reborn.since(at(60))).map((e) => e.kind)).toEqual(["intent", "revoked", "heartbeat"]);
    await back();
    const out = await reborn.decide([admitted("three")], stamp(63), await reborn.read());
    expect(entriesOf(out).map((e) => [e.seq, e.kind, e.at])).toEqual([
      [7, "intent", at(60)],
      [8, "revoked", at(60)],
      [9, "heartbeat", at(61)],
      [10, "admitted", at(63)],
    ]);
    expect(await readdir(join(dir, ".git", "lapse", "outbox"))).toEqual([]);
    expect(await (await applier()).ledger.verify()).toEqual([]);
  });

  test("a run that dies between commit and push leaves the ledger as it was, and its next run goes on", async () => {
    const { ledger, repo } = await applier();
    await grown(ledger, "one");
    const before = await ledger.read();
    const dying = gitLedger({ ...repo, push: () => Promise.reject(new Error("killed")) });
    await expect(dying.record(revoked("one"), stamp(60))).rejects.toThrow("killed");
    expect(await gitLedger(repo).read()).toEqual(before);
    entriesOf(await gitLedger(repo).record(revoked("one"), stamp(60)));
    expect(await ledger.verify()).toEqual([]);
  });

  test("receipts whose push got through, though nobody heard of it, are not written twice", async () => {
    const { ledger, repo } = await applier();
    await grown(ledger, "one");
    const deaf = gitLedger({
      ...repo,
      push: async (...args) => {
        await repo.push(...args);
        await away();
        return repo.push(...args);
      },
    });
    expect((await deaf.record(revoked("one"), stamp(60))).is).toBe("kept");
    await back();
    await repo.fetch();
    expect((await ledger.read()).live).toEqual([]);
    await ledger.record([{ kind: "heartbeat", main: "" }], stamp(61));
    expect((await ledger.since(at(60))).map((e) => e.kind)).toEqual(["revoked", "heartbeat"]);
  });

  test("damaged receipts are reported and left alone", async () => {
    const { ledger, dir } = await applier();
    await away();
    await ledger.record([admitted("one")], stamp());
    const folder = join(dir, ".git", "lapse", "outbox");
    const [name = ""] = await readdir(folder);
    await writeFile(join(folder, name), "{ torn");
    await back();
    const state = await ledger.read();
    expect(state.findings).toMatchObject([{ code: "LPS511" }]);
    await ledger.record([admitted("two")], stamp());
    expect(existsSync(join(folder, name))).toBe(true);
  });
});

describe("meddling", () => {
  /** Replaces files of the ledger behind Lapse's back. */
  async function meddle(files: Readonly<Record<string, string | null>>): Promise<void> {
    const tip = await git(ground.remote, "rev-parse", "lapse/ledger");
    const next = await commitFiles(ground.remote, [tip], files);
    await git(ground.remote, "update-ref", "refs/heads/lapse/ledger", next);
  }
  const log = (seq: number) => `log/2026/11/23/${String(seq).padStart(12, "0")}.jsonl`;
  const show = async (path: string) => `${await git(ground.remote, "show", `lapse/ledger:${path}`)}\n`;
  const codes = async () =>
    (await (await applier()).ledger.verify()).map((f) => `${f.code} ${f.at?.file ?? ""}`.trim());

  beforeEach(async () => {
    const { ledger } = await applier();
    await grown(ledger, "one", "two", "three");
  });

  test("E1: an edited, dropped, moved or inserted entry is found where it is", async () => {
    const original = await show(log(4));
    await meddle({
      [log(4)]: original.replace('"seq":5', '"run":"evil","seq":5').replace('"run":"77","seq":5', '"seq":5'),
    });
    expect(await codes()).toContain(`LPS504 ${log(4)}`);
    await meddle({ [log(4)]: original.replace('"user":1003', '"user":1009') });
    expect(await codes()).toContain(`LPS501 ${log(4)}`);
    await meddle({ [log(4)]: null });
    expect(await codes()).toEqual([`LPS502 ${log(7)}`, "LPS506", "LPS507"]);
    await meddle({ [log(4)]: await show(log(7)), [log(7)]: original });
    expect(await codes()).toContain(`LPS502 ${log(4)}`);
    await meddle({ [log(4)]: original, [log(7)]: null });
    expect(await codes()).toContain("LPS505");
  });

  test("an index that was changed is found, whatever it forgets", async () => {
    const live = await show("live.jsonl");
    await meddle({ "live.jsonl": live.split("\n").slice(1).join("\n") });
    expect(await codes()).toEqual(["LPS506"]);
    const [id = ""] = (
      await git(ground.remote, "ls-tree", "-r", "--name-only", "lapse/ledger", "ids/")
    ).split("\n");
    await meddle({ "live.jsonl": live, [id]: null });
    expect(await codes()).toEqual(["LPS507"]);
  });

  test.each<[string, Record<string, string | null>]>([
    ["a torn tip", { "tip.json": "{" }],
    ["a torn list of open cases", { "live.jsonl": "{}\n" }],
    ["no checkpoint at all", { "tip.json": null, "live.jsonl": null }],
  ])("with %s the log is read instead, and the next append mends it", async (_, files) => {
    const { ledger, repo } = await applier();
    const before = await ledger.read();
    await meddle(files);
    await repo.fetch();
    const rebuilt = await ledger.read();
    expect(rebuilt.live).toEqual(before.live);
    // What was rebuilt is always written, so that a torn list of reviews cannot stay.
    expect(rebuilt.tip).toEqual({ ...before.tip, reviews: expect.any(String) as string });
    expect(rebuilt.findings).toMatchObject([{ code: "LPS510" }]);
    await ledger.record(revoked("one"), stamp(60));
    expect(await ledger.verify()).toEqual([]);
  });

  test("D23: a rollback or a rewrite freezes decisions; what was seen still counts, and receipts are kept", async () => {
    const { ledger, repo } = await applier();
    const before = await ledger.read();
    for (const move of [
      ["refs/heads/lapse/ledger~2"],
      [await commitFiles(ground.remote, [], { "tip.json": "{}" })],
      undefined,
    ]) {
      const tip = before.commit;
      const to =
        move === undefined ? ["-d", "refs/heads/lapse/ledger"] : ["refs/heads/lapse/ledger", ...move];
      await git(ground.remote, "update-ref", ...to);
      expect(await repo.fetch()).toBe(true);
      const state = await ledger.read();
      expect(state).toMatchObject({ commit: tip, live: before.live, findings: [{ code: "LPS509" }] });
      expect(await ledger.decide([admitted("four")], stamp(), state)).toMatchObject({
        is: "kept",
        reason: expect.stringContaining("ledger was rewritten") as string,
      });
      await git(ground.remote, "update-ref", "refs/heads/lapse/ledger", tip);
    }
    await git(ground.remote, "update-ref", "refs/heads/lapse/ledger", `${before.commit}~1`);
    await repo.fetch();
    expect((await ledger.record(revoked("one"), stamp(60))).is).toBe("kept");
    expect((await ledger.read()).live.map((g) => g.request)).toEqual(["three", "two"]);
    await git(ground.remote, "update-ref", "refs/heads/lapse/ledger", before.commit);
    await repo.fetch();
    expect(entriesOf(await ledger.record([{ kind: "heartbeat", main: "" }], stamp(61)))).toHaveLength(2);
    expect(await ledger.verify()).toEqual([]);
  });
});
