// What does the ledger say is in force, and how fresh is that? (no forge, no target)
import { loadSettings } from "./catalog.ts";
import type { Context } from "./context.ts";
import { chronicler } from "./core/history.ts";
import { STATES, type State } from "./core/states.ts";
import { fromEpoch } from "./core/time.ts";
import { closedRow, inOrder, openRow, type Status, type StatusRow } from "./core/status.ts";

/** How far back `all` looks for cases that are over. */
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
  const open = live.map((grant) => openRow(grant, now));
  const rows = filter.all === true ? [...open, ...(await overRows(context, open))] : open;
  const shown = inOrder(rows.filter((row) => matches(row, filter)));
  return {
    now,
    heartbeat: tip.heartbeat,
    interval: await sweepInterval(context),
    main: tip.main,
    rows: shown,
    filtered: shown.length < rows.length,
    owed: reviews.filter((review) => review.since !== undefined),
    overdue: open.some((row) => row.state === "overdue"),
  };
}

async function overRows(context: Context, open: readonly StatusRow[]): Promise<readonly StatusRow[]> {
  const isOpen = new Set(open.map((row) => row.request));
  const seen = chronicler();
  for (const entry of await context.ledger.since(fromEpoch(Math.max(0, context.now - LOOK_BACK)))) {
    seen.add(entry);
  }
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

async function sweepInterval(context: Context): Promise<Status["interval"]> {
  const commit = await context.repo.remoteTip(await context.repo.defaultBranch());
  if (commit === undefined) return undefined;
  const settings = await loadSettings(context, commit);
  return settings.is === "found" ? settings.value.sweepInterval : undefined;
}
