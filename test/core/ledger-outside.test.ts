// What if a stranger chose the words of an entry, or wrote the checkpoint? (nothing throws, and no doubt closes a case)
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendMessage } from "../../src/core/append-message.ts";
import { canonical } from "../../src/core/canonical.ts";
import { EMPTY_TIP, sealAll } from "../../src/core/chain.ts";
import type { Draft, Tip } from "../../src/core/entry.ts";
import { parseEntry, parseLive, parseTip } from "../../src/core/ledger-lines.ts";
import { idPath, logPath } from "../../src/core/ledger-paths.ts";
import type { JsonObject } from "../../src/core/model.ts";
import { refolder } from "../../src/core/refold.ts";
import { verifier } from "../../src/core/verify.ts";
import { aLife, aLive, anAdmission, anAssignment, at, NOON } from "../support/cases.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
/** The form of canonical text, for values that have none. */
const inOrder = (value: object) =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort())
      : one,
  );
const E_ACUTE = "cafe\u0301";

/** Texts as file systems, forges and vendors have them: parts of letters, half characters, line breaks. */
const word = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("e", "\u0301", "\ud800", "\udc00", "\n", "\0", "\u202e", "\u2126"))
    .map((parts) => parts.join("")),
);
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => ({ value }) as JsonObject);
const odd = { receipt: json, request: word, target: word };
const because = fc.constant("expired" as const);
const op = fc.constantFrom("grant" as const, "revoke" as const);
const assignment = fc
  .record({ key: word, owner: word, target: word, provider: word, name: word, mark: word })
  .map(({ name, ...rest }) => ({ ...anAssignment(), ...rest, principal: { [name]: name } }));
const admission = fc
  .record({ path: word, blob: word, subject: word, entitlement: word, environment: word, person: word })
  .map(({ person, ...rest }) => {
    const usual = anAdmission();
    const approvals = usual.evidence.approvals.map((one) => ({ ...one, person, commit: person }));
    const claim = { ...usual.claim, identity: person, scope: { [person]: [person] } };
    return { ...usual, ...rest, claim, evidence: { ...usual.evidence, approvals } };
  });
const file = { request: word, path: word, blob: word };
const DRAFT: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ kind: fc.constant("admitted" as const), request: word, admission }),
  fc.record({ kind: fc.constant("refused" as const), ...file, codes: fc.array(word) }),
  fc.record({ kind: fc.constant("missed" as const), ...file, because: word }) as fc.Arbitrary<Draft>,
  fc.record({ kind: fc.constant("intent" as const), op, request: word, target: word, assignment, because }),
  fc.record({ kind: fc.constant("granted" as const), ...odd, standing: fc.boolean() }),
  fc.record({ kind: fc.constant("revoke-sent" as const), ...odd, because }),
  fc.record({
    kind: fc.constant("revoked" as const),
    ...odd,
    because,
    end: fc.constant(NOON),
    residue: fc.array(word),
  }),
  fc.record({ kind: fc.constant("failed" as const), op, request: word, target: word, error: word }),
  fc.record({ kind: fc.constant("heartbeat" as const), main: word }),
  fc.record({ kind: fc.constant("violation" as const), code: word, subject: word }),
);

describe("words from outside", () => {
  test("never keep a draft from being sealed, told and read back", () => {
    fc.assert(
      fc.property(fc.array(DRAFT, { minLength: 1, maxLength: 4 }), word, (drafts, run) => {
        const { entries, lines, hash } = sealAll([{ drafts, at: NOON, run }], EMPTY_TIP, sha256);
        expect(lines.map(parseEntry)).toEqual(entries);
        const message = appendMessage(entries, () => undefined, { receipt: hash, nonce: "n" });
        expect(message).toMatch(/^[\n\x20-\x7e]+$/);
        for (const entry of entries) if ("request" in entry) idPath(entry.request, sha256);
      }),
      { numRuns: 500 },
    );
  });

  test("nor does an answer that never ends", () => {
    const loop: Record<string, unknown> = {};
    loop["loop"] = loop;
    const draft: Draft = {
      kind: "granted",
      request: "a",
      target: "t",
      standing: false,
      receipt: loop as JsonObject,
    };
    const { lines } = sealAll([{ drafts: [draft], at: NOON, run: "77" }], EMPTY_TIP, sha256);
    expect(lines.map(parseEntry)).not.toContain(undefined);
  });

  test("lead to one place, however a name is spelt", () => {
    expect(idPath(E_ACUTE, sha256)).toBe(idPath(E_ACUTE.normalize("NFC"), sha256));
  });
});

