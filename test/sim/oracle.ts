// Was every promise kept? (pure; imports nothing of Lapse: it judges by what targets, forge and git themselves remember)
import {
  actingAt,
  clock,
  concerns,
  edgeOf,
  isOurs,
  lastEnd,
  linesOf,
  reached,
  sameEdge,
  told,
  windowsOf,
  type Books,
  type Kept,
  type Line,
} from "./oracle-books.ts";
import { landingsOf, type Landing, type Window } from "./oracle-evidence.ts";
import { ledgerFaults } from "./oracle-ledger.ts";
import type { Interval, Run, Time } from "./types.ts";

/** Clocks that are right show whole seconds. */
const SECOND = 1000;
/** By a clock that is further off than this, nothing is granted. */
const MOST_OFF = 60 * SECOND;
const DAY = 86_400_000;

interface Read extends Books {
  readonly landings: readonly Landing[];
  readonly windows: readonly Window[];
  readonly lines: readonly Line[];
}

function read(books: Books): Read {
  const landings = landingsOf(books.events, books.company);
  const windows = landings.flatMap((one) => ("window" in one ? [one.window] : []));
  return { ...books, landings, windows, lines: linesOf(books.ledger) };
}

/** Everything that went against a promise, in words. Empty: all is well. */
export function violations(books: Books): readonly string[] {
  const all = read(books);
  const ours = (rule: (all: Read, target: Kept, interval: Interval) => readonly string[]) =>
    books.targets.flatMap((target) => target.history.filter(isOurs).flatMap((one) => rule(all, target, one)));
  return [
    ...unproved(all),
    ...ledgerFaults(all),
    ...ours(evidence),
    ...ours(intended),
    ...ours(ended),
    ...ours(endedItself),
    ...ours(cutOff),
    ...ours(saidToBeGone),
    ...books.targets.flatMap((target) => foreign(all, target)),
  ];
}

// ---- P1, P2: nothing without consent ---------------------------------------------------------------------------

/** What was admitted must be a window that people consented to, with its very start and end. */
function unproved({ lines, landings, windows }: Read): readonly string[] {
  return lines.flatMap(({ kind, request, admission, pushed }) => {
    if (kind !== "admitted" || !admission) return [];
    const { subject, start, end, claim } = admission;
    const mine = windows.filter(({ id, merged }) => id === request && merged <= pushed);
    const same = mine.filter(
      (w) => w.subject === subject && w.target === claim.target && w.role === claim.role.role,
    );
    if (same.some((w) => w.start === start && w.ends.includes(end))) return [];
    const whys = landings.flatMap((one) => (one.id === request && "why" in one ? [one.why] : []));
    const said = `${clock(start)} to ${clock(end)}`;
    const right = same.map((w) => `${clock(w.start)} to ${w.ends.map(clock).join(" or ")}`);
    const why = same.length > 0 ? `it is from ${right.join("; ")}` : (whys.at(-1) ?? "it never came to main");
    return [`${request} was admitted (${said}) without consent to that: ${why}`];
  });
}

function evidence(all: Read, _: Kept, interval: Interval): readonly string[] {
  const mine = windowsOf(interval, all.windows);
  const acting = actingAt(all, interval.from);
  const fast = Math.min(MOST_OFF, Math.max(0, ...acting.map(({ skew }) => skew))) + SECOND;
  const started = mine.filter(({ start }) => start - fast <= interval.from);
  if (mine.length === 0) return [`${told(interval)}: nobody consented to it`];
  if (started.length === 0)
    return [`${told(interval)}: opened before its start at ${clock(mine[0]?.start ?? 0)}`];
  const end = lastEnd(started);
  if (interval.from < end) return [];
  // Whoever sets out before the end may arrive after it. Whoever sets out after the end must not.
  const underWay = acting.some(({ kind, from, skew }) => kind === "apply" && from + skew < end);
  return underWay ? [] : [`${told(interval)}: opened by a run that began after its end at ${clock(end)}`];
}

// ---- P7: intent before act, and nothing is said to be gone that is not -------------------------------------------

