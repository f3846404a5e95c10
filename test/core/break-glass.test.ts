// Which comments are a review, whom does an overdue one stop, and what does the ledger remember of it?
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { judgeReviews, owing, phrase } from "../../src/core/break-glass.ts";
import { canonical } from "../../src/core/canonical.ts";
import { EMPTY_TIP, sealAll } from "../../src/core/chain.ts";
import type { Draft, OpenReview } from "../../src/core/entry.ts";
import type { IssueComment } from "../../src/core/facts.ts";
import { foldReviews } from "../../src/core/fold-reviews.ts";
import { parseEntry, parseReview } from "../../src/core/ledger-lines.ts";
import { logPath } from "../../src/core/ledger-paths.ts";
import type { Instant } from "../../src/core/model.ts";
import { refolder } from "../../src/core/refold.ts";
import { aDuty, anAdmission, anAssignment, at, NOON } from "../support/cases.ts";
import { ACCOUNTS, policies } from "../support/company.ts";
import { catalogOf } from "./policy-world.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const files = Object.entries(policies()).filter(([path]) => path.startsWith("policies/"));
const catalog = catalogOf(
  files.map(([path, text]) => ({ path, mode: "100644", bytes: new TextEncoder().encode(text) })),
);
const NOW = at(60);

/** carol broke the glass in a pull request of dan's, to which erin pushed; any owner may review. */
const REVIEW: OpenReview = {
  ...aDuty(120),
  ...{ request: "fire", subject: "carol", entitlement: "orders-write", pull: 7, author: 1004 },
  ...{ account: 1003, hands: [1004, 1005], since: at(1), issue: 8 },
};

function comment(who: string, changes: Partial<IssueComment> = {}): IssueComment {
  const account = ACCOUNTS.find(({ login }) => login === who);
  const user = account ? { id: account.id, login: who, type: account.type ?? "User" } : null;
  const createdAt = at(10);
  return { id: 1, user, body: phrase(REVIEW.digest), createdAt, updatedAt: createdAt, ...changes };
}

const judged = (comments: readonly IssueComment[], review = REVIEW, now: Instant = NOW) =>
  judgeReviews([{ review, comments }], catalog, now);

describe("a comment on the review's issue", () => {
  test("counts by a person who is named and had no hand in it", () => {
    const { reviewed, owed } = judged([comment("rita")]);
    expect(reviewed.map(({ votes }) => votes)).toEqual([
      [{ person: "rita", user: 1006, comment: 1, at: at(10) }],
    ]);
    expect(owed).toEqual([]);
  });

  test.each([
    ["human", comment("robo"), "not a person's account"],
    ["listed", comment("bob"), "is not one of group:owners"],
    ["not-subject", comment("carol"), "is the subject"],
    ["not-subject, by her other account", comment("carol-private"), "is the subject"],
    ["no-hand-in-it", comment("dan"), "opened, pushed or committed"],
    ["this-content", comment("rita", { body: `reviewed sha256:${"0".repeat(64)}` }), "names other content"],
    [
      "after-the-grant",
      comment("rita", { createdAt: at(1), updatedAt: at(1) }),
      "before the access was given",
    ],
    ["unedited", comment("rita", { updatedAt: at(11) }), "was edited"],
  ])("does not count: %s", (_, one, why) => {
    const { reviewed, owed, findings } = judged([one]);
    expect(reviewed).toEqual([]);
    expect(owed).toEqual([REVIEW]);
    expect(findings.map((f) => f.code)).toEqual(["LPS332", "LPS331"]);
    expect(findings[0]?.message).toContain(why);
  });

  test("does not count where the subject was renamed, the account is gone, or it is only quoted", () => {
    expect(judged([comment("carol")], { ...REVIEW, subject: "caroline" }).reviewed).toEqual([]);
    expect(judged([comment("nobody")]).reviewed).toEqual([]);
    expect(judged([comment("rita", { body: `> ${phrase(REVIEW.digest)}` })]).findings).toHaveLength(1);
    expect(judgeReviews([{ review: REVIEW, comments: [comment("rita")] }], undefined, NOW).reviewed).toEqual(
      [],
    );
  });

  test("is one person's vote, however many accounts wrote it", () => {
    const two = { ...REVIEW, subject: "ann", account: 1001, count: 2 };
    expect(judged([comment("carol"), comment("carol-private")], two).reviewed).toEqual([]);
    expect(judged([comment("carol"), comment("rita")], two).reviewed).toHaveLength(1);
  });
});

