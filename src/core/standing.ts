// Which review of each account still stands, and which of them is a veto?
import type { PullFacts } from "./evidence.ts";
import type { Review } from "./facts.ts";
import type { Instant } from "./model.ts";
import { minus } from "./time.ts";

const DECISIVE = new Set(["APPROVED", "CHANGES_REQUESTED", "DISMISSED"]);

function isAfter(at: Instant | null, merged: Instant | null): boolean {
  return at !== null && merged !== null && minus(at, merged) > 0;
}

/**
 * The last decisive review of each account, by numeric id; comments and approvals later than `until`, which is the merge,
 * neither count nor mask. With `null` no approval is too late.
 */
export function standing(facts: PullFacts, until = facts.pull.mergedAt): readonly Review[] {
  const late = (r: Review) => r.state === "APPROVED" && isAfter(r.submittedAt, until);
  const last = new Map<number | string, Review>();
  const keyOf = (r: Review) => r.user?.id ?? `#${String(r.id)}`;
  const ordered = [...facts.reviews].sort(
    (a, b) => Number(a.submittedAt ?? 0) - Number(b.submittedAt ?? 0) || a.id - b.id,
  );
  const counted = ordered.filter((r) => DECISIVE.has(r.state));
  for (const review of counted.filter((r) => !late(r))) last.set(keyOf(review), review);
  for (const review of counted.filter(late)) if (!last.has(keyOf(review))) last.set(keyOf(review), review);
  return [...last.values()];
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
