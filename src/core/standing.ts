// Which review of each account still stands, and which of them is a veto?
import type { PullFacts } from "./evidence.ts";
import type { Review } from "./facts.ts";
import type { Instant } from "./model.ts";
import { minus } from "./time.ts";

const DECISIVE = new Set(["APPROVED", "CHANGES_REQUESTED", "DISMISSED"]);

/**
 * The last decisive review of each account, by numeric id; comments and approvals later than `until`, which is the merge,
 * neither count nor mask. With `null` no approval is too late.
 */
export function standing(facts: PullFacts, until = facts.pull.mergedAt): readonly Review[] {
  const ordered = [...facts.reviews]
    .filter((r) => DECISIVE.has(r.state))
    .sort((a, b) => Number(a.submittedAt ?? 0) - Number(b.submittedAt ?? 0) || a.id - b.id);
  const late = ordered.filter((r) => isLate(r, until));
  const last = new Map<number | string, Review>();
  for (const review of ordered.filter((r) => !late.includes(r))) last.set(accountOf(review), review);
  for (const review of late) if (!last.has(accountOf(review))) last.set(accountOf(review), review);
  return [...last.values()];
}

function accountOf({ user, id }: Review): number | string {
  return user?.id ?? `#${String(id)}`;
}

function isLate({ state, submittedAt }: Review, until: Instant | null): boolean {
  return state === "APPROVED" && submittedAt !== null && until !== null && minus(submittedAt, until) > 0;
}

/**
 * Does this review stand in the way? Only its author lifts a veto, by approving or dismissing it: GitHub lets any writer
 * dismiss it. A dismissal that the timeline does not explain lifts nothing.
 */
export function isVeto(review: Review, { timeline }: PullFacts): boolean {
  if (review.state !== "DISMISSED") return review.state === "CHANGES_REQUESTED";
  const event = timeline.find((e) => e.dismissed?.review === review.id);
  if (!event) return true;
  const byItsAuthor = event.actor !== null && event.actor.id === review.user?.id;
  return event.dismissed?.was !== "approved" && !byItsAuthor;
}
