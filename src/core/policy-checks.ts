// What must hold for every request, whatever the rules say? (an ordered chain of named checks)
import { error } from "./finding.ts";
import { identityOn } from "./identity.ts";
import type { ActiveGrant, Duration, Finding, Place } from "./model.ts";
import type { Facts } from "./policy-input.ts";
import { approversOf, eligible } from "./policy-people.ts";
import { didYouMean } from "./suggest.ts";
import { quoted } from "./text.ts";
import { isOver, printDuration, printInstant } from "./time.ts";

type Check = (facts: Facts) => readonly Finding[];

/** Read it as the table of contents of "may this be asked for at all?". */
export const CHECKS: readonly Check[] = [
  subjectHasNoIdentityOnTarget,
  breakGlassIsNotOffered,
  nobodyCouldReview,
  subjectIsNotEligible,
  durationIsTooLong,
  scopeIsNotAllowed,
  extensionIsNotOfALiveGrant,
  chainIsTooLong,
];

/** Where a field of the request was written; the whole file where it was left out. */
export function placeOf(facts: Pick<Facts, "request">, field: string): Place {
  const { places, path } = facts.request;
  return places[field] ?? { file: path, line: 1, column: 1 };
}

function subjectHasNoIdentityOnTarget(facts: Facts): readonly Finding[] {
  const { subject, target } = facts;
  const claim = { target: target.name, provider: target.provider };
  if (identityOn(claim, subject) !== undefined) return [];
  return [
    error(
      "LPS208",
      `${subject.name} has no identity for target ${target.name} (${target.provider})`,
      `add identities.${target.provider} to policies/people/${subject.name}.yaml`,
      placeOf(facts, "subject"),
    ),
  ];
}

function breakGlassIsNotOffered(facts: Facts): readonly Finding[] {
  const { request, entitlement } = facts;
  if (!request.breakGlass || entitlement.breakGlass) return [];
  return [
    error(
      "LPS213",
      `${entitlement.name} has no break-glass access`,
      "remove breakGlass and ask for the usual approvals",
      placeOf(facts, "breakGlass"),
    ),
  ];
}

function nobodyCouldReview({ request, entitlement, subject, catalog }: Facts): readonly Finding[] {
  if (!request.breakGlass || !entitlement.breakGlass) return [];
  const { from, count } = entitlement.breakGlass.review;
  const reviewers = approversOf(catalog, { from, count }, subject.name)?.approvers;
  if (reviewers === undefined || reviewers.length >= count) return [];
  const message = `nobody could review it afterwards: it needs ${count} of ${from.join(", ")}, and not ${subject.name}`;
  const fix = "have somebody else do the work, or add people to these groups";
  return [error("LPS335", message, fix, placeOf({ request }, "breakGlass"))];
}

function subjectIsNotEligible(facts: Facts): readonly Finding[] {
  const { request, entitlement, subject, catalog } = facts;
  const listed = request.breakGlass ? entitlement.breakGlass?.eligible : entitlement.eligible;
  if (listed === undefined) return [];
  const answer = eligible(catalog, entitlement, subject.name, request.breakGlass);
  if (answer === true) return [];
  const at = placeOf(facts, "subject");
  if (answer === "unknown") {
    return [
      error(
        "LPS205",
        `whether ${subject.name} may ask cannot be read`,
        "correct the files in policies/people",
        at,
      ),
    ];
  }
  return [
    error(
      "LPS209",
      `${subject.name} is not eligible for ${entitlement.name}: it is for ${listed.join(", ") || "nobody"}`,
      `ask for an entitlement that ${subject.name} is eligible for (policies/entitlements), or have ${subject.name} added to one of these`,
      at,
    ),
  ];
}

/** The longest that this request may last, whichever limit is the shortest. */
export function longest(facts: Pick<Facts, "request" | "entitlement" | "settings">): Duration {
  const { request, entitlement, settings } = facts;
  const own =
    (request.breakGlass ? entitlement.breakGlass : entitlement)?.maxDuration ?? entitlement.maxDuration;
  return own < settings.maxDuration ? own : settings.maxDuration;
}

