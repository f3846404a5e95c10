// Was a break-glass reviewed, and who gets nothing more until it is? (pure; over the ledger and the forge's comments)
import type { OpenReview, ReviewVote } from "./entry.ts";
import type { IssueComment } from "./facts.ts";
import { error, warning } from "./finding.ts";
import type { Catalog, Finding, Instant, Person } from "./model.ts";
import { belongs } from "./policy-people.ts";
import { isOver, minus, printInstant } from "./time.ts";
import { personOf } from "./votes.ts";

/** What the forge shows of one owed review. */
export interface ReviewFacts {
  readonly review: OpenReview;
  /** Complete, in order. */
  readonly comments: readonly IssueComment[];
  /** Why they could not be read. */
  readonly unread?: string;
}

/** Reviewed: the review is no longer owed. */
export interface Reviewed {
  readonly review: OpenReview;
  readonly votes: readonly ReviewVote[];
}

export interface Judged {
  readonly reviewed: readonly Reviewed[];
  /** Still owed. */
  readonly owed: readonly OpenReview[];
  /** What is owed, and why comments that meant to be a review are none. */
  readonly findings: readonly Finding[];
}

interface CommentCase {
  readonly review: OpenReview;
  readonly comment: IssueComment;
  readonly person: Person | undefined;
  readonly catalog: Catalog;
}

/** One reason why a comment might be no review. */
interface CommentCheck {
  readonly name: string;
  readonly objection: (c: CommentCase) => string | undefined;
}

/** The line that a reviewer writes. */
export const phrase = (digest: string): string => `reviewed sha256:${digest}`;

const MEANT = /^reviewed\s+sha256:/i;

function lines({ body }: IssueComment): readonly string[] {
  return body.split(/\r?\n/).map((line) => line.trim());
}

/** Is this account, or any other of the same person's, among these? */
function isOneOf({ comment, person, catalog }: CommentCase, users: readonly number[]): boolean {
  return users.some(
    (id) => id === comment.user?.id || (person && personOf(catalog, id)?.name === person.name) === true,
  );
}

const COMMENT_CHECKS: readonly CommentCheck[] = [
  {
    name: "human",
    objection: ({ comment }) => (comment.user?.type === "User" ? undefined : "not a person's account"),
  },
  {
    name: "listed",
    objection: ({ review, person, catalog }) =>
      person && belongs(catalog, review.from, person.name)
        ? undefined
        : `is not one of ${review.from.join(", ")}`,
  },
  {
    name: "not-subject",
    objection: (c) =>
      c.person?.name === c.review.subject || isOneOf(c, [c.review.account])
        ? "is the subject of the break-glass"
        : undefined,
  },
  {
    name: "no-hand-in-it",
    objection: (c) =>
      isOneOf(c, [c.review.author, ...c.review.hands])
        ? "opened, pushed or committed to its pull request"
        : undefined,
  },
  {
    name: "this-content",
    objection: ({ review, comment }) =>
      lines(comment).includes(phrase(review.digest)) ? undefined : "names other content",
  },
  {
    name: "after-the-grant",
    objection: ({ review: { since }, comment: { createdAt } }) =>
      since !== undefined && minus(createdAt, since) > 0
        ? undefined
        : "was written before the access was given",
  },
  {
    name: "unedited",
    objection: ({ comment: { createdAt, updatedAt } }) =>
      createdAt === updatedAt ? undefined : "was edited, which others with write access can do too",
  },
];

/** Judges every owed review. What could not be read stays owed. */
export function judgeReviews(
  facts: readonly ReviewFacts[],
  catalog: Catalog | undefined,
  now: Instant,
): Judged {
  const reviewed: Reviewed[] = [];
  const owed: OpenReview[] = [];
  const findings: Finding[] = [];
  for (const { review, comments, unread } of facts) {
    const counted = catalog ? count(review, comments, catalog) : NOTHING;
    findings.push(...counted.findings);
    if (unread !== undefined) findings.push(notRead(review, unread));
    if (counted.votes.length >= review.count) {
      reviewed.push({ review, votes: counted.votes.slice(0, review.count) });
      continue;
    }
    owed.push(review);
    findings.push(...stillOwed(review, now));
  }
  return { reviewed, owed, findings };
}

