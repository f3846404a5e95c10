// Which pushes changed what decides, and who stands behind each? (reads git and the forge)
import type { Context } from "./context.ts";
import { demandOf, judgeChange, nobody, notSeen, pushesBetween, type Judgement } from "./core/changes.ts";
import type { Activity, Change } from "./core/facts.ts";
import { isGuarded } from "./core/guarded.ts";
import type { Catalog, Obligation } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { fromEpoch } from "./core/time.ts";
import type { Forge } from "./forge/forge.ts";
import { pullsOf } from "./gather-pull.ts";
import type { Main } from "./read-main.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { guardedDigest } from "./vouched.ts";

const DAY = 86_400_000;
/** The feed of pushes is read this far back, and further only where that does not suffice. */
const LOOK_BACK = [DAY, 8 * DAY, 64 * DAY];

export type Vouched = NonNullable<LedgerState["tip"]["vouched"]>;

export interface Judged {
  readonly push: Activity;
  readonly judgement: Judgement;
  /** Nothing of it is left on main: it was undone. */
  readonly isUndone: boolean;
}

/** Every push since main was vouched for that touched what decides, oldest first. */
export async function judgeAll(
  context: Context,
  main: Main,
  tip: string,
  { vouched, processed }: { readonly vouched: Vouched; readonly processed: string | undefined },
): Promise<readonly Judged[]> {
  // A shallow clone is deepened by the question.
  await context.repo.isAncestor(vouched.commit, tip);
  const { catalog } = await main.books.at(vouched.commit);
  const demand = demandOf(catalog);
  if (!demand) throw new Problem("misconfigured", nobody(vouched.commit).message, nobody(vouched.commit).fix);
  const forge = await context.forge();
  const from = await startsOf(context, vouched, processed);
  const pushes = await pushesTo(context, forge, { branch: main.branch, tip, from, since: vouched.at });
  const repository = (await forge.repository()).id;
  const bench = { context, forge, catalog, demand, repository, branch: main.branch };
  const judged: Judged[] = [];
  let isMoot = false;
  for (const push of pushes) {
    const changes = (await changesIn(context, push.before, push.after)).filter(isGuarded);
    if (changes.length === 0) continue;
    const isBack = await isRestored(context, push.after, vouched);
    isMoot ||= isBack;
    if (isBack) continue;
    const isUndone = isMoot || (await undone(context, push, changes, tip));
    judged.push({ push, isUndone, judgement: await judgeOne(bench, push, changes) });
  }
  return judged.reverse();
}

/** Commits of main that are as vouched for: nothing before the last one matters. */
async function startsOf(
  context: Context,
  vouched: Vouched,
  processed: string | undefined,
): Promise<ReadonlySet<string>> {
  const isSame = processed !== undefined && (await isRestored(context, processed, vouched));
  return new Set([vouched.commit, ...(isSame ? [processed] : [])]);
}

/** Is this what was vouched for? Whoever goes back to it needs nobody's word, and nothing before it is left. */
async function isRestored(context: Context, commit: string, { digest }: Vouched): Promise<boolean> {
  return (await guardedDigest(context, commit)) === digest;
}

async function changesIn({ repo }: Context, before: string, after: string): Promise<readonly Change[]> {
  return repo.diff(/^0+$/.test(before) ? "" : before, after);
}

interface Way {
  readonly branch: string;
  readonly tip: string;
  readonly from: ReadonlySet<string>;
  readonly since: Vouched["at"];
}

async function pushesTo(context: Context, forge: Forge, way: Way): Promise<readonly Activity[]> {
  const beginning = Math.max(0, way.since - DAY);
  const depths = LOOK_BACK.map((ms) => context.now - ms).filter((at) => at > beginning);
  for (const at of [...depths, beginning]) {
    const feed = await forge.activity(`refs/heads/${way.branch}`, fromEpoch(at));
    const found = pushesBetween(feed, way.from, way.tip);
    if (found) return found;
  }
  throw new Problem(
    "unavailable",
    "the forge does not show all pushes since main was vouched for last",
    "the next run asks again",
  );
}

/** Is every path that this push touched as it was before? */
async function undone(
  context: Context,
  push: Activity,
  changes: readonly Change[],
  tip: string,
): Promise<boolean> {
  const left = new Set((await changesIn(context, push.before, tip)).map(({ path }) => path));
  return changes.every(({ path }) => !left.has(path));
}

interface Bench {
  readonly context: Context;
  readonly forge: Forge;
  readonly branch: string;
  readonly repository: number;
  readonly catalog: Catalog;
  readonly demand: Obligation;
}

async function judgeOne(
  { context, forge, branch, repository, catalog, demand }: Bench,
  push: Activity,
  changes: readonly Change[],
): Promise<Judgement> {
  const pulls = await pullsOf(forge, { push, repository, catalog });
  if ("unknown" in pulls) return { is: "unapproved", findings: [notSeen(push, pulls.unknown)] };
  const landing = { defaultBranch: branch, repository, push, pulls };
  const merged = pulls.find(({ pull }) => pull.mergeCommit === push.after);
  const asReviewed = merged !== undefined && (await isAsReviewed(context, push, merged.pull.head.sha));
  return judgeChange({ landing, changes, asReviewed, rules: { catalog }, demand });
}

async function isAsReviewed(context: Context, push: Activity, head: string): Promise<boolean> {
  const tree = await context.repo.mergedTree(push.before, head);
  if (tree === undefined) return false;
  return (await guardedDigest(context, tree)) === (await guardedDigest(context, push.after));
}
