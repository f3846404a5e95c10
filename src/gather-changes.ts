// Was everything that decides on main approved? (reads; the forge is asked only where something changed)
import type { Context } from "./context.ts";
import { demandOf, judgeChange, placeOf, pushesBetween, type Judgement } from "./core/changes.ts";
import type { Draft } from "./core/entry.ts";
import type { Activity, Change, Step } from "./core/facts.ts";
import { error } from "./core/finding.ts";
import { isGuarded } from "./core/guarded.ts";
import type { Finding, Obligation } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import type { Changes, MainView } from "./core/snapshot.ts";
import { fromEpoch } from "./core/time.ts";
import type { Forge } from "./forge/forge.ts";
import { pullsOf } from "./gather-pull.ts";
import type { Main } from "./read-main.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { reasonOf } from "./session.ts";
import { guardedDigest } from "./vouched.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The feed of pushes is read this far back, and further only where that does not suffice. */
const LOOK_BACK = [DAY, 8 * DAY, 64 * DAY];

type Vouched = NonNullable<LedgerState["tip"]["vouched"]>;

export const NO_CHANGES: Changes = { frozen: undefined, findings: [], drafts: [] };

export interface Since {
  readonly ledger: LedgerState;
  /** What happened on main since the last run. */
  readonly steps: readonly Step[];
  /** The tip that a person vouches for. */
  readonly acceptMain: string | undefined;
}

/** What changed of what decides, and who stands behind it. Whatever cannot be read freezes granting; nothing throws. */
export async function changesOf(
  context: Context,
  main: Main,
  view: MainView,
  { ledger, steps, acceptMain }: Since,
): Promise<Changes> {
  const { vouched } = ledger.tip;
  try {
    const digest = await guardedDigest(context, view.commit);
    if (acceptMain === view.commit) return vouch(view, digest, "by-hand", []);
    if (!vouched) return vouch(view, digest, "first", []);
    const isSame = digest === vouched.digest;
    if (isSame && !steps.some(({ changes }) => changes.some(isGuarded))) return NO_CHANGES;
    const judged = await judgeAll(context, main, view, ledger.tip.main, vouched);
    return await conclude(context, view, digest, judged, isSame);
  } catch (problem) {
    return frozen([notSeen(`main at ${view.commit.slice(0, 12)}`, reasonOf(problem))]);
  }
}

function frozen(findings: readonly Finding[], drafts: readonly Draft[] = []): Changes {
  const [first] = findings;
  return { frozen: `granting is frozen: ${first?.message ?? "main changed"}`, findings, drafts };
}

function notSeen(place: string, reason: string): Finding {
  return error(
    "LPS315",
    `${place}: whether it was approved is not known: ${reason}`,
    "the next run asks again",
  );
}

/** Vouches for main as it is, unless then nobody could approve the next change. */
function vouch(
  view: MainView,
  digest: string,
  because: Extract<Draft, { kind: "vouched" }>["because"],
  changes: Extract<Draft, { kind: "vouched" }>["changes"],
  drafts: readonly Draft[] = [],
): Changes {
  const { commit, rules } = view;
  if (!demandOf(rules.catalog)) return frozen([nobody(commit)], drafts);
  const said: Draft = { kind: "vouched", commit, digest, because, changes };
  return { frozen: undefined, findings: [], drafts: [said, ...drafts] };
}

function nobody(commit: string): Finding {
  const fix = "make `changes` in policies/lapse.yaml name readable groups with enough people in them";
  return error("LPS314", `${placeOf({ after: commit })}: by its policies, nobody could approve changes`, fix);
}

interface Judged {
  readonly push: Activity;
  readonly judgement: Judgement;
  /** Nothing of it is left on main: it was undone. */
  readonly isUndone: boolean;
}

