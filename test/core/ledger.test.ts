// Is the ledger's text unambiguous, its chain sound, and does it add up to the right open cases?
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, tame } from "../../src/core/canonical.ts";
import { EMPTY_TIP, nextTip, sealAll } from "../../src/core/chain.ts";
import type { Draft, LiveGrant } from "../../src/core/entry.ts";
import { fold, turn } from "../../src/core/fold.ts";
import { parseEntry, parseLive, parseTip } from "../../src/core/ledger-lines.ts";
import { idPath, logFolders, logPath, seqOfPath } from "../../src/core/ledger-paths.ts";
import type { Instant } from "../../src/core/model.ts";
import { verifier, verifyChain, type Checkpoint, type RawLine } from "../../src/core/verify.ts";
import { aLife, aLive, anAdmission, anAssignment, at, entries, NOON } from "../support/cases.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("canonical text", () => {
  test("E13: is the same for the same value, however its keys are ordered", () => {
    const keys = ["b", "a", "A", "é", "\u{1f600}", "\ufffd", "10", "9"];
    const shuffled = fc.shuffledSubarray(keys, { minLength: keys.length });
    fc.assert(
      fc.property(shuffled, (order) => {
        const value = Object.fromEntries(order.map((key) => [key, { [`${key}2`]: 1, x: [key] }]));
        expect(sha256(canonical(value))).toBe(
          sha256(canonical(Object.fromEntries(keys.map((key) => [key, value[key]])))),
        );
      }),
      { numRuns: 1000 },
    );
    expect(canonical({ "\ufffd": 1, "\u{1f600}": 2 })).toBe('{"\u{1f600}":2,"\ufffd":1}');
  });

  test("E13: is different for different values", () => {
    const values = fc.jsonValue({ noUnicodeString: false, maxDepth: 3 }).map(tame);
    fc.assert(
      fc.property(values, values, (a, b) => {
        const same = canonical(a) === canonical(b);
        expect(JSON.parse(canonical(a))).toEqual(a);
        if (same) expect(a).toEqual(b);
      }),
    );
  });

  test.each<[string, unknown]>([
    ["a fraction", 1.5],
    ["a number that is not exact", 2 ** 53],
    ["no number", NaN],
    ["nothing", undefined],
    ["nothing in an object", { a: undefined }],
    ["a letter in two parts", "e\u0301"],
    ["a key in two parts", { ["e\u0301"]: 1 }],
    ["half a character", "\ud800"],
    ["a date", new Date(0)],
    ["a function", () => 1],
    ["a big integer", 1n],
  ])("does not exist for %s, and a vendor's answer is tamed instead", (_, value) => {
    expect(() => canonical(value)).toThrow(RangeError);
    expect(() => canonical(tame(value))).not.toThrow();
  });

  test("has one form for zero", () => {
    expect(canonical([-0, 0])).toBe("[0,0]");
  });
});

function nth<T>(list: readonly T[], index: number): T {
  const one = list[index];
  if (one === undefined) throw new Error(`there is no ${index}`);
  return one;
}

function sealed(drafts: readonly (readonly [Instant, Draft])[]) {
  return sealAll(
    drafts.map(([when, draft]) => ({ drafts: [draft], at: when, run: "77" })),
    EMPTY_TIP,
    sha256,
  );
}

/** A ledger of three lives, one append each: two ended, one still open. */
function aLedger(): { raw: RawLine[]; checkpoint: Checkpoint } {
  const lives = [aLife("one", 5), aLife("two"), aLife("three", 7)].flat();
  const all = sealed(lives);
  const live = [...fold(new Map(), all.entries).values()];
  const ids = all.entries.flatMap((e) =>
    e.kind === "admitted" ? [[idPath(e.request, sha256), `${e.admission.blob}\n`] as const] : [],
  );
  return {
    raw: all.lines.map((line, i) => ({ path: logPath(NOON, i + 1), line })),
    checkpoint: {
      tip: nextTip(EMPTY_TIP, all.entries, all.hash),
      live: live.map(canonical),
      reviews: [],
      ids: new Map(ids),
    },
  };
}

function findings(raw: readonly RawLine[], checkpoint: Checkpoint): readonly string[] {
  const verify = verifier(sha256);
  for (const line of raw) verify.add(line);
  return [...verify.chain(), ...verify.indexes(checkpoint)].map((f) => f.code);
}

const COUNT = aLedger().raw.length;
const EACH = Array.from({ length: COUNT }, (_, i) => i);

