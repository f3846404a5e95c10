// What does a break-glass owe, to be fixed when it is admitted?
import type { ReviewDuty } from "./entry.ts";
import type { Candidate, Landing } from "./evidence.ts";
import { mergedPull } from "./landing.ts";
import type { AccessRequest, Catalog, Window } from "./model.ts";
import { plus } from "./time.ts";

/** What was asked, and how it came to main. */
interface Landed {
  readonly request: AccessRequest;
  readonly window: Window;
  readonly landing: Landing;
}

/** Fixed like the window, by policy as it is now. What that does not say is due at once and from nobody. */
export function dutyOf(
  { digest }: Pick<Candidate, "digest">,
  catalog: Catalog,
  { request, window: { start }, landing }: Landed,
): ReviewDuty {
  const { settings } = catalog;
  const entitlement = catalog.entitlement(request.entitlement);
  const known = entitlement.is === "found" ? entitlement.value.breakGlass?.review : undefined;
  const person = catalog.person(request.subject);
  return {
    due: settings.is === "found" ? plus(start, settings.value.breakGlass.reviewWithin) : start,
    ...(known ?? { from: [], count: 1 }),
    digest,
    account: person.is === "found" ? person.value.forge.id : 0,
    hands: handsIn(landing),
  };
}

/** Everybody whom the server or git names on the branch: to be named in vain costs a reviewer, never the other way. */
function handsIn(landing: Landing): readonly number[] {
  const { pull, committers = [], headActivity = [] } = mergedPull(landing) ?? {};
  const users = [pull?.author, ...committers, ...headActivity.map((push) => push.actor)];
  return [...new Set(users.flatMap((user) => user?.id ?? []))].sort((a, b) => a - b);
}
