// THE SPINE: gather → decide → execute → record. Read this file first.
import type { Context } from "./context.ts";
import { decide } from "./core/decide.ts";
import type { Draft } from "./core/entry.ts";
import type { Finding } from "./core/model.ts";
import type { Applied, Expired, Outcome } from "./core/outcome.ts";
import type { Plan } from "./core/plan.ts";
import type { SweepView } from "./core/snapshot.ts";
import { decisionDrafts, missedDrafts } from "./core/plan-drafts.ts";
import { sweep } from "./core/sweep.ts";
import { carryOutEnds, revokeIntents } from "./execute-ends.ts";
import { FENCED, isFenced } from "./fence.ts";
import { carryOutGrants, grantIntents, prepareGrants, takeBack, type Prepared } from "./execute-grants.ts";
import { gather, gatherSweep } from "./gather.ts";
import { heartbeat } from "./beat.ts";
import { sweepOrphans } from "./orphans.ts";
import { readAgain } from "./read-again.ts";
import { reasonOf } from "./session.ts";
import type { Appended, LedgerState } from "./repo/ledger.ts";

/** Lost races before we give up and leave the rest to the next run. */
const ATTEMPTS = 5;

export interface SweepReport extends Expired {
  readonly main: SweepView["main"];
  readonly ledger: LedgerState;
}

/** What `apply` would do now. The same value that it carries out. */
export async function plan(context: Context): Promise<Plan> {
  const { view } = await gather(context);
  return decide(view);
}

/**
 * Revocations first and whatever else fails; then decisions, each written before it is acted on; then grants. When
 * somebody else appends to the ledger in between, everything is read and decided again.
 */
export async function apply(context: Context, acceptMain?: string): Promise<Applied> {
  const outcomes: Outcome[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const { view, ledger } = await gather(context, acceptMain);
    const decided = decide(view);
    const ended = await endAccess(context, view, decided.ends, ledger);
    const unseen = together(decided.unseen, ended.unseen);
    const plan = { ...decided, unseen, warnings: [...decided.warnings, ...ended.unmanaged] };
    outcomes.push(...ended.outcomes);
    const given = ended.moved ? undefined : await giveAccess(context, plan, ended.ledger);
    if (given)
      return {
        plan,
        outcomes: [...outcomes, ...given.outcomes],
        unrecorded: ended.unrecorded ?? given.unrecorded,
      };
    if (attempt === ATTEMPTS) return { plan, outcomes, unrecorded: "other runs kept writing to the ledger" };
  }
}

/** The sweep alone: needs the ledger, the targets and the clock; no forge, no policy, no approval. */
export async function expire(context: Context): Promise<SweepReport> {
  const { view, ledger } = await gatherSweep(context);
  const swept = sweep(view);
  const ended = await endAccess(context, view, swept.ends, ledger, "tidy");
  const before = await decideMissed(context, swept.missed, ended);
  const drafts = heartbeat(context, view, ended.ledger);
  const flush = drafts.length > 0 || ledger.waiting === true;
  const last = flush ? await context.ledger.record(drafts, stamp(context)) : undefined;
  const unrecorded = ended.unrecorded ?? keptReason(last);
  const state = last?.is === "appended" ? last.state : before;
  return {
    now: context.now,
    warnings: [...(ledger.findings ?? []), ...ended.unmanaged],
    unseen: ended.unseen,
    cleaned: ended.cleaned,
    unread: view.unread,
    sweep: swept,
    outcomes: ended.outcomes,
    unrecorded,
    main: view.main,
    ledger: state,
  };
}

/** One line a target, however often it was asked. */
function together(a: Plan["unseen"], b: Plan["unseen"]): Plan["unseen"] {
  return [...new Map([...a, ...b].map((one) => [one.target, one])).values()];
}

function stamp({ now, run }: Context) {
  return { at: now, run };
}

interface Ended {
  readonly outcomes: readonly Outcome[];
  readonly unseen: Plan["unseen"];
  readonly unmanaged: readonly Finding[];
  readonly cleaned: readonly string[];
  readonly ledger: LedgerState;
  /** Somebody else wrote to the ledger since it was read: decisions made on it are void. */
  readonly moved: boolean;
  readonly unrecorded: string | undefined;
}

