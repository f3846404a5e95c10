// Was this change of what decides approved by those whom the settings named before it? (pure; before or after its merge)
import type { VouchedChange } from "./entry.ts";
import type { Landing, PullFacts, Rulebook } from "./evidence.ts";
import type { Activity, Change } from "./facts.ts";
import { error, type Code } from "./finding.ts";
import { fulfilled, MERGES } from "./consent.ts";
import { mergedPull } from "./landing.ts";
import type { Catalog, Finding, Obligation } from "./model.ts";
import { approversOf } from "./policy-people.ts";
import { isVeto, standing } from "./standing.ts";
import { count, personOf, REVIEW_CHECKS, type ReviewCase, type Uncounted, type VoteCheck } from "./votes.ts";

/** One push to main that touched what decides. */
export interface ChangeCase {
  readonly landing: Pick<Landing, "defaultBranch" | "repository" | "push" | "pulls">;
  /** What it touched of that. */
  readonly changes: readonly Change[];
  /** Did the merge make what git makes of the reviewed branch and main? */
  readonly asReviewed: boolean;
  /** The rules that were vouched for last: a change never says who may approve it. */
  readonly rules: Pick<Rulebook, "catalog">;
  readonly demand: Obligation;
}

export type Judgement =
  | { readonly is: "approved"; readonly change: VouchedChange }
  | { readonly is: "unapproved"; readonly findings: readonly Finding[] };

/** Who approves changes, by these rules; undefined where they do not say it readably, or name too few people. */
export function demandOf(catalog: Catalog): Obligation | undefined {
  if (catalog.settings.is !== "found") return undefined;
  const demand = approversOf(catalog, catalog.settings.value.changes, "");
  return demand && fulfilled([demand], demand.approvers) ? demand : undefined;
}

interface ChangeReview extends ReviewCase {
  readonly approvers: readonly string[];
}

const CHECKS: readonly VoteCheck<ChangeReview>[] = [
  {
    name: "named-before",
    objection: ({ person, approvers }) =>
      person && approvers.includes(person.name)
        ? undefined
        : "not named for changes in the policies that stood before",
  },
  ...REVIEW_CHECKS,
  {
    name: "merged-head",
    objection: ({ review, facts }) =>
      review.commit === facts.pull.head.sha ? undefined : "given for another commit than the one merged",
  },
];

/** Judges one push. Approvals given after the merge count: this is what ends a freeze. */
export function judgeChange(c: ChangeCase): Judgement {
  const facts = MERGES.has(c.landing.push.kind) ? mergedPull(c.landing) : undefined;
  const objection = facts ? objectionTo(c, facts) : notMerged(c);
  if (!facts || objection) return { is: "unapproved", findings: objection ? [objection] : [] };
  const { votes, uncounted } = votesOf(c, facts);
  const people = votes.map((v) => v.person);
  if (!fulfilled([c.demand], people))
    return { is: "unapproved", findings: [tooFew(c, facts.pull.number, people, uncounted)] };
  const { before, after } = c.landing.push;
  return { is: "approved", change: { pull: facts.pull.number, before, after, approvals: votes } };
}

function tooFew(
  c: ChangeCase,
  number: number,
  people: readonly string[],
  uncounted: readonly Uncounted[],
): Finding {
  const not = uncounted.map((u) => `${u.login} (${u.reasons.join("; ")})`).join(", ");
  const counted = `counted: ${people.join(", ") || "nobody"}${not && `; not counted: ${not}`}`;
  const why = `#${String(number)} was merged with too few approvals; ${counted}`;
  const fix = `let ${needed(c.demand)} approve #${String(number)} now, merged as it is, or revert it by a pull request`;
  return unapproved("LPS311", c, why, fix);
}

function votesOf({ rules, demand }: ChangeCase, facts: PullFacts) {
  const caseOf = (review: ChangeReview["review"]): ChangeReview => ({
    review,
    facts,
    person: personOf(rules.catalog, review.user?.id),
    now: rules,
    approvers: demand.approvers,
  });
  return count(standing(facts, null), caseOf, CHECKS);
}

const REVERT = "revert it by a pull request, and bring it again by another one if it is wanted";

function notMerged(c: ChangeCase): Finding {
  const { kind } = c.landing.push;
  return unapproved("LPS312", c, `it did not come by the merge of one pull request, but by ${kind}`, REVERT);
}

function objectionTo(c: ChangeCase, facts: PullFacts): Finding | undefined {
  const { number, head } = facts.pull;
  if (head.repository !== c.landing.repository)
    return unapproved(
      "LPS313",
      c,
      `#${String(number)} comes from a fork, whose pushes cannot be seen`,
      REVERT,
    );
  if (!c.asReviewed)
    return unapproved(
      "LPS313",
      c,
      `the merge of #${String(number)} made something else than its branch holds`,
      REVERT,
    );
  const veto = standing(facts, null).find((r) => isVeto(r, facts) && isApprover(c, r.user?.id));
  if (!veto) return undefined;
  const why = `${veto.user?.login ?? "an approver"} requested changes on #${String(number)}, and that still stands`;
  return unapproved(
    "LPS311",
    c,
    why,
    "settle it with the reviewer, who then approves, or revert it by a pull request",
  );
}

function isApprover({ rules, demand }: ChangeCase, user: number | undefined): boolean {
  const person = personOf(rules.catalog, user);
  return person !== undefined && demand.approvers.includes(person.name);
}

function unapproved(
  code: Code,
  { landing: { push }, changes }: ChangeCase,
  why: string,
  fix: string,
): Finding {
  return error(
    code,
    `${placeOf(push)}: ${push.actor?.login ?? "somebody"} changed ${pathsOf(changes)}, and ${why}`,
    fix,
  );
}

/** What stands in the way of vouching for a commit whose own policies name too few people. */
export function nobody(commit: string): Finding {
  const fix = "make `changes` in policies/lapse.yaml name readable groups with enough people in them";
  return error("LPS314", `${placeOf({ after: commit })}: by its policies, nobody could approve changes`, fix);
}

export function notSeen(push: Pick<Activity, "after">, reason: string): Finding {
  const what = `${placeOf(push)}: whether it was approved is not known: ${reason}`;
  return error("LPS315", what, "the next run asks again");
}

/** Names a push in findings and in the ledger. */
export function placeOf({ after }: Pick<Activity, "after">): string {
  return `main at ${after.slice(0, 12)}`;
}

function pathsOf(changes: readonly Change[]): string {
  const named = changes.slice(0, 3).map(({ path }) => JSON.stringify(path));
  const more = changes.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
}

/** In words, for a fix. */
function needed({ count: many, from, approvers }: Obligation): string {
  return `${String(many)} of ${from.join(" or ")} (${approvers.join(", ")})`;
}

/**
 * The pushes that led from one of these commits to the tip, newest first: each begins where the one before it ended.
 * Undefined while the feed does not show all of them.
 */
export function pushesBetween(
  feed: readonly Activity[],
  from: ReadonlySet<string>,
  tip: string,
): readonly Activity[] | undefined {
  const newestFirst = [...feed].sort((a, b) => b.at - a.at || b.id - a.id);
  const found: Activity[] = [];
  let at = tip;
  for (const push of newestFirst) {
    if (from.has(at)) return found;
    if (push.after !== at) continue;
    found.push(push);
    at = push.before;
  }
  return from.has(at) ? found : undefined;
}
