// What is true right now? (every read of a run, narrowed into one frozen Snapshot)
import type { Context } from "./context.ts";
import { idOf, isRequestPath, violations } from "./core/boundary.ts";
import { error } from "./core/finding.ts";
import type { RulesNews } from "./core/continuity.ts";
import { groupBy } from "./core/group.ts";
import { badTreeEntries, requestPath } from "./core/path.ts";
import type { ActiveGrant, AccessRequest, Finding } from "./core/model.ts";
import type { Step, TreeEntry } from "./core/facts.ts";
import { speaksOf } from "./core/policy.ts";
import { readRequest } from "./core/request.ts";
import type { Changes, MainView, Snapshot, SweepView } from "./core/snapshot.ts";
import { fromEpoch, isOver } from "./core/time.ts";
import { changesOf, NO_CHANGES, type Since } from "./gather-changes.ts";
import { frozen } from "./frozen.ts";
import { candidates } from "./gather-consent.ts";
import { reviewFacts } from "./gather-reviews.ts";
import { rulesetsNow } from "./gather-rules.ts";
import { observe } from "./observe.ts";
import { reasonOf } from "./session.ts";
import { readMain, rewriting, unreadMain, type Main } from "./read-main.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { vouchedRules } from "./vouched.ts";

/** How long ended grants stay visible to policies as `history`. */
const HISTORY = 30 * 86_400_000;

export interface Gathered<View> {
  readonly view: View;
  readonly ledger: LedgerState;
}

/**
 * What ending access needs. Main is left out when it could not be read, for whatever reason, or does not descend from
 * what was seen before: then only time ends anything.
 */
export async function gatherSweep(context: Context): Promise<Gathered<SweepView>> {
  const main = await readMain(context).catch(unreadMain);
  const ledger = await context.ledger.read();
  const rewritten = await rewriting(context, main, ledger, undefined);
  const view = rewritten === undefined ? main.view : undefined;
  const unread = main.unread ?? rewritten;
  const vouched = view && (await vouchedRules(context, main, ledger.tip));
  return { view: { now: context.now, live: ledger.live, main: view, unread, vouched }, ledger };
}

/** What a whole reconcile needs. `acceptMain`: the commit that a person vouches for although main was rewritten. */
export async function gather(context: Context, acceptMain?: string): Promise<Gathered<Snapshot>> {
  const main = await readMain(context);
  const ledger = await context.ledger.read();
  const { now } = context;
  const rewritten = await rewriting(context, main, ledger, acceptMain);
  const trusted = rewritten === undefined ? main.view : undefined;
  const { vouched, changes, rules, news } = await aboutMain(context, main, trusted, { ledger, acceptMain });
  const seen = await observe(context, ledger.live);
  const starting = await startingRequests(context, ledger, trusted);
  const past = await pastOf(context, pastMatters(news.candidates, starting, trusted));
  const { tip, live } = ledger;
  const unread = main.unread ?? rewritten;
  const wanted = news.candidates.length + starting.size > 0;
  const view: Snapshot = {
    ...{ now, live, tip, main: trusted, unread, vouched, history: past.history, starting },
    candidates: news.candidates,
    twins: news.twins,
    reviews: await reviewFacts(context, ledger.reviews),
    sights: seen.sights,
    unseen: seen.unseen,
    aboutMain: [...changes.drafts, ...rules.drafts],
    violations: news.violations,
    warnings: [
      ...news.warnings,
      ...changes.findings,
      ...rules.findings,
      ...(ledger.findings ?? []),
      ...unreadFindings(unread),
    ],
    frozen:
      unread ??
      past.unknown ??
      (await frozen(context, { ledger, main: trusted, doubted: changes.frozen, wanted })),
  };
  return { view, ledger };
}

interface AboutMain {
  readonly vouched?: Snapshot["vouched"];
  readonly changes: Changes;
  readonly rules: RulesNews;
  readonly news: News;
}

/** Nothing is said of a default branch that cannot be believed. */
async function aboutMain(
  context: Context,
  main: Main,
  view: MainView | undefined,
  { ledger, acceptMain }: Omit<Since, "steps">,
): Promise<AboutMain> {
  if (!view) return { changes: NO_CHANGES, rules: { drafts: [], findings: [] }, news: NO_NEWS };
  const steps = await stepsTo(context, view, ledger);
  const news = await newsOf(context, main, view, { ledger, steps });
  const changes = await changesOf(context, main, view, { ledger, steps, acceptMain });
  const rules = await rulesetsNow(context, ledger, news.candidates);
  return { vouched: await vouchedRules(context, main, ledger.tip), changes, rules, news };
}

function unreadFindings(reason: string | undefined): readonly Finding[] {
  if (reason === undefined) return [];
  const fix =
    "mend it; if main was rewritten on purpose, say so once with `lapse apply --accept-main <commit>`";
  return [error("LPS310", `the default branch: ${reason}`, fix)];
}