describe("an overdue review", () => {
  const why = (subject: string, author: number | undefined, review = REVIEW, now: Instant = at(120)) =>
    owing([review], { subject, ...(author !== undefined && { author }) }, catalog, now);

  test("stops its subject and whoever opened it, as whom they ask", () => {
    expect(why("carol", 1001)).toContain("issue #8");
    expect(why("ann", 1103)).toContain("fire");
    expect(why("dan", undefined)).toContain("fire");
    expect(why("ann", 1004)).toContain("fire");
    expect(why("ann", 1001)).toBeUndefined();
    expect(why("erin", 1005)).toBeUndefined();
    expect(why("carol", 1003, { ...REVIEW, subject: "renamed-since" })).toContain("fire");
  });

  test("stops nobody before its day, and nobody where nothing was given", () => {
    expect(why("carol", 1003, REVIEW, (at(120) - 1) as Instant)).toBeUndefined();
    const given = Object.entries(REVIEW).filter(([key]) => key !== "since");
    const unused = Object.fromEntries(given) as unknown as OpenReview;
    expect(why("carol", 1003, unused)).toBeUndefined();
  });
});

const admitted: Draft = {
  kind: "admitted",
  request: "fire",
  admission: anAdmission("fire", { breakGlass: true, review: aDuty(120) }),
};
const intent: Draft = {
  ...{ kind: "intent", op: "grant", request: "fire", target: "orders-db" },
  assignment: anAssignment("fire"),
};
const votes = [{ person: "rita", user: 1006, comment: 1, at: at(10) }];
const digest = "e".repeat(64);
const review: Draft = { kind: "breakglass-review", request: "fire", digest, votes };
const issue: Draft = { kind: "breakglass-issue", request: "fire", issue: 8 };
const revoked: Draft = {
  ...{ kind: "revoked", request: "fire", target: "orders-db", because: "expired", end: at(60) },
  ...{ residue: [], receipt: {} },
};

const sealed = (drafts: readonly Draft[]) => sealAll([{ drafts, at: NOON, run: "test" }], EMPTY_TIP, sha256);
const owedAfter = (...drafts: readonly Draft[]) => [
  ...foldReviews(new Map(), sealed(drafts).entries).values(),
];

describe("the ledger", () => {
  test("owes from the admission on, whatever ends the access, until enough people reviewed it", () => {
    expect(owedAfter(admitted, intent, issue, revoked)).toMatchObject([
      { request: "fire", subject: "ann", author: 1001, pull: 412, issue: 8, since: NOON, due: at(120) },
    ]);
    expect(owedAfter(admitted, intent, issue, revoked, review)).toEqual([]);
  });

  test("owes nothing for what was never given", () => {
    const missed: Draft = {
      ...{ kind: "missed", request: "fire", path: "", blob: "" },
      because: "no-longer-allowed",
    };
    expect(owedAfter(admitted, missed)).toEqual([]);
    expect(owedAfter(admitted, intent, missed)).toHaveLength(1);
  });

  test.each([
    ["about other content", { ...review, digest: "0".repeat(64) }],
    ["by too few people", { ...review, votes: [] }],
  ] satisfies readonly (readonly [string, Draft])[])("closes none by an entry %s", (_, entry) => {
    expect(owedAfter(admitted, intent, entry)).toHaveLength(1);
  });

  test("reads its lines strictly, and writes what it reads", () => {
    for (const line of sealed([admitted, intent, issue, review]).lines)
      expect(parseEntry(line)).toBeDefined();
    const [open] = owedAfter(admitted, intent, issue);
    const fields = JSON.parse(canonical(open)) as Record<string, unknown>;
    expect(parseReview(JSON.stringify(fields))).toEqual(open);
    for (const key of Object.keys(fields))
      expect([key, parseReview(JSON.stringify({ ...fields, [key]: { odd: true } }))]).toEqual([
        key,
        undefined,
      ]);
  });

  test("in doubt opens a review and closes none", () => {
    const { lines } = sealed([admitted, intent, review]);
    const refold = (tip?: { readonly seq: number; readonly hash: string }) => {
      const folding = refolder(sha256, tip);
      for (const line of lines) folding.add({ path: logPath(NOON, 1), line });
      return folding.done().reviews.size;
    };
    const whole = sealed([admitted, intent, review]);
    expect(refold({ seq: 3, hash: whole.hash })).toBe(0);
    // The tip does not vouch for the last entry, which closes the review.
    expect(refold({ seq: 2, hash: sealed([admitted, intent]).hash })).toBe(1);
  });
});
