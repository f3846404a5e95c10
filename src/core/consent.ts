// Does the way this request came to main prove consent? (ordered, named, pure checks)
import { error, type Code } from "./finding.ts";
import type { Candidate, Landing, PullFacts, Rulebook, Vote } from "./evidence.ts";
import { mergedPull, soleAddition } from "./landing.ts";
import type { AccessRequest, Decision, Entitlement, Finding, Obligation } from "./model.ts";
import { isVeto, standing } from "./standing.ts";
import { belongs, count, isFromFork, personOf, VOTE_CHECKS, type Counted, type VoteCase } from "./votes.ts";

export interface ConsentCase {
  readonly candidate: Candidate;
  readonly request: AccessRequest;
  readonly landing: Landing;
  readonly now: Rulebook;
  readonly entitlement: Entitlement | undefined;
  /** Policy at the merge and policy now: both must permit, and both say who must approve. */
  readonly decisions: { readonly atMerge: Decision; readonly now: Decision };
}

export type Consent =
  | { readonly is: "proved"; readonly facts: PullFacts | undefined; readonly votes: readonly Vote[] }
  | { readonly is: "refused"; readonly findings: readonly Finding[] };

interface Check {
  readonly name: string;
  readonly code: Code;
  readonly fix: string;
  readonly objection: (c: ConsentCase, facts: PullFacts | undefined, votes: number) => string | undefined;
}

/** Kinds of a push that the forge itself made of a pull request. */
export const MERGES: ReadonlySet<string> = new Set(["pr_merge", "merge_queue_merge"]);
const RAISE_AGAIN =
  "open a new pull request that adds one request file with a new id, and let it be approved and merged there";

export const CONSENT_CHECKS: readonly Check[] = [
  {
    name: "merged-pull-request",
    code: "LPS301",
    fix: `${RAISE_AGAIN}; remove this file`,
    objection: (c, facts) => (facts && MERGES.has(c.landing.push.kind) ? undefined : notMerged(c.landing)),
  },
  {
    name: "own-repository",
    code: "LPS302",
    fix: "push the branch to this repository and open the pull request from there",
    objection: (c, facts, votes) => {
      if (!facts || !isFromFork(facts)) return undefined;
      if (!forksAllowed(c))
        return "the pull request comes from a fork, whose pushes this repository cannot see";
      return votes > 0 ? undefined : "the pull request comes from a fork, and no approval vouches for it";
    },
  },
  {
    name: "sole-addition",
    code: "LPS303",
    fix: RAISE_AGAIN,
    objection: (c) => soleAddition(c.landing.changes, c.candidate.path, c.candidate.blob),
  },
  {
    name: "merged-as-reviewed",
    code: "LPS304",
    fix: RAISE_AGAIN,
    objection: (c, facts) =>
      !facts || facts.headBlob === c.candidate.blob
        ? undefined
        : "what was merged is not what the pull request's branch holds",
  },
  {
    name: "no-veto",
    code: "LPS305",
    fix: "settle it with the reviewer, then ask again with a new id",
    objection: (c, facts) => {
      const veto = facts && standing(facts).find((r) => isVeto(r, facts) && isApprover(c, r.user?.id));
      return veto
        ? `${veto.user?.login ?? "an approver"} requested changes, and that still stands`
        : undefined;
    },
  },
];

function notMerged({ push }: Landing): string {
  const by = push.actor?.login ?? "an unknown actor";
  if (!MERGES.has(push.kind))
    return `it did not come to main by the merge of a pull request, but by ${push.kind} of ${by}`;
  const queue =
    push.kind === "merge_queue_merge"
      ? "; let the merge queue squash or merge: a group that is rebased cannot be told apart"
      : "";
  return `not exactly one pull request names ${push.after.slice(0, 12)} as its merge${queue}`;
}

/** By policy at the merge and now. */
function forksAllowed(c: ConsentCase): boolean {
  return [c.landing.atMerge, c.now].every(
    ({ catalog: { settings } }) => settings.is === "found" && settings.value.forks === "with-digest",
  );
}