interface Counted {
  readonly votes: readonly ReviewVote[];
  readonly findings: readonly Finding[];
}
const NOTHING: Counted = { votes: [], findings: [] };

/** One person, one vote. */
function count(review: OpenReview, comments: readonly IssueComment[], catalog: Catalog): Counted {
  const votes = new Map<string, ReviewVote>();
  const findings: Finding[] = [];
  for (const comment of comments) {
    if (!lines(comment).some((line) => MEANT.test(line))) continue;
    const person = personOf(catalog, comment.user?.id);
    const why = COMMENT_CHECKS.flatMap(
      ({ objection }) => objection({ review, comment, person, catalog }) ?? [],
    );
    const { user, createdAt: at } = comment;
    if (why.length > 0 || !user || !person) findings.push(noReview(review, comment, why));
    else if (!votes.has(person.name))
      votes.set(person.name, { person: person.name, user: user.id, comment: comment.id, at });
  }
  return { votes: [...votes.values()], findings };
}

function noReview({ request, digest }: OpenReview, { user }: IssueComment, why: readonly string[]): Finding {
  const message = `${request}: a comment of ${user?.login ?? "a deleted account"} is no review: ${why.join("; ")}`;
  return warning("LPS332", message, `a person who may review writes a new comment: ${phrase(digest)}`);
}

function notRead({ request, issue }: OpenReview, reason: string): Finding {
  const message = `${request}: its review in issue #${String(issue)} could not be read: ${reason}`;
  return error("LPS333", message, "the review stays owed; run `lapse apply` again when the forge answers");
}

/** Is it past its day? What was never granted owes nothing. */
export function isOverdue({ since, due }: OpenReview, now: Instant): boolean {
  return since !== undefined && isOver(due, now);
}

function stillOwed(review: OpenReview, now: Instant): readonly Finding[] {
  if (review.since === undefined) return [];
  const { request, subject, entitlement, due } = review;
  const what = `${request}: ${subject} used break-glass for ${entitlement}; its review`;
  if (isOverdue(review, now))
    return [warning("LPS330", `${what} was due at ${printInstant(due)}`, howTo(review))];
  return [warning("LPS331", `${what} is due at ${printInstant(due)}`, howTo(review))];
}

/** How a review is given, in one sentence. */
function howTo({ from, issue, digest }: OpenReview): string {
  const where = issue === undefined ? "the issue that `lapse apply` opens for it" : `issue #${String(issue)}`;
  return `one of ${from.join(", ")} writes the line "${phrase(digest)}" in a comment on ${where}`;
}

/** Whoever asks: for whom, and whose account opened the pull request where that is known. */
export interface Asking {
  readonly subject: string;
  readonly author?: number;
}

/** Why somebody gets nothing more for now: an overdue review, as whose subject or opener they are known. */
export function owing(
  owed: readonly OpenReview[],
  asking: Asking,
  catalog: Catalog,
  now: Instant,
): string | undefined {
  const [found] = owingFindings(owed, asking, catalog, now);
  return found && `${found.message}: ${found.fix}`;
}

/** The same as findings, one a review. */
export function owingFindings(
  owed: readonly OpenReview[],
  { subject, author }: Asking,
  catalog: Catalog,
  now: Instant,
): readonly Finding[] {
  const asking = [subject, personOf(catalog, author)?.name];
  const people = (review: OpenReview) => [
    review.subject,
    ...[review.account, review.author].flatMap((id) => personOf(catalog, id)?.name ?? []),
  ];
  return owed
    .filter((review) => isOverdue(review, now) && people(review).some((name) => asking.includes(name)))
    .map(overdueFinding);
}

function overdueFinding(review: OpenReview): Finding {
  const { request, subject, due } = review;
  const until = `until it is given, nothing new is granted to ${subject} or whoever opened it`;
  const message = `the review of ${subject}'s break-glass ${request} was due at ${printInstant(due)}; ${until}`;
  return error("LPS330", message, howTo(review));
}