/** Every push since main was vouched for that touched what decides, oldest first. */
async function judgeAll(
  context: Context,
  main: Main,
  view: MainView,
  processed: string | undefined,
  vouched: Vouched,
): Promise<readonly Judged[]> {
  await context.repo.isAncestor(vouched.commit, view.commit);
  const { catalog } = await main.books.at(vouched.commit);
  const demand = demandOf(catalog);
  if (!demand)
    throw new Problem("misconfigured", nobody(vouched.commit).message, "see `lapse explain LPS314`");
  const forge = await context.forge();
  const from = new Set([vouched.commit]);
  const seen = processed !== undefined && (await guardedDigest(context, processed)) === vouched.digest;
  if (seen) from.add(processed);
  const pushes = await pushesTo(context, forge, {
    branch: main.branch,
    tip: view.commit,
    from,
    since: vouched.at,
  });
  const judged: Judged[] = [];
  for (const push of [...pushes].reverse()) {
    const changes = (await changesIn(context, push.before, push.after)).filter(isGuarded);
    if (changes.length === 0) continue;
    const isUndone = await undone(context, push, changes, view.commit);
    const judgement = await judgeOne({ context, forge, main, catalog, demand }, push, changes);
    judged.push({ push, judgement, isUndone });
  }
  return judged;
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
  readonly main: Main;
  readonly catalog: MainView["rules"]["catalog"];
  readonly demand: Obligation;
}

async function judgeOne(
  { context, forge, main, catalog, demand }: Bench,
  push: Activity,
  changes: readonly Change[],
): Promise<Judgement> {
  const repository = (await forge.repository()).id;
  const pulls = await pullsOf(forge, { push, repository, catalog });
  if ("unknown" in pulls) return { is: "unapproved", findings: [notSeen(placeOf(push), pulls.unknown)] };
  const landing = { defaultBranch: main.branch, repository, push, pulls };
  const merged = pulls.find(({ pull }) => pull.mergeCommit === push.after);
  const asReviewed = merged !== undefined && (await isAsReviewed(context, push, merged.pull.head.sha));
  return judgeChange({ landing, changes, asReviewed, rules: { catalog }, demand });
}

async function isAsReviewed(context: Context, push: Activity, head: string): Promise<boolean> {
  const tree = await context.repo.mergedTree(push.before, head);
  if (tree === undefined) return false;
  return (await guardedDigest(context, tree)) === (await guardedDigest(context, push.after));
}

async function conclude(
  context: Context,
  view: MainView,
  digest: string,
  judged: readonly Judged[],
  isSame: boolean,
): Promise<Changes> {
  const unapproved = judged.filter(({ judgement }) => judgement.is === "unapproved");
  const news = await unrecorded(context, unapproved);
  const drafts = news.flatMap(violations);
  const blocking = unapproved.filter(({ isUndone }) => !isUndone && !isSame);
  if (blocking.length > 0) return frozen(blocking.flatMap(findingsOf), drafts);
  const undoneNews = news.flatMap(findingsOf);
  if (isSame) return { frozen: undefined, findings: undoneNews, drafts };
  const changes = judged.flatMap(({ judgement }) => ("change" in judgement ? [judgement.change] : []));
  const settled = vouch(view, digest, "approved", changes, drafts);
  return { ...settled, findings: [...settled.findings, ...undoneNews] };
}

function findingsOf({ judgement }: Judged): readonly Finding[] {
  return "findings" in judgement ? judgement.findings : [];
}

/** What the ledger does not say yet: an alarm is recorded once. */
async function unrecorded({ ledger }: Context, unapproved: readonly Judged[]): Promise<readonly Judged[]> {
  const [oldest] = unapproved;
  if (!oldest) return [];
  const entries = await ledger.since(fromEpoch(Math.max(0, oldest.push.at - HOUR)));
  const said = new Set(entries.flatMap((e) => (e.kind === "violation" ? [`${e.code} ${e.subject}`] : [])));
  return unapproved.filter((one) =>
    findingsOf(one).some(({ code }) => !said.has(`${code} ${placeOf(one.push)}`)),
  );
}

/** What is only not known yet is no violation. */
function violations(one: Judged): readonly Draft[] {
  const { push } = one;
  return findingsOf(one)
    .filter(({ code }) => code !== "LPS315")
    .map(({ code }) => ({
      kind: "violation",
      code,
      subject: placeOf(push),
      ...(push.actor && { actor: push.actor.id }),
    }));
}
