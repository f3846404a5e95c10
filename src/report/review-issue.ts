// How is a break-glass's review asked for? (pure; the title and body)
import { phrase } from "../core/break-glass.ts";
import type { OpenReview } from "../core/entry.ts";
import { visible } from "./encode.ts";
import { code, heading, link, mention, paragraph, render, table, words } from "./markdown.ts";
import { utc } from "./time-words.ts";

export interface ReviewPage {
  readonly review: OpenReview;
  /** Logins of those who may review. */
  readonly reviewers: readonly string[];
  /** Address of the pull request that asked for the access. */
  readonly pull?: string;
}

export const REVIEW_LABEL = "lapse: break-glass review";

/** First line of the body. A request's id is letters, digits and hyphens. */
export function reviewMarker({ request }: OpenReview): string {
  return `<!-- lapse:v1:break-glass ${request.replace(/[^a-z0-9-]/g, "_")} -->`;
}

export function reviewTitle({ subject, entitlement, due }: OpenReview): string {
  return visible(`Break-glass: ${subject} used ${entitlement}; review due ${utc(due)}`);
}

export function reviewBody({ review, reviewers, pull }: ReviewPage): string {
  const { request, subject, entitlement, since, due, from, digest, count } = review;
  const asked = pull === undefined ? code(request) : link("its pull request", pull);
  const who = reviewers.flatMap((login, i) => [words(i === 0 ? ": " : ", "), mention(login)]);
  return render([
    heading(code(subject), words(" used break-glass for "), code(entitlement)),
    table(
      ["", ""],
      [
        [[words("Request")], [code(request), words(" · "), asked]],
        [[words("Given from")], [words(since === undefined ? "not yet" : utc(since))]],
        [[words("Review due")], [words(utc(due))]],
        [[words("Reviewers")], [words(`${count} of `), code(from.join(", ")), ...who]],
      ],
    ),
    paragraph(
      words(
        "Nobody approved this beforehand. Look at what was done with it, then write this line in a comment: ",
      ),
      code(phrase(digest)),
    ),
    paragraph(
      words("It counts if you are one of the reviewers, are not "),
      code(subject),
      words(", had no hand in the pull request, and never edit the comment. "),
      words("Closing this issue settles nothing. Once the review is overdue, nothing new is granted to "),
      code(subject),
      words(" or whoever opened the request until it is given."),
    ),
  ]);
}