function durationIsTooLong(facts: Facts): readonly Finding[] {
  const { request, entitlement } = facts;
  const cap = longest(facts);
  if (request.duration <= cap) return [];
  const what = request.breakGlass ? `break-glass access to ${entitlement.name}` : entitlement.name;
  return [
    error(
      "LPS203",
      `asks for ${printDuration(request.duration)}; ${what} allows at most ${printDuration(cap)}`,
      `set duration to ${printDuration(cap)} or less, or ask the owners of ${entitlement.at.file}`,
      placeOf(facts, "duration"),
    ),
  ];
}

function scopeIsNotAllowed(facts: Facts): readonly Finding[] {
  const { request, entitlement } = facts;
  const allowed = entitlement.scope;
  return Object.keys(request.scope)
    .filter((key) => !allowed.includes(key))
    .map((key) =>
      error(
        "LPS210",
        `${entitlement.name} cannot be narrowed by ${quoted(key)}${didYouMean(key, allowed)}`,
        allowed.length > 0 ? `scope may hold ${allowed.join(", ")}` : "remove scope",
        placeOf(facts, "scope"),
      ),
    );
}

function extensionIsNotOfALiveGrant(facts: Facts): readonly Finding[] {
  const { request, active } = facts;
  if (request.extends === undefined) return [];
  const extended = active.find((grant) => grant.request === request.extends);
  const problem = extended ? extensionProblem(facts, extended) : "there is no live grant of that name";
  if (problem === undefined) return [];
  return [
    error(
      "LPS211",
      `cannot extend ${quoted(request.extends)}: ${problem}`,
      "name a grant of the same subject and entitlement that has not ended, or remove extends",
      placeOf(facts, "extends"),
    ),
  ];
}

function extensionProblem({ request, window, now }: Facts, extended: ActiveGrant): string | undefined {
  const { subject, entitlement, start, end } = extended;
  if (subject !== request.subject || entitlement !== request.entitlement)
    return `that is ${subject}'s ${entitlement}`;
  if (!isOver(end, now) && start <= window.start && window.start <= end) return undefined;
  const runs = `that grant runs from ${printInstant(start)} to ${printInstant(end)}`;
  return `${runs}, and this one would start at ${printInstant(window.start)}`;
}

/** Extensions of extensions count as one access: its whole length is capped, from the first start to the new end. */
function chainIsTooLong(facts: Facts): readonly Finding[] {
  const { request, window, settings } = facts;
  if (request.extends === undefined) return [];
  const first = firstOf(facts);
  const at = placeOf(facts, "extends");
  if (first === "unknown") {
    return [
      error(
        "LPS212",
        "the start of this chain of extensions is not known",
        "make a new request without extends",
        at,
      ),
    ];
  }
  if (first === "none") return [];
  const total = (window.end - first.start) as Duration;
  if (total <= settings.maxDuration) return [];
  return [
    error(
      "LPS212",
      `the chain of extensions since ${printInstant(first.start)} (${first.request}) would last ${printDuration(total)}; ` +
        `policies/lapse.yaml allows at most ${printDuration(settings.maxDuration)}`,
      "ask for less, or let the access end and make a new request",
      at,
    ),
  ];
}

/** First grant of the chain; `none` when the extended grant itself is missing, which is another check's finding. */
function firstOf({ request, active, history }: Facts): ActiveGrant | "unknown" | "none" {
  const known = new Map([...history, ...active].map((grant) => [grant.request, grant]));
  const seen = new Set<string>([request.id]);
  let grant = known.get(request.extends ?? "");
  if (!grant) return "none";
  while (grant.extends !== undefined) {
    seen.add(grant.request);
    const before = known.get(grant.extends);
    if (!before || seen.has(before.request)) return "unknown";
    grant = before;
  }
  return grant;
}
