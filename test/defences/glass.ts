// What makes sure that somebody else looks at every break-glass?
import type { Defence } from "./defence.ts";

const JUDGE = "src/core/break-glass.ts";
const FOLD = "src/core/fold-reviews.ts";
const pure = (title: string): Defence["red"] => ({ file: "test/core/break-glass.test.ts", title });

/** Checks of one comment. */
export const OF_COMMENTS: readonly Defence[] = [
  {
    name: "review-human",
    rows: [],
    file: JUDGE,
    find: `comment.user?.type === "User" ? undefined : "not a person's account"`,
    put: "undefined",
    red: pure("does not count"),
  },
  {
    name: "review-listed",
    rows: [],
    file: JUDGE,
    find: "person && belongs(catalog, review.from, person.name)",
    put: "person",
    red: pure("does not count"),
  },
  {
    name: "review-not-subject",
    rows: [],
    file: JUDGE,
    find: "c.person?.name === c.review.subject || isOneOf(c, [c.review.account])",
    put: "c.person === undefined",
    red: pure("does not count"),
  },
  {
    name: "review-no-hand-in-it",
    rows: [],
    file: JUDGE,
    find: "isOneOf(c, [c.review.author, ...c.review.hands])",
    put: "c.person === undefined",
    red: pure("does not count"),
  },
  {
    name: "review-this-content",
    rows: [],
    file: JUDGE,
    find: "lines(comment).includes(phrase(review.digest))",
    put: "lines(comment).length > 0",
    red: pure("does not count"),
  },
  {
    name: "review-after-the-grant",
    rows: [],
    file: JUDGE,
    find: "since !== undefined && minus(createdAt, since) > 0",
    put: "since !== undefined && createdAt > 0",
    red: pure("does not count"),
  },
  {
    name: "review-unedited",
    rows: [],
    file: JUDGE,
    find: "createdAt === updatedAt ?",
    put: "createdAt <= updatedAt ?",
    red: pure("does not count"),
  },
  {
    name: "review-one-person-one-vote",
    rows: [],
    file: JUDGE,
    find: "votes.set(person.name, {",
    put: "votes.set(String(user.id), {",
    red: pure("is one person's vote"),
  },
];

/** What an overdue review does, and what the ledger remembers of it. */
export const OF_REVIEWS: readonly Defence[] = [
  {
    name: "overdue-holds-the-opener",
    rows: [],
    file: JUDGE,
    find: "[review.account, review.author]",
    put: "[review.account]",
    red: pure("stops its subject and whoever opened it"),
  },
  {
    name: "overdue-holds-the-renamed",
    rows: [],
    file: JUDGE,
    find: "[review.account, review.author].flatMap",
    put: "[review.author].flatMap",
    red: pure("stops its subject and whoever opened it"),
  },
  {
    name: "only-a-review-closes-a-review",
    rows: [],
    file: FOLD,
    find: "open?.since === undefined ? undefined : open",
    put: "undefined",
    red: pure("owes nothing for what was never given"),
  },
  {
    name: "a-review-names-its-content",
    rows: [],
    file: FOLD,
    find: `if (digest !== open.digest) return "reviewed, but for other content";`,
    put: "",
    red: pure("closes none by an entry"),
  },
  {
    name: "enough-reviewers",
    rows: [],
    file: FOLD,
    find: `people.size < open.count ? "reviewed by too few people" : undefined`,
    put: 'people.size < 0 ? "never" : undefined',
    red: pure("closes none by an entry"),
  },
  {
    name: "doubt-closes-no-review",
    rows: [],
    file: FOLD,
    find: "if (open) reviews.set(entry.request, open);\n}\n\n/** Reviews by request",
    put: "if (open) reviews.set(entry.request, open);\n  else reviews.delete(entry.request);\n}\n\n/** Reviews by request",
    red: pure("in doubt opens a review and closes none"),
  },
];
