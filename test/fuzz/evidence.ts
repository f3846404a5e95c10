// Is consent ever found proved that a second, plainer reading of the same facts does not find? (laws)
import fc from "fast-check";
import { expect } from "vitest";
import { judgeConsent, type ConsentCase } from "../../src/core/consent.ts";
import type { Landing, PullFacts, Rulebook } from "../../src/core/evidence.ts";
import type { Activity, Review, User } from "../../src/core/facts.ts";
import type { Decision, Instant } from "../../src/core/model.ts";
import { catalog, ENTITLEMENT, REQUEST, RULES } from "./small-company.ts";
import { law, type Law } from "./law.ts";

const BLOBS = ["blob-a", "blob-b"] as const;
const at = (n: number) => (1_000_000 + n) as Instant;
const user = (id: number): User => ({ id, login: `u${String(id)}`, type: id === 1007 ? "Bot" : "User" });
const ids = fc.constantFrom(1001, 1002, 1003, 1103, 1004, 1005, 1006, 1007, 1666);
const when = fc.integer({ min: 0, max: 9 });

const review: fc.Arbitrary<Omit<Review, "id">> = fc.record({
  user: fc.option(ids.map(user), { freq: 12 }),
  state: fc.constantFrom("APPROVED", "APPROVED", "APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"),
  submittedAt: fc.option(when.map(at), { freq: 20 }),
  commit: fc.constantFrom("head", "old", null),
  body: fc.constantFrom(
    "",
    "approve sha256:d1",
    "> approve sha256:d1",
    "do not approve sha256:d1",
    "ok\r\n approve sha256:d1 ",
  ),
});
const activity: fc.Arbitrary<Activity> = fc
  .record({
    kind: fc.constantFrom("push", "force_push", "branch_deletion"),
    at: when.map(at),
    actor: fc.option(ids.map(user), { freq: 9 }),
  })
  .map((one) => ({ ...one, id: 1, ref: "refs/heads/x", before: "b", after: "head" }));

interface Facts {
  readonly reviews: readonly Review[];
  readonly pushes: readonly Activity[];
  readonly retargeted: readonly Instant[];
  readonly author: User | null;
  readonly committers: readonly (User | null)[];
  readonly headBlob: string;
  readonly oldBlob: string;
  readonly mergedAt: Instant;
  readonly kind: string;
  readonly fork: boolean;
  readonly more: boolean;
  readonly writers: readonly number[];
  readonly risk: "medium" | "critical";
  readonly subject: "ann" | "dan";
}

/** Mostly right, so that both answers come often. */
const mostly = <T>(right: T, wrong: T) =>
  fc.boolean().chain((a) => fc.boolean().map((b) => (a || b ? right : wrong)));
const facts: fc.Arbitrary<Facts> = fc.record({
  reviews: fc.array(review, { maxLength: 5 }).map((all) => all.map((one, i) => ({ ...one, id: i + 1 }))),
  pushes: fc.array(activity, { maxLength: 2 }),
  retargeted: fc.array(when.map(at), { maxLength: 1 }),
  author: fc.option(ids.map(user), { freq: 9 }),
  committers: fc.array(fc.option(ids.map(user), { freq: 9 }), { maxLength: 2 }),
  headBlob: mostly<string>(...BLOBS),
  oldBlob: fc.constantFrom<string>(...BLOBS),
  mergedAt: fc.constantFrom(at(9), at(9), at(5)),
  kind: mostly("pr_merge", "push"),
  fork: mostly(false, true),
  more: mostly(false, true),
  writers: fc.constantFrom([1001, 1002, 1003, 1103, 1004, 1005, 1007], [1004], []),
  risk: fc.constantFrom("medium", "critical"),
  subject: fc.constantFrom("ann", "dan"),
});

