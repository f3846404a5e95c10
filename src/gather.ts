// What is true right now? (every read of a run, narrowed into one frozen Snapshot)
import type { Context } from "./context.ts";
import { idOf, isRequestPath, violations } from "./core/boundary.ts";
import { badTreeEntries } from "./core/path.ts";
import type { ActiveGrant, AccessRequest, Finding } from "./core/model.ts";
import type { TreeEntry } from "./core/facts.ts";
import { readRequest } from "./core/request.ts";
import type { MainView, Snapshot, SweepView } from "./core/snapshot.ts";
import { Problem } from "./core/problem.ts";
import { fromEpoch, isOver, minus } from "./core/time.ts";
import { candidates } from "./gather-consent.ts";
import { observe } from "./observe.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { rulebooks, type Rulebooks } from "./rulebook.ts";

/** How long ended grants stay visible to policies as `history`. */
const HISTORY = 30 * 86_400_000;
/** The heartbeat is stale after this many sweep intervals. */
const STALE_AFTER = 3;

export interface Gathered<View> {
  readonly view: View;
  readonly ledger: LedgerState;
}

interface Main {
  readonly view: MainView | undefined;
  readonly branch: string;
  readonly books: Rulebooks;
  readonly unread: string | undefined;
}

/** What ending access needs. Main is left out when the remote could not be reached: then only time ends anything. */
export async function gatherSweep(context: Context): Promise<Gathered<SweepView>> {
  const main = await readMain(context);
  const ledger = await context.ledger.read();
  return { view: { now: context.now, live: ledger.live, main: main.view }, ledger };
}

/** What a whole reconcile needs. */
export async function gather(context: Context): Promise<Gathered<Snapshot>> {
  const main = await readMain(context);
  const ledger = await context.ledger.read();
  const { now } = context;
  const news = main.view ? await newsOf(context, main, main.view, ledger) : NO_NEWS;
  const seen = await observe(context, ledger.live);
  const starting = await startingRequests(context, ledger, main.view);
  const history = news.candidates.length + starting.size > 0 ? await historyOf(context) : [];
  const { tip, live } = ledger;
  const frozen = news.rewritten ?? staleHeartbeat(ledger, main.view, now);
  const view: Snapshot = {
    now,
    live,
    main: main.view,
    tip,
    candidates: news.candidates,
    history,
    starting,
    sights: seen.sights,
    unseen: seen.unseen,
    violations: news.violations,
    warnings: [...news.warnings, ...(ledger.findings ?? [])],
    frozen,
  };
  return { view, ledger };
}

async function readMain(context: Context): Promise<Main> {
  const books = rulebooks(context);
  const { repo } = context;
  const unread = await unreachable(context);
  const branch = await repo.defaultBranch();
  const commit = unread === undefined ? await repo.remoteTip(branch) : undefined;
  if (commit === undefined) return { view: undefined, branch, books, unread };
  const entries = await repo.tree(commit, "requests");
  const files = new Map(entries.map((e) => [e.path, e]));
  return { view: { commit, files, rules: await books.at(commit) }, branch, books, unread };
}

/** Why the remote could not be fetched. Ending access goes on all the same, from what was fetched last. */
async function unreachable({ repo }: Context): Promise<string | undefined> {
  try {
    return (await repo.fetch()) ? undefined : "the remote could not be reached";
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
    throw problem;
  }
}

interface News {
  readonly candidates: Snapshot["candidates"];
  readonly violations: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly rewritten: string | undefined;
}
const NO_NEWS: News = { candidates: [], violations: [], warnings: [], rewritten: undefined };

/** Files whose ids were never used, and what happened to main since the last run. */
async function newsOf(context: Context, main: Main, view: MainView, ledger: LedgerState): Promise<News> {
  const { repo } = context;
  const live = new Set(ledger.live.map((g) => g.path));
  const bad = badTreeEntries([...view.files.values()]);
  const misplaced = new Set(bad.flatMap((f) => (f.at ? [f.at.file] : [])));
  const unknown = [...view.files.values()].filter(
    (f) => isRequestPath(f.path) && !live.has(f.path) && !misplaced.has(f.path),
  );
  const last = ledger.tip.main;
  const rewritten = last !== undefined && !(await repo.isAncestor(last, view.commit));
  const steps =
    rewritten || last === view.commit || last === undefined ? [] : await repo.steps(last, view.commit);
  const touched = steps.flatMap((s) => s.changes.map((c) => c.path)).filter(isRequestPath);
  const used = await context.ledger.used([...new Set([...unknown.map((f) => f.path), ...touched].map(idOf))]);
  const fresh = firstOfEachId(unknown.filter((f) => !used.has(idOf(f.path))));
  const landed = { commit: view.commit, branch: main.branch, books: main.books };
  return {
    candidates: await candidates(context, landed, fresh),
    violations: violations(steps, used),
    warnings: bad,
    rewritten: rewritten ? `main was rewritten: it no longer contains ${last.slice(0, 12)}` : undefined,
  };
}

/** One id in two folders is ambiguous: neither file is a candidate. */
function firstOfEachId(files: readonly TreeEntry[]): readonly TreeEntry[] {
  const count = new Map<string, number>();
  for (const { path } of files) count.set(idOf(path), (count.get(idOf(path)) ?? 0) + 1);
  return files.filter((f) => count.get(idOf(f.path)) === 1);
}

/** P10: what cannot be taken away on time must not be given. */
function staleHeartbeat(
  ledger: LedgerState,
  main: MainView | undefined,
  now: Snapshot["now"],
): string | undefined {
  const settings = main?.rules.catalog.settings;
  if (settings?.is !== "found") return undefined;
  const { heartbeat } = ledger.tip;
  if (heartbeat === undefined)
    return "the sweep has never run here: run `lapse expire` once, and on a schedule";
  const limit = settings.value.sweepInterval * STALE_AFTER;
  if (minus(now, heartbeat) <= limit) return undefined;
  return `the sweep last ran at ${new Date(heartbeat).toISOString()}: nothing is granted until \`lapse expire\` runs again`;
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
