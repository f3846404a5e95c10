// Which access did people really consent to, and from when to when? (from what happened on the forge, by its own reading)
import { mainsOf, type Demand, type Main, type Offer } from "./oracle-policy.ts";
import type { Event, Time } from "./types.ts";

export interface Company {
  /** Ids of accounts that may write. */
  readonly writers: readonly number[];
  /** From the opening of a pull request to its merge. */
  readonly pendingTimeout: number;
}

export interface Span {
  readonly from: Time;
  readonly to: Time;
}

/** One request that came to main as it should. */
export interface Window {
  readonly id: string;
  readonly subject: string;
  readonly target: string;
  readonly role: string;
  readonly merged: Time;
  readonly start: Time;
  /** Its end; with an extension, also the one that it has if what it extends was live at its merge. */
  readonly ends: readonly Time[];
  /** When main, which was readable, said that it is wanted no more. */
  readonly unwanted: readonly Span[];
  /** When some file on main, whatever was wrong with others, first gave a reason to end it. */
  readonly doubted: Time;
}

/** How a request file came to main: a window, or why not. */
export type Landing = { readonly id: string; readonly at: Time } & (
  { readonly window: Window } | { readonly why: string }
);

type Of<K extends Event["kind"]> = Extract<Event, { kind: K }>;
type Content = ReadonlyMap<string, string | null>;

const second = (at: Time): Time => Math.floor(at / 1000) * 1000;

/** Every arrival of a request file on main, oldest first. */
export function landingsOf(events: readonly Event[], company: Company): readonly Landing[] {
  const mains = mainsOf(events);
  const moves = events.filter((event): event is Of<"main"> => event.kind === "main");
  const landings: Landing[] = [];
  moves.forEach((move, i) => {
    for (const [path, text] of Object.entries(move.files)) {
      const id = /^requests\/[^/]+\/([^/]+)\.yaml$/.exec(path)?.[1];
      if (id === undefined || text === null) continue;
      const pull = pullOf(events, move);
      const landed: Landed = {
        events,
        company,
        move,
        id,
        path,
        text,
        mains,
        place: i,
        ...(pull && { pull }),
      };
      const why = CHECKS.map((check) => check(landed)).find((objection) => objection !== undefined);
      const at = move.at;
      landings.push(why === undefined ? { id, at, window: windowOf(landed, landings) } : { id, at, why });
    }
  });
  return landings;
}

interface Landed {
  readonly events: readonly Event[];
  readonly company: Company;
  readonly move: Of<"main">;
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly mains: readonly Main[];
  /** Index of the move among main's moves. */
  readonly place: number;
  /** The pull request that the move merged. */
  readonly pull?: { readonly opened: Of<"opened">; readonly heads: readonly Head[] };
}

// ---- consent -------------------------------------------------------------------------------------------------

type Check = (landed: Landed) => string | undefined;

const CHECKS: readonly Check[] = [
  ({ pull }) => (pull ? undefined : "no pull request brought it to main"),
  ({ move }) => (Object.keys(move.files).length === 1 ? undefined : "its merge changed more than this file"),
  ({ mains, place, path }) =>
    mains[place - 1]?.files.has(path) === true ? "its merge changed a file that was there" : undefined,
  ({ move, pull, company }) =>
    move.at - (pull?.opened.at ?? move.at) > company.pendingTimeout ? "it waited too long" : undefined,
  ({ pull, path, text }) =>
    pull?.heads.at(-1)?.content.get(path) === text
      ? undefined
      : "what was merged is not what the branch held",
  ({ path, text }) =>
    path.split("/")[1] === field(text, "entitlement") ? undefined : "it lies in another's folder",
  ({ mains, place, text }) => {
    const offer = offerOf(mains[place], text);
    if (!offer) return "the rules at its merge do not offer it";
    if (glass(text) && !offer.glass) return "there is no break-glass here";
    return minutesOf(text) > (glass(text) ? 60 : offer.minutes) ? "it asks for too long" : undefined;
  },
  ({ mains, place, text }) => {
    const eligible = mains[place]?.members(offerOf(mains[place], text)?.eligible ?? "") ?? [];
    return eligible.includes(field(text, "subject"))
      ? undefined
      : "its subject was not eligible at its merge";
  },
  unapproved,
];

function offerOf(main: Main | undefined, text: string): Offer | undefined {
  return main?.offer(field(text, "entitlement"));
}

function pullOf(events: readonly Event[], move: Of<"main">): Landed["pull"] {
  const merge = events.find((e): e is Of<"merged"> => e.kind === "merged" && e.after === move.after);
  const opened = events.find((e): e is Of<"opened"> => e.kind === "opened" && e.pull === merge?.pull);
  return opened && move.pull === opened.pull ? { opened, heads: headsOf(events, opened.head) } : undefined;
}