/** Intent, act, read back, receipt. The act does not wait for the ledger: less access never waits. */
async function endAccess(
  context: Context,
  view: SweepView,
  ends: Plan["ends"],
  before: LedgerState,
  tidy?: "tidy",
): Promise<Ended> {
  const said = await tryRecord(context, revokeIntents(ends));
  const outcomes = await carryOutEnds(context, ends);
  const left = await sweepOrphans(context, view.vouched, before, tidy);
  const all = [...outcomes, ...left.outcomes];
  const done = await tryRecord(
    context,
    all.flatMap((o) => o.drafts),
  );
  const { unseen, unmanaged, cleaned } = left;
  return { outcomes: all, unseen, unmanaged, cleaned, ...after(before, [said, done]) };
}

/** Facts, as far as they can be written. Whatever goes wrong here must not keep access open. */
async function tryRecord(context: Context, drafts: readonly Draft[]): Promise<Appended | undefined> {
  if (drafts.length === 0) return undefined;
  try {
    // When it was confirmed, not when this run began: whoever measures lateness must not be told less than it was.
    return await context.ledger.record(drafts, { ...stamp(context), at: context.clock() });
  } catch (problem) {
    return { is: "kept", reason: reasonOf(problem) };
  }
}

/** Were these appends the only ones since `before`? */
function after(
  before: LedgerState,
  appended: readonly (Appended | undefined)[],
): Pick<Ended, "ledger" | "moved" | "unrecorded"> {
  let ledger = before;
  let moved = false;
  let unrecorded: string | undefined;
  for (const one of appended) {
    if (one?.is === "appended") {
      moved ||= one.entries[0]?.prev !== ledger.tip.hash;
      ledger = one.state;
    } else unrecorded ??= keptReason(one);
  }
  return { ledger, moved, unrecorded };
}

function keptReason(appended: Appended | undefined): string | undefined {
  if (appended?.is === "kept") return appended.reason;
  return appended?.is === "lost-race" ? "other runs kept writing to the ledger" : undefined;
}

type Given = Pick<Applied, "outcomes" | "unrecorded">;

/** Nothing when the race was lost: then nothing was written and nothing granted. */
async function giveAccess(context: Context, plan: Plan, ledger: LedgerState): Promise<Given | undefined> {
  const { prepared, failed } = await prepareGrants(context, plan.grants, ledger.live);
  const drafts = [...decisionDrafts(plan), ...grantIntents(prepared)];
  const news = plan.main !== undefined && plan.main !== ledger.tip.main;
  if (drafts.length === 0 && !news) return { outcomes: failed, unrecorded: undefined };
  if (await isFenced(context)) return { outcomes: failed, unrecorded: FENCED };
  const decided = await context.ledger.decide(drafts, stamp(context), ledger, plan.main);
  if (decided.is === "lost-race") return undefined;
  if (decided.is === "kept") return { outcomes: failed, unrecorded: decided.reason };
  const given = await grantIntended(context, prepared, decided.state.live);
  return { outcomes: [...failed, ...given.outcomes], unrecorded: given.unrecorded };
}

async function grantIntended(
  context: Context,
  prepared: readonly Prepared[],
  live: LedgerState["live"],
): Promise<Given> {
  const outcomes = await carryOutGrants(context, prepared, live);
  const last = await tryRecord(
    context,
    outcomes.flatMap((o) => o.drafts),
  );
  const back = await undoOrphans(context, prepared, last);
  return { outcomes: [...outcomes, ...back], unrecorded: keptReason(last) };
}

/** Another run may have ended a case while this one was granting it, whether or not the grant got an answer. */
async function undoOrphans(
  context: Context,
  prepared: readonly Prepared[],
  last: Appended | undefined,
): Promise<readonly Outcome[]> {
  const state = last?.is === "appended" ? last.state : await readAgain(context);
  if (!state) return [];
  const back = await takeBack(context, prepared, state.live);
  await tryRecord(
    context,
    back.flatMap((o) => o.drafts),
  );
  return back;
}

/** A decision, unlike an end: another run may be granting by now what this one saw go by. Then the next run looks. */
async function decideMissed(
  context: Context,
  missed: Plan["missed"],
  { moved, ledger }: Ended,
): Promise<LedgerState> {
  if (moved || missed.length === 0) return ledger;
  const decided = await context.ledger.decide(missedDrafts(missed), stamp(context), ledger);
  return decided.is === "appended" ? decided.state : ledger;
}
