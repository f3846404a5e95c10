// How does one long-running process do what the workflows do, to the second? (beside them, never instead of them)
import type { Context, Life } from "./context.ts";
import { act, trouble, type What } from "./controller-act.ts";
import type { LiveGrant } from "./core/entry.ts";
import type { Instant } from "./core/model.ts";
import { backoff, FRESH, hasBegun, hasEnded, isWhole, nap, type Memory } from "./core/schedule.ts";
import { isOpen, type LogLine } from "./core/log-line.ts";
import type { Held, Lease } from "./repo/lease.ts";

export interface ControllerOptions {
  /** How often the remote is asked, and the lease renewed, in milliseconds. */
  readonly poll: number;
  readonly tell: (told: LogLine, at: Instant) => void;
  /** Called in every round of the loop: for whoever wants to know that it goes round. */
  readonly alive: () => void;
}

/** A lease outlives so many polls without a renewal. */
const LEASE_POLLS = 3;

interface Seat {
  readonly context: Context;
  readonly life: Life;
  readonly lease: Lease;
  readonly options: ControllerOptions;
  held: Held;
  memory: Memory;
  /** Open cases, as the ledger was last read. */
  live: readonly LiveGrant[];
  /** The commit of main that was fetched last, and the one that was judged last. */
  tip: string | undefined;
  main: string | undefined;
  /** What is wrong as long as it stays so is told once. */
  troubles: ReadonlySet<string>;
}

const NOBODY: Held = { is: "unknown", reason: "nobody was asked yet" };

/** Goes round until it is told to stop, whatever fails: ending access is tried for ever. Lets go of the lease at the end. */
export async function control(context: Context, life: Life, options: ControllerOptions): Promise<void> {
  const stop = life.stopping();
  const lease = life.lease(LEASE_POLLS * options.poll);
  const fenced: Context = { ...context, run: life.name, fence: () => lease.isOurs() };
  const seat: Seat = {
    ...{ context: fenced, life, lease, options, memory: FRESH, live: [] },
    ...{ held: NOBODY, tip: undefined, main: undefined, troubles: new Set() },
  };
  while (!stop.aborted) {
    options.alive();
    await carefully(seat, () => round(seat));
    await life.sleep(nap(seat.live, seat.memory, { now: context.clock(), elapsed: life.elapsed() }));
  }
  await lease.release();
  tell(seat, { event: "stopped", about: "", ok: true, says: [] });
}

/** What ended goes first and asks nobody; then whose turn it is; then everything that is due. */
async function round(seat: Seat): Promise<void> {
  const { context, life, options } = seat;
  if (hasEnded(seat.live, seat.memory, context.clock())) await reconcile(seat, "sweep");
  if (life.elapsed() >= seat.memory.look) {
    await carefully(seat, () => look(seat));
    seat.memory = { ...seat.memory, look: life.elapsed() + options.poll };
  }
  const due = seat.held.is === "others" ? undefined : whatIsDue(seat);
  if (due) await reconcile(seat, due);
}

function whatIsDue({ context, life, live, memory, tip, main }: Seat): What | undefined {
  if (isWhole(memory, life.elapsed())) return "whole";
  return tip !== main || hasBegun(live, memory, context.clock()) ? "apply" : undefined;
}

/** Whose turn is it, and what is new? Who waits for its turn has nothing to end. */
async function look(seat: Seat): Promise<void> {
  const { context, lease, held } = seat;
  seat.held = await lease.hold();
  if (JSON.stringify(held) !== JSON.stringify(seat.held)) tell(seat, turnLine(seat.held));
  seat.live = [];
  if (seat.held.is === "others") return;
  const { repo, ledger } = context;
  try {
    await repo.fetch();
    seat.tip = await repo.remoteTip(await repo.defaultBranch());
  } finally {
    seat.live = (await ledger.read()).live;
  }
}

function turnLine(held: Held): LogLine {
  if (held.is === "ours") return { event: "turn", about: "ours", ok: true, says: ["holds the lease"] };
  if (held.is === "others")
    return { event: "turn", about: held.by, ok: true, says: ["holds the lease; this one waits"] };
  return { event: "turn", about: "unknown", ok: false, says: ["ends access and gives none", held.reason] };
}

async function reconcile(seat: Seat, what: What): Promise<void> {
  const { context, life, held } = seat;
  const now = context.clock();
  const { told, main, interval } = await act({ ...context, now }, what, held.is === "ours");
  seat.main = main ?? seat.main;
  seat.memory = {
    ...seat.memory,
    swept: now,
    interval: interval ?? seat.memory.interval,
    ...(what === "whole" && { whole: life.elapsed() }),
  };
  settle(seat, told);
  seat.live = (await context.ledger.read()).live;
}

/** Counts failures, decides when to try again, and says what is new. */
function settle(seat: Seat, told: readonly LogLine[]): void {
  const { life, troubles } = seat;
  const open = told.filter(isOpen);
  const failures = open.length > 0 ? seat.memory.failures + 1 : 0;
  const memory = { ...seat.memory, failures };
  const urgent = open.some(({ event }) => event === "failed");
  const again = failures > 0 ? life.elapsed() + backoff(memory, urgent, life.random()) : undefined;
  seat.memory = { ...memory, again };
  const known = new Set(troubles);
  for (const one of told) {
    const key = JSON.stringify(one);
    if (one.ok || !known.has(key)) tell(seat, one);
    known.add(key);
  }
  seat.troubles = new Set(open.map((one) => JSON.stringify(one)));
}

/** Nothing that goes wrong ends the loop. */
async function carefully(seat: Seat, go: () => Promise<void>): Promise<void> {
  try {
    await go();
  } catch (problem) {
    settle(seat, [trouble(problem)]);
  }
}

function tell({ context, options }: Seat, told: LogLine): void {
  options.tell(told, context.clock());
}