describe("the chain", () => {
  test("of an untouched ledger is sound, and so are its indexes", () => {
    const { raw, checkpoint } = aLedger();
    expect(COUNT).toBe(13);
    expect(findings(raw, checkpoint)).toEqual([]);
  });

  test.each(EACH)("shows an edit of entry %i and where it is", (index) => {
    const { raw, checkpoint } = aLedger();
    const { path, line } = nth(raw, index);
    raw[index] = { path, line: line.replace('"run":"77"', '"run":"78"') };
    const found = verifyChain(raw, sha256);
    if (index === COUNT - 1) expect(findings(raw, checkpoint)).toEqual(["LPS505"]);
    else expect(found).toMatchObject([{ code: "LPS501", at: { file: path } }]);
  });

  test.each(EACH)("shows that entry %i was dropped", (index) => {
    const { raw, checkpoint } = aLedger();
    raw.splice(index, 1);
    const found = verifyChain(raw, sha256);
    if (index === COUNT - 1) expect(findings(raw, checkpoint)).toContain("LPS505");
    else
      expect(found).toMatchObject([
        { code: "LPS502", message: expect.stringContaining(`entry ${index + 1} is missing`) as string },
      ]);
  });

  test.each(EACH.slice(1))("shows that entry %i changed places with the one before", (index) => {
    const { raw } = aLedger();
    const [a, b] = [nth(raw, index - 1), nth(raw, index)];
    raw.splice(index - 1, 2, b, a);
    const codes = verifyChain(raw, sha256).map((f) => f.code);
    expect(codes).toContain("LPS502");
    expect(codes).toContain("LPS503");
  });

  test.each(EACH)("shows an entry that was put in again after entry %i, or one that never was", (index) => {
    const { raw } = aLedger();
    const one = nth(raw, index);
    expect(verifyChain([...raw.slice(0, index + 1), one, ...raw.slice(index + 1)], sha256)).toMatchObject([
      { code: "LPS503" },
    ]);
    const forged = { ...one, line: one.line.replace(/"seq":\d+/, `"seq":${index + 2}`) };
    const codes = verifyChain([...raw.slice(0, index + 1), forged, ...raw.slice(index + 1)], sha256).map(
      (f) => f.code,
    );
    expect(codes.length).toBeGreaterThan(0);
  });

  test.each(EACH)("shows that the tail was cut off after entry %i", (index) => {
    const { raw, checkpoint } = aLedger();
    expect(findings(raw.slice(0, index), checkpoint)).toContain("LPS505");
  });

  test("shows a line that is no entry, or an entry in another form", () => {
    const { raw, checkpoint } = aLedger();
    const [first] = raw as [RawLine];
    expect(findings([{ ...first, line: "{}" }, ...raw.slice(1)], checkpoint)).toContain("LPS504");
    expect(findings([{ ...first, line: ` ${first.line}` }, ...raw.slice(1)], checkpoint)).toContain("LPS504");
    expect(findings([{ ...first, path: logPath(NOON, 9) }, ...raw.slice(1)], checkpoint)).toEqual(["LPS504"]);
  });

  test("shows a checkpoint that forgets a case, and an index that forgets an id", () => {
    const { raw, checkpoint } = aLedger();
    expect(findings(raw, { ...checkpoint, live: [] })).toEqual(["LPS506"]);
    expect(findings(raw, { ...checkpoint, live: [...checkpoint.live, canonical(aLive("x"))] })).toEqual([
      "LPS506",
    ]);
    expect(findings(raw, { ...checkpoint, ids: new Map([...checkpoint.ids].slice(1)) })).toEqual(["LPS507"]);
    expect(findings(raw, { ...checkpoint, tip: undefined })).toEqual(["LPS505"]);
  });

  test("shows entries that no rule allows", () => {
    const life = aLife("one", 5);
    const { lines } = sealed([...life, nth(life, 0), nth(life, 2), ...aLife("two").slice(1)]);
    const raw = lines.map((line, i) => ({ path: logPath(NOON, i + 1), line }));
    const verify = verifier(sha256);
    for (const line of raw) verify.add(line);
    expect(verify.chain()).toEqual([]);
    const messages = verify
      .indexes({ tip: undefined, live: [], reviews: [], ids: new Map() })
      .filter((f) => f.code === "LPS508");
    expect(messages.map((f) => f.message.split(": ")[1])).toEqual([
      "its id was used before",
      "granted without an intent",
      "a grant was intended without an admission",
      "granted without an admission",
    ]);
  });
});

