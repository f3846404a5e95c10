// Which break-glass reviews are owed after these entries? (the only place that turns the log into `reviews.jsonl`)
import type { Draft, Entry, OpenReview } from "./entry.ts";

//                    no review   unused      used
// admitted (duty)    unused      objection   objection
// intent grant       –           used        used
// missed, refused    –           closed      used
// breakglass-issue   –           noted       noted
// breakglass-review  objection   objection   closed, if it is about this content and by enough people
//
// Nothing else closes one: not the end of the access, not a deleted file, not a closed issue.

/** What one entry does to its request's review. */
export interface ReviewTurn {
  readonly open: OpenReview | undefined;
  readonly objection?: string;
}

type Of<K extends Draft["kind"]> = Extract<Entry, { readonly kind: K }>;
type Turns = {
  readonly [K in Draft["kind"]]?: (open: OpenReview | undefined, entry: Of<K>) => ReviewTurn;
};

const TURNS: Turns = {
  admitted: (open, { request, admission }) => {
    const { review, subject, entitlement, evidence } = admission;
    if (open || !review) return { open };
    const { pull, author } = evidence;
    return { open: { ...review, request, subject, entitlement, pull, author } };
  },
  intent: (open, { op, at }) => ({
    open: open && op === "grant" ? { ...open, since: open.since ?? at } : open,
  }),
  missed: unused,
  refused: unused,
  "breakglass-issue": (open, { issue }) => ({ open: open && { ...open, issue } }),
  "breakglass-review": (open, entry) => {
    const why = insufficient(open, entry);
    return why === undefined ? { open: undefined } : { open, objection: why };
  },
};

function unused(open: OpenReview | undefined): ReviewTurn {
  return { open: open?.since === undefined ? undefined : open };
}

function insufficient(
  open: OpenReview | undefined,
  { digest, votes }: Of<"breakglass-review">,
): string | undefined {
  if (open?.since === undefined) return "reviewed, though no review is owed";
  if (digest !== open.digest) return "reviewed, but for other content";
  const people = new Set(votes.map((vote) => vote.person));
  return people.size < open.count ? "reviewed by too few people" : undefined;
}

/** What one entry does to the review that its request owes. */
function reviewTurn(open: OpenReview | undefined, entry: Entry): ReviewTurn {
  const take: ((open: OpenReview | undefined, entry: never) => ReviewTurn) | undefined = TURNS[entry.kind];
  return take?.(open, entry as never) ?? { open };
}

/** One entry into a map that the caller owns; returns the objection, if there is one. */
export function foldReview(reviews: Map<string, OpenReview>, entry: Entry): string | undefined {
  if (!("request" in entry)) return undefined;
  const { open, objection } = reviewTurn(reviews.get(entry.request), entry);
  if (open) reviews.set(entry.request, open);
  else reviews.delete(entry.request);
  return objection;
}

/** An entry in doubt: it may open a review, and never closes one. */
export function doubtReview(reviews: Map<string, OpenReview>, entry: Entry): void {
  if (!("request" in entry)) return;
  const { open } = reviewTurn(reviews.get(entry.request), entry);
  if (open) reviews.set(entry.request, open);
}

/** Reviews by request after these entries; the given map stays as it is. */
export function foldReviews(
  reviews: ReadonlyMap<string, OpenReview>,
  entries: Iterable<Entry>,
): Map<string, OpenReview> {
  const next = new Map(reviews);
  for (const entry of entries) foldReview(next, entry);
  return next;
}
