// May this account pass, right now? (pure; whatever is not known for sure is a no)
import type { LiveGrant } from "./entry.ts";
import type { Catalog, Instant, Person } from "./model.ts";
import type { SweepView } from "./snapshot.ts";
import { sweep } from "./sweep.ts";
import { isOver } from "./time.ts";

export interface Question {
  /** The forge's login of whoever wants to pass. */
  readonly actor: string;
  /** Its numeric id, where the asker knows it: a login can be renamed and taken by somebody else. */
  readonly actorId?: number;
  readonly entitlement: string;
}

export type Answer =
  | { readonly allowed: true; readonly person: string; readonly grant: LiveGrant }
  | { readonly allowed: false; readonly reason: string };

/** The same sweep that ends access says what is still in force, so a gate closes at the very end of a window. */
export function mayPass(view: SweepView, question: Question): Answer {
  if (!view.main) return no(`it is not known: ${view.unread ?? "the default branch could not be read"}`);
  const { catalog } = view.main.rules;
  const person = personOf(catalog, question);
  if (typeof person === "string") return no(person);
  const known = knownBefore(view, question);
  if (known !== person.name)
    return no(`who ${question.actor} is was changed on main, and nobody has vouched for it`);
  if (catalog.entitlement(question.entitlement).is !== "found")
    return no(`there is no entitlement ${question.entitlement}`);
  const mine = sweep(view).kept.filter(
    (g) => g.subject === person.name && g.entitlement === question.entitlement,
  );
  const open = mine.filter((g) => g.phase === "granted" && isOver(g.start, view.now));
  const [longest] = open.sort((a, b) => b.end - a.end);
  if (longest) return { allowed: true, person: person.name, grant: longest };
  return no(whyNot(mine, person, question, view.now));
}

/** Name of the person with this account by the rules that were vouched for. */
function knownBefore({ vouched }: SweepView, question: Question): string | undefined {
  if (!vouched || "unread" in vouched) return undefined;
  const person = personOf(vouched.catalog, question);
  return typeof person === "string" ? undefined : person.name;
}

function no(reason: string): Answer {
  return { allowed: false, reason };
}

function whyNot(mine: readonly LiveGrant[], person: Person, { entitlement }: Question, now: Instant): string {
  const [waiting] = mine;
  if (!waiting) return `${person.name} has no ${entitlement} now`;
  if (!isOver(waiting.start, now)) return `${waiting.request} has not begun yet`;
  return `${waiting.request} is approved and not yet granted: \`lapse apply\` has to run`;
}

/** Exactly one person with this account, by number where it is known; or why nobody is meant. */
function personOf({ people, broken }: Catalog, { actor, actorId }: Question): Person | string {
  if (broken.some((path) => path.startsWith("policies/people/")))
    return "it is not known: a file in policies/people cannot be read";
  const found = people.filter(({ forge, otherAccounts }) =>
    [forge, ...otherAccounts].some(
      ({ login, id }) =>
        login.toLowerCase() === actor.toLowerCase() && (actorId === undefined || id === actorId),
    ),
  );
  const [person, second] = found;
  if (!person) return `nobody in policies/people has the account ${actor}`;
  return second ? `several people in policies/people have the account ${actor}` : person;
}