function intended({ lines }: Read, _: Kept, interval: Interval): readonly string[] {
  const found = lines.some(
    (line) =>
      line.kind === "intent" &&
      line.op === "grant" &&
      line.pushed <= interval.from &&
      concerns(interval, edgeOf(line), line.request),
  );
  return found ? [] : [`${told(interval)}: no intent was in the ledger before it`];
}

/** "Revoked" is written after a read that lacks it: what was open when that run began must have closed by then. */
function saidToBeGone({ lines, runs }: Read, _: Kept, interval: Interval): readonly string[] {
  const intents = lines.filter(
    (line) => line.kind === "intent" && concerns(interval, edgeOf(line), line.request),
  );
  const requests = new Set(intents.map(({ request }) => request));
  return lines.flatMap((line) => {
    const { request, pushed, run } = line;
    if (!requests.has(request) || !claimsToBeGone(line)) return [];
    const began = runs.find(({ by }) => by === run)?.from ?? pushed;
    const through = interval.from < began && (interval.to ?? Infinity) > pushed;
    return through ? [`${told(interval)}: ${request} was said to be revoked at ${clock(pushed)}`] : [];
  });
}

function claimsToBeGone({ kind, because, receipt }: Line): boolean {
  return kind === "revoked" && because !== "no-open-case" && receipt?.untouched === undefined;
}

// ---- P3, P4, P9: access ends on time -----------------------------------------------------------------------------

/** A run that reached the target unhindered leaves nothing there that was over, or not wanted, when it began. */
function ended(all: Read, target: Kept, interval: Interval): readonly string[] {
  const mine = windowsOf(interval, all.windows);
  const missed = all.runs.find((run) => {
    const survived =
      interval.from < run.from && (interval.to ?? Infinity) > (run.to ?? Infinity) + target.settles;
    return (
      survived && reached(run, target.name) && sees(run, interval) && !mine.some((w) => holds(w, run, target))
    );
  });
  if (!missed) return [];
  const end = clock(lastEnd(mine));
  return [
    `${told(interval)}: its last end was ${end}, and ${missed.by} left it there at ${clock(missed.to ?? 0)}`,
  ];
}

/** A sweeper beside the target goes by marks alone. */
function sees({ kind, to = Infinity }: Run, { stripped }: Interval): boolean {
  return kind !== "sweep" || stripped === undefined || stripped > to;
}

/** Was there a reason to leave it, as far as that run could know by its own clock? */
function holds(window: Window, { kind, from, to = Infinity, skew }: Run, { settles }: Kept): boolean {
  const reads = from + Math.min(0, skew);
  if (window.start > to + settles + MOST_OFF || Math.max(...window.ends) <= reads) return false;
  return kind === "sweep" || !window.unwanted.some((span) => span.from <= from && to <= span.to);
}

/** What the target ends itself needs no run at all. */
function endedItself({ windows, now }: Read, { native }: Kept, interval: Interval): readonly string[] {
  const mine = windowsOf(interval, windows);
  if (!native || mine.length === 0 || (interval.to ?? now) <= lastEnd(mine)) return [];
  return [`${told(interval)}: the target itself should have ended it at ${clock(lastEnd(mine))}`];
}

/** The latest end counts: nobody who was granted something loses it before. */
function cutOff(all: Read, _: Kept, interval: Interval): readonly string[] {
  const { to, ended: by, spoiled } = interval;
  if (to === undefined || by !== "lapse" || spoiled !== undefined) return [];
  const fast = Math.max(0, ...actingAt(all, to).map(({ skew }) => skew));
  const robbed = windowsOf(interval, all.windows).find((window) => {
    const end = admittedEnd(all, window, to);
    const wanted = to < window.doubted;
    return (
      end !== undefined &&
      window.start <= to &&
      to < end - fast - SECOND &&
      wanted &&
      heldAt(all, window.id, to)
    );
  });
  return robbed
    ? [`${told(interval)}: cut off, though ${robbed.id} has it until ${clock(lastEnd([robbed]))}`]
    : [];
}

/** By the ledger at that time; a later file that uses the id again is another's window. */
function admittedEnd({ lines }: Read, window: Window, at: Time): Time | undefined {
  const admitted = lines.findLast(
    (l) => l.kind === "admitted" && l.request === window.id && l.pushed <= at,
  )?.admission;
  return admitted && sameEdge(edgeIn(admitted), window) ? admitted.end : undefined;
}

