// What does the ledger say is in force, and how fresh is that? (no forge, no target)
import { promised } from "./bounds.ts";
import type { Context } from "./context.ts";
import type { Entry, Tip } from "./core/entry.ts";
import { chronicler } from "./core/history.ts";
import { confirmed, lateness, overdue } from "./core/lateness.ts";
import type { Instant } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { STATES, type State } from "./core/states.ts";
import { fromEpoch } from "./core/time.ts";
import { closedRow, inOrder, openRow, type Status, type StatusRow } from "./core/status.ts";
import { guardedDigest } from "./vouched.ts";

/** How far back `all` looks for cases that are over, and everybody for how late removals were. */
const LOOK_BACK = 90 * 86_400_000;

export interface StatusFilter {
  /** Also what was decided in the last 90 days and is over. */
  readonly all?: boolean;
  readonly subject?: string;
  readonly target?: string;
  readonly state?: State;
}

/** The last fetched ledger; fetching first is tried, and not needed. */
export async function statusOf(context: Context, filter: StatusFilter): Promise<Status> {
  const { now, repo } = context;
  await repo.fetch();
  const { tip, live, reviews } = await context.ledger.read();
  const from = fromEpoch(Math.max(0, now - LOOK_BACK));
  const entries = await pastOf(context, from, filter);
  const { interval, bounds } = await promised(context);
  const open = live.map((grant) => openRow(grant, now));
  const rows = filter.all === true ? [...open, ...overRows(entries ?? [], open)] : open;
  const removals = entries && [...confirmed(entries, from), ...overdue(live, now)];
  const unvouchedSince = await unvouched(context, tip);
  const shown = inOrder(rows.filter((row) => matches(row, filter)));
  return {
    now,
    heartbeat: tip.heartbeat,
    interval,
    main: tip.main,
    ...(unvouchedSince !== undefined && { unvouchedSince }),
    rows: shown,
    filtered: shown.length < rows.length,
    owed: reviews.filter((review) => review.since !== undefined),
    overdue: open.some((row) => row.state === "overdue"),
    lateness:
      removals &&
      lateness(removals, bounds, now).filter(({ target }) => target === (filter.target ?? target)),
  };
}

/** What is open shows even where the past is damaged. */
async function pastOf(
  { ledger }: Context,
  from: Instant,
  { all }: StatusFilter,
): Promise<readonly Entry[] | undefined> {
  try {
    return await ledger.since(from);
  } catch (problem) {
    if (all !== true && problem instanceof Problem) return undefined;
    throw problem;
  }
}

function overRows(entries: readonly Entry[], open: readonly StatusRow[]): readonly StatusRow[] {
  const isOpen = new Set(open.map((row) => row.request));
  const seen = chronicler();
  for (const entry of entries) seen.add(entry);
  return [...seen.chronicle().cases.values()].filter((one) => !isOpen.has(one.request)).map(closedRow);
}

function matches(row: StatusRow, { subject, target, state }: StatusFilter): boolean {
  return (
    (subject === undefined || row.subject === subject) &&
    (target === undefined || row.target === target) &&
    // `ending` is only how an active one is shown.
    (state === undefined || row.state === state || STATES[row.state].json === state)
  );
}

/** The commit that was vouched for last, where what decides on main is not what it was there. */
async function unvouched(context: Context, { vouched }: Tip): Promise<string | undefined> {
  const commit = await context.repo.remoteTip(await context.repo.defaultBranch());
  if (!vouched || commit === undefined || commit === vouched.commit) return undefined;
  return (await guardedDigest(context, commit)) === vouched.digest ? undefined : vouched.commit;
}