describe("a receipt that comes late", () => {
  type Told = ReturnType<typeof aLife>[number];
  const against = (told: readonly Told[], lastRun = "one") => {
    const run = (i: number) => (i === told.length - 1 ? lastRun : "one");
    const batches = told.map(([when, draft], i) => ({ drafts: [draft], at: when, run: run(i) }));
    const verify = verifier(sha256);
    const { lines } = sealAll(batches, EMPTY_TIP, sha256);
    lines.forEach((line, i) => verify.add({ path: logPath(NOON, i + 1), line }));
    const found = verify.indexes({ tip: undefined, live: [], reviews: [], ids: new Map() });
    return found.filter((f) => f.code === "LPS508").map((f) => f.message.split(": ")[1]);
  };
  const life = aLife("one", 5);
  const granted = nth(life, 2);
  const others = life.filter((one) => one !== granted);

  test("is no offence of the run that had said what it was about to do", () => {
    expect(granted[1].kind).toBe("granted");
    expect(against([...others, granted])).toEqual([]);
    expect(against([...others, granted], "another")).toEqual(["granted without an admission"]);
  });

  test("is one receipt, not a licence", () => {
    expect(against([...life, granted])).toEqual(["granted without an admission"]);
  });
});

describe("open cases", () => {
  const only = (draft: Draft, when = at(1)) => nth(entries([[when, draft]]), 0);
  const assignment = anAssignment();
  const request = "fix-orders";
  const target = "orders-db";
  const DRAFTS = {
    admitted: { kind: "admitted", request, admission: anAdmission() },
    missed: { kind: "missed", request, path: "p", blob: "b", because: "window-over" },
    refused: { kind: "refused", request, path: "p", blob: "b", codes: [] },
    grant: { kind: "intent", op: "grant", request, target, assignment, prestate: "absent" },
    granted: { kind: "granted", request, target, standing: false, receipt: {} },
    revoke: { kind: "intent", op: "revoke", request, target, assignment, because: "file-removed" },
    sent: { kind: "revoke-sent", request, target, because: "expired", receipt: {} },
    revoked: { kind: "revoked", request, target, because: "expired", end: at(60), residue: [], receipt: {} },
    failed: { kind: "failed", op: "revoke", request, target, error: "transient" },
  } satisfies Record<string, Draft>;
  const phases = ["waiting", "granting", "granted", "ending", undefined] as const;
  const ending = { because: "expired", since: at(0) } as const;
  const open = (phase: (typeof phases)[number]): LiveGrant | undefined =>
    phase && aLive(request, { phase, ...(phase === "ending" && { ending }) });

  test.each<[keyof typeof DRAFTS, readonly string[]]>([
    ["admitted", ["waiting!", "granting!", "granted!", "ending!", "waiting"]],
    ["missed", ["closed", "granting!", "granted!", "ending!", "closed"]],
    ["refused", ["closed", "granting!", "granted!", "ending!", "closed"]],
    ["grant", ["granting", "granting", "granting", "ending!", "closed!"]],
    ["granted", ["granted!", "granted", "granted", "ending!", "closed!"]],
    ["revoke", ["ending", "ending", "ending", "ending", "closed"]],
    ["sent", ["ending", "ending", "ending", "ending", "closed"]],
    ["revoked", ["closed", "closed", "closed", "closed", "closed"]],
    ["failed", ["waiting", "granting", "granted", "ending", "closed"]],
  ])("%s, while waiting, granting, granted, ending or without a case", (name, expected) => {
    const turns = phases.map((phase) => turn(open(phase), only(DRAFTS[name])));
    expect(turns.map((t) => (t.open?.phase ?? "closed") + (t.objection === undefined ? "" : "!"))).toEqual(
      expected,
    );
  });

  test("remember what ending needs: assignment, standing, since when, how often it failed", () => {
    const steps: readonly (readonly [Instant, Draft])[] = [
      [at(0), DRAFTS.admitted],
      [at(1), { ...DRAFTS.grant, prestate: "standing" }],
      [at(2), { ...DRAFTS.failed, op: "grant" }],
      [at(3), { ...DRAFTS.failed, op: "grant" }],
      [at(4), { ...DRAFTS.granted, standing: true }],
      [at(5), DRAFTS.granted],
      [at(6), { ...DRAFTS.failed, op: "grant" }],
      [at(7), DRAFTS.revoke],
      [at(8), DRAFTS.failed],
      [at(9), DRAFTS.sent],
      [at(10), DRAFTS.failed],
    ];
    const after = (count: number) => fold(new Map(), entries(steps.slice(0, count))).get(request);
    expect(after(1)).toEqual({ ...anAdmission(), request, phase: "waiting", standing: false });
    expect(after(2)).toMatchObject({ phase: "granting", standing: true, assignment });
    expect(after(4)?.failure).toEqual({ op: "grant", error: "transient", since: at(2), count: 2 });
    expect(after(5)).toMatchObject({ phase: "granted", standing: true, grantedAt: at(4) });
    expect(after(5)).not.toHaveProperty("failure");
    expect(after(6)).toMatchObject({ standing: false, grantedAt: at(4) });
    expect(after(8)).toMatchObject({ phase: "ending", ending: { because: "file-removed", since: at(7) } });
    expect(after(8)).not.toHaveProperty("failure");
    expect(after(11)).toMatchObject({
      ending: { because: "file-removed", since: at(7) },
      failure: { op: "revoke", since: at(8), count: 2 },
      assignment,
    });
  });

  test("another assignment than the intended one never takes its place", () => {
    const other = only({ ...DRAFTS.grant, assignment: { ...assignment, key: "other" } });
    expect(turn(open("granting"), other)).toMatchObject({
      open: { assignment: { key: assignment.key } },
      objection: expect.any(String) as string,
    });
  });

  test("folding is the same in one go and in pieces, and leaves the given map alone", () => {
    const all = sealed([...aLife("one", 5), ...aLife("two")]).entries;
    const whole = fold(new Map(), all);
    for (let cut = 0; cut <= all.length; cut += 1) {
      const half = fold(new Map(), all.slice(0, cut));
      const size = half.size;
      expect(fold(half, all.slice(cut))).toEqual(whole);
      expect(half.size).toBe(size);
    }
    expect([...whole.keys()]).toEqual(["two"]);
  });
});