/** Granted, and not revoked since, by the ledger at that time. */
function heldAt({ lines }: Read, request: string, at: Time): boolean {
  const past = lines.filter((line) => line.request === request && line.pushed < at);
  const last = past.findLast(({ kind }) => ["granted", "revoked"].includes(kind));
  return last?.kind === "granted" && last.standing === false;
}

// ---- P5: what is not ours ---------------------------------------------------------------------------------------

function foreign(all: Read, target: Kept): readonly string[] {
  return target.history.flatMap((interval) => {
    if (isOurs(interval) || interval.ended !== "lapse" || mistaken(all, target, interval)) return [];
    return [`${told(interval)}: people gave it, and Lapse took it away`];
  });
}

/**
 * On edges without marks nobody can tell who gave what. Access that people give where a request has its intent already,
 * or while the run that will write it is looking, counts as the request's.
 */
function mistaken(all: Read, { ownership }: Kept, interval: Interval): boolean {
  const { lines, runs } = all;
  if (ownership !== "container" && ownership !== "bare") return false;
  const intents = lines.filter(
    ({ kind, op, prestate }) => kind === "intent" && op === "grant" && prestate !== "standing",
  );
  return intents.some((line) => {
    if (!concerns(interval, edgeOf(line), line.request)) return false;
    const looked = runs.find(({ by }) => by === line.run)?.from ?? line.pushed;
    return looked <= interval.from && (claims(lines, line, interval.from) || blind(all, line, interval));
  });
}

/** Was it taken by a run that had read of the case while it was open, and that git did not answer since? */
function blind(all: Read, intent: Line, { to = Infinity }: Interval): boolean {
  return actingAt(all, to).some(
    ({ from, down, faults }) =>
      (down.includes("git") || faults.some((fault) => fault.includes(" git "))) &&
      claims(all.lines, intent, from),
  );
}

/** Is its case open then, or did its run fall silent less than a day before? */
function claims(lines: readonly Line[], intent: Line, at: Time): boolean {
  const later = lines.filter((l) => l.request === intent.request && l.pushed >= intent.pushed);
  const closed = later.some(({ kind, pushed }) => kind === "revoked" && pushed < at);
  const silent = !later.some(({ kind, run }) => kind === "granted" && run === intent.run);
  return !closed || (silent && at - intent.pushed < DAY);
}

// ---- and in the end ---------------------------------------------------------------------------------------------

/** Once nothing stands in the way any more: whoever was admitted has it, and nobody else has anything of ours. */
export function unrest(books: Books): readonly string[] {
  const all = read(books);
  const { now, lines, targets } = all;
  const open = lines.flatMap(({ kind, request, admission }) => {
    const over = lines.some((l) => l.request === request && ["revoked", "missed"].includes(l.kind));
    return kind === "admitted" && admission && !over ? [{ request, ...admission }] : [];
  });
  const still = targets.flatMap(({ history }) => history.filter(({ to }) => to === undefined));
  const left = still.filter((one) => isOurs(one) && !open.some((c) => concerns(one, edgeIn(c), c.request)));
  const late = open.filter(({ end }) => end <= now);
  const without = open.filter(
    (c) => c.start <= now && now < c.end && !still.some((one) => concerns(one, edgeIn(c), c.request)),
  );
  return [
    ...left.map((one) => `${told(one)}: nobody has a case for it`),
    ...late.map(({ request, end }) => `the case of ${request} is open, though it ended at ${clock(end)}`),
    ...without.map(({ request }) => `${request} was admitted and is not granted`),
  ];
}

function edgeIn({ subject, claim }: NonNullable<Line["admission"]>) {
  return { subject, target: claim.target, role: claim.role.role };
}

/** The longest that access outlived its last end on each target, in milliseconds; negative when none did. */
export function lateness(books: Books): ReadonlyMap<string, number> {
  const { windows, targets, now } = read(books);
  return new Map(
    targets.map(({ name, history }) => {
      const ends = history.filter(isOurs).map((one) => (one.to ?? now) - lastEnd(windowsOf(one, windows)));
      return [name, Math.max(-1, ...ends.filter(Number.isFinite))];
    }),
  );
}
