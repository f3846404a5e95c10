// What does the forge show of the break-glass reviews that are owed? (reads only, and only where there are any)
import type { Context } from "./context.ts";
import type { ReviewFacts } from "./core/break-glass.ts";
import type { OpenReview } from "./core/entry.ts";
import { reasonOf } from "./session.ts";

/** One by one, so that one that cannot be read says so and hides no other. Never throws. */
export async function reviewFacts(
  context: Context,
  owed: readonly OpenReview[],
): Promise<readonly ReviewFacts[]> {
  const facts: ReviewFacts[] = [];
  for (const review of owed) facts.push(await factsOf(context, review));
  return facts;
}

async function factsOf(context: Context, review: OpenReview): Promise<ReviewFacts> {
  if (review.issue === undefined) return { review, comments: [] };
  try {
    const forge = await context.forge();
    return { review, comments: (await forge.issueComments(review.issue)) ?? [] };
  } catch (problem) {
    return { review, comments: [], unread: reasonOf(problem) };
  }
}