function caseOf(f: Facts): ConsentCase {
  const pull: PullFacts["pull"] = {
    ...{
      number: 7,
      title: "t",
      url: "u",
      state: "closed",
      merged: true,
      mergedAt: f.mergedAt,
      mergedBy: null,
    },
    ...{ createdAt: at(0), author: f.author, base: { ref: "main", repository: 1 }, mergeCommit: "m" },
    head: { ref: "x", sha: "head", repository: f.fork ? 2 : 1, owner: null },
  };
  const timeline = f.retargeted.map((moment) => ({ event: "base_ref_changed", at: moment, actor: null }));
  const added = { status: "A" as const, oldMode: "000000", newMode: "100644", oldOid: "0", newOid: BLOBS[0] };
  const more = f.more ? [{ ...added, path: "README.md" }] : [];
  const demand: Decision = {
    ...{ effect: "Permit", findings: [], rules: [] },
    obligations: {
      approvals: [{ approvers: ["carol", "dan", "rita", "robo"], from: ["group:owners"], count: 1 }],
      cap: REQUEST.duration,
    },
  };
  const rules: Rulebook = RULES;
  const request = { ...REQUEST, subject: f.subject };
  const landing: Landing = {
    ...{
      defaultBranch: "main",
      repository: 1,
      atMerge: rules,
      changes: [{ ...added, path: REQUEST.path }, ...more],
    },
    push: {
      id: 1,
      kind: f.kind,
      ref: "refs/heads/main",
      before: "b",
      after: "m",
      at: f.mergedAt,
      actor: null,
    },
    pulls: [
      {
        ...{
          pull,
          reviews: f.reviews,
          committers: f.committers,
          timeline,
          headActivity: f.pushes,
          headBlob: f.headBlob,
        },
        reviewBlobs: new Map([
          ["head", f.headBlob],
          ["old", f.oldBlob],
        ]),
        permissions: new Map(f.writers.map((id) => [id, "write"])),
      },
    ],
    atReview: new Map(f.reviews.map(({ id }) => [id, rules])),
  };
  const candidate = {
    path: REQUEST.path,
    id: REQUEST.id,
    blob: BLOBS[0],
    digest: "d1",
    request,
    findings: [],
    landing,
  };
  return {
    candidate,
    request,
    landing,
    now: rules,
    decisions: { atMerge: demand, now: demand },
    entitlement: { ...ENTITLEMENT, risk: f.risk },
  };
}

const OWNERS = ["carol", "dan", "rita", "robo"];
const person = (id: number | undefined) =>
  catalog.people.find((p) => p.forge.id === id || p.otherAccounts.some((a) => a.id === id))?.name;

/** Did this account, or the same human's other one, open the pull request or touch its branch? */
function hadAHand(f: Facts, id: number | undefined): boolean {
  const hands = [f.author?.id, ...f.committers.map((c) => c?.id), ...f.pushes.map((p) => p.actor?.id)];
  const known = hands.filter((one) => one !== undefined);
  return known.some((one) => one === id || (person(one) !== undefined && person(one) === person(id)));
}

/** Is the file's content what this review was about, in words too where access is critical? */
function isAboutThis(f: Facts, { commit, body }: Review): boolean {
  const seen = { head: f.headBlob, old: f.oldBlob }[commit ?? ""];
  const said = body.split(/\r?\n/u).some((line) => line.trim() === "approve sha256:d1");
  return seen === BLOBS[0] && (f.risk !== "critical" || said);
}

function isTimely(f: Facts, said: number): boolean {
  const pushed = f.pushes.flatMap((p) => (p.kind === "branch_deletion" ? [] : [p.at]));
  const changed = [at(0), ...pushed, ...f.retargeted].filter((t) => t <= f.mergedAt);
  return changed.every((t) => said > t) && said <= f.mergedAt;
}

function isAble({ writers }: Facts, account: User | null): boolean {
  return account?.type === "User" && writers.includes(account.id);
}

function isGood(f: Facts, r: Review): boolean {
  return [
    OWNERS.includes(person(r.user?.id) ?? "") && person(r.user?.id) !== f.subject,
    isAble(f, r.user),
    !hadAHand(f, r.user?.id),
    isAboutThis(f, r),
    isTimely(f, r.submittedAt ?? Infinity),
  ].every(Boolean);
}

/** Written from the promise, not from the code: is some owner's last word a good yes, and no owner's a no? */
function plainly(f: Facts): boolean {
  const words = [...f.reviews]
    .filter((r) => r.state !== "COMMENTED" && !(r.state === "APPROVED" && (r.submittedAt ?? 0) > f.mergedAt))
    .sort((a, b) => (a.submittedAt ?? 0) - (b.submittedAt ?? 0) || a.id - b.id);
  const accounts = [...new Set(words.flatMap((r) => r.user?.id ?? []))];
  const last = accounts.flatMap((id) => words.findLast((r) => r.user?.id === id) ?? []);
  const no = last.some((r) => r.state !== "APPROVED" && OWNERS.includes(person(r.user?.id) ?? ""));
  const shape = f.kind === "pr_merge" && !f.fork && !f.more && f.headBlob === BLOBS[0];
  return shape && !no && last.some((r) => r.state === "APPROVED" && isGood(f, r));
}

export const EVIDENCE_LAWS: readonly Law[] = [
  law("evidence: proved exactly when a plain reading of the promise says so", [facts], (f: Facts) => {
    const judged = judgeConsent(caseOf(f));
    expect(judged.is === "proved").toBe(plainly(f));
    if (judged.is === "refused")
      expect(judged.findings.every(({ fix, message }) => fix.length > 0 && message.length > 0)).toBe(true);
  }),
  law(
    "evidence: one more yes by somebody who does not count changes nothing",
    [facts, review],
    (f: Facts, extra: Omit<Review, "id">) => {
      const stranger = { ...extra, id: 99, state: "APPROVED" as const, user: user(1666) };
      const is = (reviews: readonly Review[]) => judgeConsent(caseOf({ ...f, reviews })).is;
      expect(is([...f.reviews, stranger])).toBe(is(f.reviews));
    },
    0.5,
  ),
];
