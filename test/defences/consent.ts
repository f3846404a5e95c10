// What stands between a request and access that nobody consented to?
import type { Defence } from "./defence.ts";

const VOTES = "src/core/votes.ts";
const CONSENT = "src/core/consent.ts";

/** Of the attack on consent whose story begins so. */
const story = (title: string): Defence["red"] => ({ file: "test/attacks/consent.test.ts", title });

/** Checks of one vote. */
export const OF_VOTES: readonly Defence[] = [
  {
    name: "human",
    rows: ["A11"],
    file: VOTES,
    find: `c.review.user?.type === "User" ? undefined : "not a person's account"`,
    put: "undefined",
    red: story("A11: a listed account that is a bot"),
  },
  {
    name: "listed",
    rows: ["A15"],
    file: VOTES,
    find: `then && everywhere ? undefined : "not an approver, both when reviewing and now"`,
    put: "undefined",
    red: story("A15: somebody approves first"),
  },
  {
    name: "not-subject",
    rows: ["A9"],
    file: VOTES,
    find: `c.person?.name === c.request.subject ? "is the subject of the request" : undefined`,
    put: "undefined",
    red: story("A9: the subject, an owner"),
  },
  {
    name: "not-author",
    rows: ["A9", "A10"],
    file: VOTES,
    find: `same(c, c.facts.pull.author) ? "opened the pull request" : undefined`,
    put: "undefined",
    red: story("A9: an owner opens a pull request"),
  },
  {
    name: "not-pusher",
    rows: ["A9"],
    file: VOTES,
    find: "[...c.facts.committers, ...c.facts.headActivity.map((a) => a.actor)].some((u) => same(c, u))",
    put: "false",
    red: story("A9: an owner pushes"),
  },
  {
    name: "can-write",
    rows: ["A12"],
    file: VOTES,
    find: `permission === "write" || permission === "admin" ? undefined : "has no write permission"`,
    put: "undefined",
    red: story("A12: a listed owner without write"),
  },
  {
    name: "after-last-change",
    rows: ["A1", "A2", "A3", "A18", "A22"],
    file: VOTES,
    find: `fresh ? undefined : "given before the branch last changed"`,
    put: "undefined",
    red: story("A1: approved, then other content"),
  },
  {
    name: "before-merge",
    rows: ["A8"],
    file: VOTES,
    find: `inTime ? undefined : "given after the merge"`,
    put: "undefined",
    red: story("A8: an admin merges"),
  },
  {
    name: "same-content",
    rows: ["A1"],
    file: VOTES,
    find: "c.review.commit !== null && c.facts.reviewBlobs.get(c.review.commit) === c.blob",
    put: "c.review.commit !== null",
    red: story("A1: approved in time, but on an older commit"),
  },
  {
    name: "quotes-digest",
    rows: ["A1"],
    file: VOTES,
    find: `c.risk !== "critical" || lines(c.review.body).includes`,
    put: "true || lines(c.review.body).includes",
    red: story("A1: a critical request"),
  },
  {
    name: "one-person-one-vote",
    rows: ["A10"],
    file: VOTES,
    find: `else votes.set(judged.person, judged);`,
    put: "else votes.set(String(judged.user), judged);",
    red: story("A10: two owners are needed"),
  },
];

/** Checks of the way to main, and of the votes together. */
export const OF_LANDINGS: readonly Defence[] = [
  {
    name: "merged-pull-request",
    rows: ["A7"],
    file: CONSENT,
    find: "facts && MERGES.has(c.landing.push.kind)",
    put: "true",
    red: story("A7: a perfect"),
  },
  {
    name: "own-repository",
    rows: ["A18"],
    file: CONSENT,
    find: "!facts || facts.pull.head.repository === c.landing.repository",
    put: "true",
    red: story("A18: an approved pull request from a fork"),
  },
  {
    name: "sole-addition",
    rows: ["A4", "A5", "B1", "B2"],
    file: CONSENT,
    find: "soleAddition(c.landing.changes, c.candidate.path, c.candidate.blob)",
    put: "undefined",
    red: story("A4, B2: an approved request whose merge"),
  },
  {
    name: "merged-as-reviewed",
    rows: ["A4"],
    file: CONSENT,
    find: "!facts || facts.headBlob === c.candidate.blob",
    put: "true",
    red: story("A4: the merge commit holds"),
  },
  {
    name: "no-veto",
    rows: ["A13"],
    file: CONSENT,
    find: "isVeto(r, facts) && isApprover(c, r.user?.id)",
    put: "false",
    red: story("A13: after a hundred comments"),
  },
  {
    name: "enough-approvals",
    rows: ["A12"],
    file: CONSENT,
    find: "if (unmet) findings.push",
    put: "if (false) findings.push",
    red: story("A12: somebody with write permission whom policy"),
  },
];