describe("lines", () => {
  test("come back as they were written", () => {
    const { entries: all, lines } = sealed(aLife("one", 5));
    expect(lines.map(parseEntry)).toEqual(all);
    expect(parseLive(canonical(aLive()))).toEqual(aLive());
    expect(parseTip(canonical(EMPTY_TIP))).toEqual(EMPTY_TIP);
  });

  test.each([
    "",
    "null",
    "[]",
    "1",
    "{}",
    '{"v":1}',
    "{",
    '{"kind":"constructor","v":1,"seq":1,"at":1,"run":"","prev":""}',
  ])("that are not ours are nothing: %s", (line) => {
    expect([parseEntry(line), parseLive(line), parseTip(line)]).toEqual([undefined, undefined, undefined]);
  });

  test("with a field missing are nothing", () => {
    const { lines } = sealed(aLife("one", 5));
    const live = JSON.parse(canonical(aLive())) as Record<string, unknown>;
    for (const key of ["request", "phase", "start", "claim", "standing", "evidence"])
      expect(parseLive(JSON.stringify({ ...live, [key]: undefined }))).toBeUndefined();
    expect(parseLive(JSON.stringify({ ...live, assignment: {} }))).toBeUndefined();
    expect(parseLive(JSON.stringify({ ...live, phase: "gone" }))).toBeUndefined();
    for (const line of lines) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      for (const key of Object.keys(entry).filter(
        (k) => k !== "prestate" && !(k === "because" && entry["op"] !== undefined),
      ))
        expect(parseEntry(JSON.stringify({ ...entry, [key]: undefined }))).toBeUndefined();
    }
  });

  test("are found by day, and ids by their hash", () => {
    expect(logPath(NOON, 42)).toBe("log/2026/11/23/000000000042.jsonl");
    expect(seqOfPath(logPath(NOON, 42))).toBe(42);
    expect(seqOfPath("log/../x.jsonl")).toBeUndefined();
    expect(idPath("fix-orders", sha256)).toBe(`ids/${sha256("fix-orders").slice(0, 2)}/fix-orders`);
    expect(idPath("../x\n", sha256)).toMatch(/^ids\/[0-9a-f]{2}\/=[0-9a-f]{64}$/);
    const folders = logFolders(Date.UTC(2026, 10, 29, 23) as Instant, ["2025", "2026", "2027"]);
    expect(folders).toEqual([
      "log/2026/11/29",
      "log/2026/11/30",
      "log/2026/11/31",
      "log/2026/12",
      "log/2027",
    ]);
  });
});
