// Was everything that decides on main approved? (reads; the forge is asked only where something changed)
import type { Context } from "./context.ts";
import { demandOf, nobody, notSeen, placeOf } from "./core/changes.ts";
import type { Draft } from "./core/entry.ts";
import type { Step } from "./core/facts.ts";
import { isGuarded } from "./core/guarded.ts";
import type { Finding } from "./core/model.ts";
import type { Changes, MainView } from "./core/snapshot.ts";
import { fromEpoch } from "./core/time.ts";
import { judgeAll, type Judged } from "./judge-changes.ts";
import type { Main } from "./read-main.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { reasonOf } from "./session.ts";
import { guardedDigest } from "./vouched.ts";

/** The server's clock and ours may differ by so much. */
const HOUR = 3_600_000;

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
    const judged = await judgeAll(context, main, view.commit, { vouched, processed: ledger.tip.main });
    return await conclude(context, view, digest, judged, isSame);
  } catch (problem) {
    return frozen([notSeen({ after: view.commit }, reasonOf(problem))]);
  }
}

function frozen(findings: readonly Finding[], drafts: readonly Draft[] = []): Changes {
  const [first] = findings;
  return { frozen: `granting is frozen: ${first?.message ?? "main changed"}`, findings, drafts };
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