/** Whoever is listed, may write, has no part in it and saw exactly this content, and said yes last. */
function unapproved(landed: Landed): string | undefined {
  const { mains, place, text, pull, company, path } = landed;
  const rules = mains[place];
  if (!rules || !pull) return "nobody could approve it";
  const demands = demandsOf(rules, text);
  const voices = lastWords(landed).filter(({ by }) => isFree(landed, rules, rules.personOf(by) ?? ""));
  if (voices.some(({ state }) => state === "CHANGES_REQUESTED")) return "an approver objected";
  const saw = (seen: string) => pull.heads.some((h) => h.commit === seen && h.content.get(path) === text);
  const counted = voices.filter(
    ({ state, by, seen }) => state === "APPROVED" && company.writers.includes(by) && saw(seen),
  );
  const people = [...new Set(counted.flatMap(({ by }) => rules.personOf(by) ?? []))];
  const only = people.length > 0 ? people.join(", ") : "nobody";
  return met(demands, people, rules) ? undefined : `of those who may approve it, ${only} did, having seen it`;
}

/** May this person approve: listed, and with no part in it? */
function isFree({ pull, text }: Landed, rules: Main, person: string): boolean {
  const listed = demandsOf(rules, text).some(({ group }) => rules.members(group).includes(person));
  const took = [pull?.opened.by ?? 0, ...(pull?.heads ?? []).map(({ by }) => by)];
  return listed && person !== field(text, "subject") && !took.some((id) => rules.personOf(id) === person);
}

function demandsOf(rules: Main, text: string): readonly Demand[] {
  return glass(text) ? [] : (offerOf(rules, text)?.demands ?? []);
}

/** What each account said last, before the merge. */
function lastWords({ events, move, pull }: Landed): readonly Of<"reviewed">[] {
  const said = events.filter(
    (e): e is Of<"reviewed"> => e.kind === "reviewed" && e.pull === pull?.opened.pull,
  );
  const decisive = said.filter(({ at, state }) => at <= move.at && state !== "COMMENTED");
  return [...new Map(decisive.map((e) => [e.by, e])).values()];
}

/** Can each seat be taken by a person of its own? Tries all ways: there are few seats. */
function met(demands: readonly Demand[], people: readonly string[], rules: Main): boolean {
  const seats = demands.flatMap(({ group, count }) => Array<string>(count).fill(group));
  const fill = (seat: number, left: readonly string[]): boolean => {
    const group = seats[seat];
    if (group === undefined) return true;
    const members = rules.members(group);
    return left.some(
      (one) =>
        members.includes(one) &&
        fill(
          seat + 1,
          left.filter((other) => other !== one),
        ),
    );
  };
  return fill(0, people);
}

/** What the branch was at a time, and who pushed it. */
interface Head {
  readonly commit: string;
  readonly by: number;
  readonly content: Content;
}

/** The life of the branch that a pull request was opened from. A forced push replaces the last commit. */
function headsOf(events: readonly Event[], first: string): readonly Head[] {
  const pushes = events.filter((e): e is Of<"pushed"> => e.kind === "pushed");
  const name = pushes.find(({ after }) => after === first)?.branch;
  const stack: Content[] = [];
  return pushes
    .filter(({ branch }) => branch === name)
    .map(({ after, by, force, files }) => {
      if (force) stack.pop();
      const content = new Map([...(stack.at(-1) ?? []), ...Object.entries(files)]);
      stack.push(content);
      return { commit: after, by, content };
    });
}

// ---- the window ----------------------------------------------------------------------------------------------

function field(text: string, name: string): string {
  return new RegExp(`^ {2}${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
}

const glass = (text: string): boolean => field(text, "breakGlass") === "true";
const minutesOf = (text: string): number => Number(/^(\d+)m$/.exec(field(text, "duration"))?.[1]);

function windowOf(landed: Landed, before: readonly Landing[]): Window {
  const { id, move, text, mains, place } = landed;
  const merged = second(move.at);
  const length = minutesOf(text) * 60_000;
  const notBefore = Date.parse(field(text, "notBefore"));
  const start = notBefore > merged ? notBefore : merged;
  const extended = before.flatMap((one) =>
    one.id === field(text, "extends") && "window" in one ? one.window.ends : [],
  );
  const ends = [start, ...extended].map((from) => from + length);
  const offer = mains[place]?.offer(field(text, "entitlement"));
  const { target = "", role = "" } = offer ?? {};
  const since = mains.slice(place);
  const unwanted = spansOf(since, (main) => !main.broken && !wanted(main, landed, offer));
  const doubted = since.find((main) => !wanted(main, landed, offer))?.from ?? Infinity;
  return { id, subject: field(text, "subject"), target, role, merged, start, ends, unwanted, doubted };
}

function wanted(main: Main, { path, text }: Landed, then: Offer | undefined): boolean {
  const subject = field(text, "subject");
  const offer = main.offer(field(text, "entitlement"));
  if (main.files.get(path) !== text || !offer || !main.has(subject)) return false;
  const same = offer.target === then?.target && offer.role === then.role;
  return same && main.members(offer.eligible).includes(subject);
}

function spansOf(mains: readonly Main[], is: (main: Main) => boolean): readonly Span[] {
  return mains.flatMap((main, i) =>
    is(main) ? [{ from: main.from, to: mains[i + 1]?.from ?? Infinity }] : [],
  );
}