describe("an open case", () => {
  const ending = { because: "expired", since: at(1) } as const;
  const failure = { op: "revoke", error: "transient", since: at(1), count: 2 } as const;
  const whole = aLive("one", { phase: "ending", ending, failure });
  const { evidence, claim } = whole;
  const [approval] = evidence.approvals;

  test("is read when it is whole", () => {
    expect(parseLive(canonical(whole))).toEqual(whole);
    expect(inOrder(whole)).toBe(canonical(whole));
  });

  test.each<[string, object]>([
    ["an end without a time", { ending: {} }],
    ["an end that is a list", { ending: [] }],
    ["an end that nothing ordered", { phase: "granted" }],
    ["no end though it is ending", { ending: undefined }],
    ["an end that no calendar has", { end: Number.MAX_SAFE_INTEGER }],
    ["an empty failure", { failure: {} }],
    ["a failure that cannot be counted on", { failure: { ...failure, count: Number.MAX_SAFE_INTEGER } }],
    ["a failure of something else", { failure: { ...failure, op: "look" } }],
    ["approvals that are no list", { evidence: { ...evidence, approvals: {} } }],
    ["an approval by nobody", { evidence: { ...evidence, approvals: [{ ...approval, person: 1 }] } }],
    ["no pull request", { evidence: { ...evidence, pull: undefined } }],
    ["an empty assignment", { assignment: {} }],
    ["a time of granting that is none", { grantedAt: "now" }],
    ["a claim of nothing", { claim: { ...claim, target: undefined } }],
  ])("with %s is none", (_, change) => {
    expect(parseLive(inOrder({ ...whole, ...change }))).toBeUndefined();
  });

  test("is not smuggled in by an admission that says how it goes on", () => {
    const [line = ""] = sealAll(
      [{ drafts: [{ kind: "admitted", request: "a", admission: whole }], at: NOON, run: "77" }],
      EMPTY_TIP,
      sha256,
    ).lines;
    expect(parseEntry(line)).toBeUndefined();
  });
});

test.each([
  { seq: Number.MAX_SAFE_INTEGER },
  { seq: -1 },
  { hash: "x" },
  { main: E_ACUTE },
  { heartbeat: 1e300 },
  { live: 1 },
  { log: {} },
  { log: "log/2026/11/23/000000000001.jsonl\nHEAD" },
])("a tip with %o is none", (change) => {
  const tip = { seq: 1, hash: "0".repeat(64) };
  expect(parseTip(JSON.stringify({ ...tip, half: 0.5 }))).toEqual(tip);
  expect(parseTip(JSON.stringify({ ...tip, ...change }))).toBeUndefined();
});

describe("folding a log that nobody vouches for", () => {
  const lives = [...aLife("one"), ...aLife("two", 5), ...aLife("three")];
  const { lines, hash } = sealAll(
    lives.map(([when, draft]) => ({ drafts: [draft], at: when, run: "77" })),
    EMPTY_TIP,
    sha256,
  );
  const TIP: Tip = { seq: lines.length, hash };
  const refold = (log: readonly string[], known?: Tip) => {
    const folding = refolder(sha256, known);
    log.forEach((line, i) => folding.add({ path: logPath(NOON, i + 1), line }));
    const { live, tip, findings } = folding.done();
    return { open: [...live.keys()], live, tip, codes: findings.map((f) => f.code) };
  };
  /** `two` was revoked by the entry at this place. */
  const REVOKED = 7;

  test("is the same as ever when the chain holds", () => {
    expect(refold(lines, TIP)).toMatchObject({ open: ["one", "three"], tip: TIP, codes: [] });
    expect(refold(lines)).toMatchObject({ open: ["one", "three"], tip: TIP, codes: [] });
  });

  test.each(lines.map((_, i) => i))("forgets no access when entry %i is changed", (i) => {
    const changed = lines.map((line, at) => (at === i ? line.replace('"run":"77"', '"run":"78"') : line));
    const { open, codes } = refold(changed, TIP);
    expect(open).toEqual(expect.arrayContaining(["one", "three"]));
    expect(open.includes("two")).toBe(i === REVOKED || i === REVOKED - 1);
    if (i < lines.length - 1) expect(codes).toContain("LPS501");
  });

  const closing = (request: string, seq: number, prev: string) =>
    canonical({
      kind: "revoked",
      request,
      target: "orders-db",
      because: "expired",
      end: at(60),
      residue: [],
      receipt: {},
      v: 1,
      seq,
      at: at(61),
      run: "77",
      prev,
    });

  test.each<[string, number, string]>([
    ["written after nothing", lines.length + 1, "f".repeat(64)],
    ["that leaves a gap", lines.length + 9, hash],
    ["whose place was passed", 3, hash],
    ["that would use all numbers up", 2 ** 52, hash],
    ["that came behind the tip", lines.length + 1, hash],
  ])("lets no entry close a case %s, and goes on after it", (_, seq, prev) => {
    const { open, tip } = refold([...lines, closing("one", seq, prev)], TIP);
    expect(open).toEqual(["one", "three"]);
    expect(tip.seq).toBeLessThan(1000);
  });

  test("ends a case whose admission is in doubt, and opens none a second time", () => {
    const later = lines.map((line, i) =>
      i === 0 ? line.replace(/"end":\d+/, '"end":253402300799999') : line,
    );
    expect(refold(later, TIP).live.get("one")).toMatchObject({
      phase: "ending",
      assignment: anAssignment("one"),
    });
    const again = [...lines.slice(0, REVOKED + 1), lines[3] ?? "", ...lines.slice(REVOKED + 1)];
    const { open, codes } = refold(again, TIP);
    expect(open).toEqual(["one", "three"]);
    expect(codes).toContain("LPS503");
  });

  test("never throws, nor does the audit, whatever a line holds", () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const [first = ""] = lines;
    const odd = [
      first.replace('"scope":{}', '"scope":{"share":0.5,"cafe\u0301":1}'),
      first.replace('"scope":{}', `"scope":{"deep":${deep}}`),
    ];
    for (const line of odd) {
      expect(line).not.toBe(first);
      const { live, codes } = refold([line, ...lines.slice(1)], TIP);
      expect(codes).toContain("LPS504");
      for (const open of live.values()) expect(() => canonical(open)).not.toThrow();
      const verify = verifier(sha256);
      verify.add({ path: logPath(NOON, 1), line });
      expect(verify.indexes({ tip: TIP, live: [], reviews: [], ids: new Map() }).length).toBeGreaterThan(0);
    }
  });
});