function isApprover(c: ConsentCase, user: number | undefined): boolean {
  const person = personOf(c.now.catalog, user);
  const wanted = [c.decisions.atMerge, c.decisions.now].flatMap((d) => d.obligations.approvals);
  return person !== undefined && wanted.some((o) => o.approvers.includes(person.name));
}

/**
 * Can each demand be met by a different voter? Augmenting paths: the sets are small, so simple beats clever.
 * `voters` has one entry per vote; that a person has only one is `count`'s business.
 */
export function fulfilled(demands: readonly Obligation[], voters: readonly string[]): boolean {
  const seats = demands.flatMap((d) => Array.from({ length: d.count }, () => d.approvers));
  const seatOf = new Map<number, number>();
  const take = (seat: number, tried: Set<number>): boolean =>
    voters.some((person, voter) => {
      if (tried.has(voter) || seats[seat]?.includes(person) !== true) return false;
      tried.add(voter);
      const taken = seatOf.get(voter);
      if (taken !== undefined && !take(taken, tried)) return false;
      seatOf.set(voter, seat);
      return true;
    });
  return seats.every((_, seat) => take(seat, new Set()));
}

/** Judges one landing. Findings carry every reason at once, so that one look is enough to know what to do. */
export function judgeConsent(c: ConsentCase): Consent {
  const facts = mergedPull(c.landing);
  const at = c.request.places["subject"];
  const counted: Counted = facts ? votesOf(c, facts) : { votes: [], uncounted: [] };
  const findings = CONSENT_CHECKS.flatMap((check) => {
    const why = check.objection(c, facts, counted.votes.length);
    return why === undefined ? [] : [error(check.code, `${c.candidate.path}: ${why}`, check.fix, at)];
  });
  const people = counted.votes.map((v) => v.person);
  const unmet = [c.decisions.atMerge, c.decisions.now]
    .map((d) => d.obligations.approvals)
    .find(
      (demands) =>
        !fulfilled(
          demands.map((d) => heard(d, c.landing, counted.votes)),
          people,
        ),
    );
  if (unmet) findings.push(notApproved(c, unmet, counted));
  return findings.length > 0 ? { is: "refused", findings } : { is: "proved", facts, votes: counted.votes };
}

/** The demand, met only by those who were already of its parties when they reviewed: not made one for the occasion. */
function heard(demand: Obligation, { atReview }: Landing, votes: readonly Vote[]): Obligation {
  const then = (name: string): boolean =>
    votes.some(({ person, review }) => {
      const catalog = atReview.get(review)?.catalog;
      return person === name && catalog !== undefined && demand.from.some((f) => belongs(catalog, name, f));
    });
  return { ...demand, approvers: demand.approvers.filter(then) };
}

function votesOf(c: ConsentCase, facts: PullFacts): Counted {
  const caseOf = (review: VoteCase["review"]): VoteCase => ({
    review,
    person: personOf(c.now.catalog, review.user?.id),
    facts,
    landing: c.landing,
    now: c.now,
    request: c.request,
    blob: c.candidate.blob,
    digest: c.candidate.digest,
    risk: c.entitlement?.risk ?? "critical",
  });
  return count(standing(facts), caseOf, VOTE_CHECKS);
}

function notApproved(c: ConsentCase, demands: readonly Obligation[], counted: Counted): Finding {
  const needs = demands.map((d) => `${String(d.count)} of ${d.from.join(" or ")}`).join(" and ");
  const have = counted.votes.map((v) => v.person).join(", ") || "nobody";
  const not = counted.uncounted.map((u) => `${u.login} (${u.reasons.join("; ")})`);
  const rest = not.length > 0 ? `; not counted: ${not.join(", ")}` : "";
  return error(
    "LPS306",
    `${c.candidate.path}: needs approval by ${needs}, each by different people; counted: ${have}${rest}`,
    "ask again with a new id, and let the people named approve the last push before it is merged",
    c.request.places["entitlement"],
  );
}
