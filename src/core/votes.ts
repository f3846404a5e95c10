// Which reviews count as approvals, and why not the others?
import type { Rulebook, Landing, PullFacts, Vote } from "./evidence.ts";
import type { Review } from "./facts.ts";
import { minus } from "./time.ts";
import type { AccessRequest, Catalog, Instant, Person, Risk } from "./model.ts";

/** All that a check may look at, whatever was reviewed. */
export interface ReviewCase {
  readonly review: Review;
  readonly person: Person | undefined;
  readonly facts: PullFacts;
  readonly now: Pick<Rulebook, "catalog">;
}

/** The same for the review of a request. */
export interface VoteCase extends ReviewCase {
  readonly landing: Landing;
  readonly now: Rulebook;
  readonly request: AccessRequest;
  readonly blob: string;
  readonly digest: string;
  readonly risk: Risk;
}

/** One reason why a review might not count. Returns the reason in words, or nothing. */
export interface VoteCheck<Case = VoteCase> {
  readonly name: string;
  readonly objection: (c: Case) => string | undefined;
}

/** The person behind a forge account, by numeric id: a login can be renamed and taken by somebody else. */
export function personOf(catalog: Catalog, user: number | undefined): Person | undefined {
  if (user === undefined) return undefined;
  return catalog.people.find((p) => p.forge.id === user || p.otherAccounts.some((a) => a.id === user));
}

/** People whose word is wanted for this entitlement in one rulebook, whatever the request's duration. */
function listed(rules: Rulebook, c: VoteCase): boolean {
  const found = rules.catalog.entitlement(c.request.entitlement);
  if (found.is !== "found" || !c.person) return false;
  const { approvals, breakGlass } = found.value;
  const demands = c.request.breakGlass ? (breakGlass?.approvals ?? []) : approvals;
  return demands.some((d) => d.from.some((from) => belongs(rules.catalog, c.person?.name ?? "", from)));
}

/** Does `person` belong to `group:x` or `person:x`? Unreadable groups have no members. */
export function belongs(catalog: Catalog, person: string, from: string): boolean {
  const [kind, name = ""] = from.split(":", 2);
  if (kind === "person") return name === person;
  const group = catalog.group(name);
  return group.is === "found" && group.value.members.includes(person);
}

/** Same human: by account id, or by person when both are known. */
function same(c: ReviewCase, user: { readonly id: number } | null): boolean {
  if (!user || !c.review.user) return false;
  if (user.id === c.review.user.id) return true;
  const other = personOf(c.now.catalog, user.id);
  return other !== undefined && other.name === c.person?.name;
}

/** No person can take a login that ends so. */
function isHuman(user: Review["user"]): boolean {
  return user?.type === "User" && !user.login.endsWith("[bot]");
}

/** Does the pull request come from another repository, whose pushes this one's server does not show? */
export function isFromFork({ pull: { head, base } }: PullFacts): boolean {
  return head.repository !== base.repository;
}

/** Everybody of whom the server knows that they could have put something into the branch. */
function pushers({ facts }: ReviewCase): readonly ({ readonly id: number } | null)[] {
  const owner = isFromFork(facts) ? [facts.pull.head.owner] : [];
  return [...owner, ...facts.committers, ...facts.headActivity.map((a) => a.actor)];
}

/** Why the approval has to name the content itself, if it has to. */
function wantsDigest(c: VoteCase): string | undefined {
  if (c.risk === "critical") return "which critical access needs";
  return isFromFork(c.facts) ? "which a request from a fork needs" : undefined;
}

/** A line of its own: what is quoted or negated is not said. */
function lines(body: string): readonly string[] {
  return body.split(/\r?\n/).map((line) => line.trim());
}

const HEAD_EVENTS = new Set(["head_ref_force_pushed", "head_ref_restored", "base_ref_changed"]);

/** Server-observed instants, up to the merge, at which what is to be merged may have changed. */
function changes(facts: PullFacts): readonly Instant[] {
  const until = facts.pull.mergedAt;
  const at = [
    facts.pull.createdAt,
    ...facts.headActivity.filter((a) => a.kind !== "branch_deletion").map((a) => a.at),
    ...facts.timeline.flatMap((e) => (HEAD_EVENTS.has(e.event) && e.at !== null ? [e.at] : [])),
  ];
  return at.filter((t) => until === null || minus(t, until) <= 0);
}