interface News {
  readonly candidates: Snapshot["candidates"];
  readonly twins: Snapshot["twins"];
  readonly violations: readonly Finding[];
  readonly warnings: readonly Finding[];
}
const NO_NEWS: News = { candidates: [], twins: [], violations: [], warnings: [] };

/** Files whose ids were never used, and what happened to main since the last run. */
async function newsOf(
  context: Context,
  main: Main,
  view: MainView,
  { ledger, steps }: Pick<Since, "ledger" | "steps">,
): Promise<News> {
  const live = new Map(ledger.live.map((g) => [g.path, g.blob]));
  const unknown = [...view.files.values()].filter((f) => isWellPlaced(f) && !live.has(f.path));
  const touched = steps.flatMap((s) => s.changes.map((c) => c.path)).filter(isRequestPath);
  const used = await context.ledger.used([...new Set([...unknown.map((f) => f.path), ...touched].map(idOf))]);
  const fresh = groupBy(
    unknown.filter((f) => !used.has(idOf(f.path))),
    (f) => idOf(f.path),
  );
  const alone = [...fresh.values()].filter((files) => files.length === 1).flat();
  const landed = { commit: view.commit, branch: main.branch, books: main.books };
  return {
    candidates: await candidates(context, landed, alone),
    twins: [...fresh.values()].filter((files) => files.length > 1).flatMap(twinsOf),
    violations: violations(steps, used, live),
    warnings: badTreeEntries([...view.files.values()]),
  };
}

/** What happened on main since the last run, where that is known. */
async function stepsTo({ repo }: Context, view: MainView, { tip }: LedgerState): Promise<readonly Step[]> {
  const last = tip.main;
  const known = last !== undefined && last !== view.commit && (await repo.isAncestor(last, view.commit));
  return known ? repo.steps(last, view.commit) : [];
}

/** A plain file where requests belong; everything else is reported and never looked at. */
function isWellPlaced({ path, mode }: TreeEntry): boolean {
  return isRequestPath(path) && mode === "100644" && !("code" in requestPath(path));
}

/** One id in several folders is ambiguous: none of them is judged. */
function twinsOf(files: readonly TreeEntry[]): Snapshot["twins"] {
  const all = files.map((f) => f.path).join(" and ");
  const reason = `${all} have the same id: delete the one that was not meant`;
  return files.map(({ path }) => ({ request: idOf(path), path, reason }));
}

async function startingRequests(
  context: Context,
  ledger: LedgerState,
  main: MainView | undefined,
): Promise<ReadonlyMap<string, AccessRequest>> {
  const due = main ? ledger.live.filter((g) => g.phase === "waiting" && isOver(g.start, context.now)) : [];
  if (due.length === 0) return new Map();
  const blobs = await context.repo.blobs(due.map((g) => g.blob));
  const read = due.flatMap((g) => {
    const result = readRequest({ path: g.path, bytes: blobs.get(g.blob) ?? new Uint8Array() });
    return "request" in result ? [[g.request, result.request] as const] : [];
  });
  return new Map(read);
}

/** Does any decision of this run look at what was? Rules that speak of it do, and extensions. */
function pastMatters(
  candidates: Snapshot["candidates"],
  starting: Snapshot["starting"],
  main: MainView | undefined,
): boolean {
  const requests = [...candidates.flatMap((c) => c.request ?? []), ...starting.values()];
  const atMerge = candidates.flatMap(({ landing }) => ("atMerge" in landing ? [landing.atMerge] : []));
  const books = new Set([...atMerge, ...(main ? [main.rules] : [])]);
  return (
    requests.some((request) => request.extends !== undefined) ||
    (requests.length > 0 && [...books].some(({ policies }) => speaksOf(policies, "history")))
  );
}

interface Past {
  readonly history: readonly ActiveGrant[];
  /** Why it could not be read: then nothing is granted, and everything ends all the same. */
  readonly unknown?: string;
}

async function pastOf(context: Context, matters: boolean): Promise<Past> {
  try {
    return { history: matters ? await historyOf(context) : [] };
  } catch (problem) {
    return { history: [], unknown: reasonOf(problem) };
  }
}

/** What was admitted of late, for policies: quotas, cooling-off, who approved whom. */
export async function historyOf(context: Context): Promise<readonly ActiveGrant[]> {
  const entries = await context.ledger.since(fromEpoch(context.now - HISTORY));
  return entries.flatMap((e) => {
    if (e.kind !== "admitted") return [];
    const { subject, entitlement, environment, start, end, claim, evidence } = e.admission;
    const approvers = evidence.approvals.map((a) => a.person);
    return [
      { request: e.request, subject, entitlement, target: claim.target, environment, start, end, approvers },
    ];
  });
}