/** Checks of who reviews, and when: for requests and for changes of what decides. */
export const REVIEW_CHECKS: readonly VoteCheck<ReviewCase>[] = [
  {
    name: "human",
    objection: (c) => (isHuman(c.review.user) ? undefined : "not a person's account"),
  },
  {
    name: "not-author",
    objection: (c) => (same(c, c.facts.pull.author) ? "opened the pull request" : undefined),
  },
  {
    name: "not-pusher",
    objection: (c) =>
      pushers(c).some((u) => same(c, u)) ? "pushed or committed to the pull request's branch" : undefined,
  },
  {
    name: "can-write",
    objection: (c) => {
      const permission = c.facts.permissions.get(c.review.user?.id ?? -1);
      return permission === "write" || permission === "admin" ? undefined : "has no write permission";
    },
  },
  {
    name: "after-last-change",
    objection: (c) => {
      const at = c.review.submittedAt;
      const fresh = at !== null && changes(c.facts).every((t) => minus(at, t) > 0);
      return fresh ? undefined : "given before the branch last changed";
    },
  },
];

/** The checks, in the order in which a person would ask. Each stands alone: see test/defences. */
export const VOTE_CHECKS: readonly VoteCheck[] = [
  ...REVIEW_CHECKS,
  {
    name: "listed",
    objection: (c) => {
      if (!c.person) return "not a person in policies/people";
      const then = c.landing.atReview.get(c.review.id);
      const everywhere = [c.now, c.landing.atMerge, ...(then ? [then] : [])].every((r) => listed(r, c));
      return then && everywhere ? undefined : "not an approver, both when reviewing and now";
    },
  },
  {
    name: "not-subject",
    objection: (c) => (c.person?.name === c.request.subject ? "is the subject of the request" : undefined),
  },
  {
    name: "before-merge",
    objection: (c) => {
      const { submittedAt } = c.review;
      const { mergedAt } = c.facts.pull;
      const inTime = submittedAt !== null && mergedAt !== null && minus(submittedAt, mergedAt) <= 0;
      return inTime ? undefined : "given after the merge";
    },
  },
  {
    name: "same-content",
    objection: (c) =>
      c.review.commit !== null && c.facts.reviewBlobs.get(c.review.commit) === c.blob
        ? undefined
        : "given for other content",
  },
  {
    name: "quotes-digest",
    objection: (c) => {
      const why = wantsDigest(c);
      const quote = `approve sha256:${c.digest}`;
      if (why === undefined || lines(c.review.body).includes(quote)) return undefined;
      return `does not quote "${quote}", ${why}`;
    },
  },
];

export interface Uncounted {
  readonly login: string;
  readonly reasons: readonly string[];
}

export interface Counted {
  /** At most one per person. */
  readonly votes: readonly Vote[];
  readonly uncounted: readonly Uncounted[];
}

/** Applies every check to every standing approval: one person, one vote. */
export function count<Case extends ReviewCase>(
  reviews: readonly Review[],
  caseOf: (review: Review) => Case,
  checks: readonly VoteCheck<Case>[],
): Counted {
  const votes = new Map<string, Vote>();
  const uncounted: Uncounted[] = [];
  for (const review of reviews.filter((r) => r.state === "APPROVED")) {
    const judged = voteOf(caseOf(review), checks);
    if ("reasons" in judged) uncounted.push(judged);
    else if (votes.has(judged.person)) uncounted.push({ login: judged.person, reasons: ["has one vote"] });
    else votes.set(judged.person, judged);
  }
  return { votes: [...votes.values()], uncounted };
}

function voteOf<Case extends ReviewCase>(c: Case, checks: readonly VoteCheck<Case>[]): Vote | Uncounted {
  const { user, submittedAt, id, commit } = c.review;
  const reasons = checks.flatMap((check) => check.objection(c) ?? []);
  if (!user) return { login: "a deleted account", reasons };
  if (reasons.length > 0 || submittedAt === null) return { login: user.login, reasons };
  return {
    person: c.person?.name ?? user.login,
    user: user.id,
    review: id,
    at: submittedAt,
    commit: commit ?? "",
  };
}
