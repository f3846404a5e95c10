// How does main get tidy again? (one revert pull request for what has ended; bookkeeping, never enforcement)
import type { Context } from "./context.ts";
import { idOf, isRequestPath } from "./core/boundary.ts";
import type { Entry } from "./core/entry.ts";
import { Problem } from "./core/problem.ts";
import { fromEpoch, printInstant } from "./core/time.ts";
import type { RevertPull } from "./core/outcome.ts";
import type { MainView } from "./core/snapshot.ts";
import { revertBody, revertMarker, revertMessage, revertTitle, type EndedFile } from "./report/revert.ts";
import type { Pull } from "./forge/forge.ts";
import type { LedgerState } from "./repo/ledger.ts";
import type { NewCommit } from "./repo/repo.ts";

const PREFIX = "lapse/ended/";
/** The forge takes at most 80 content-creating calls a minute; a pull request is one, however many files it ends. */
const MOST_FILES = 500;
const LOOK_BACK = 400 * 86_400_000;

/** Opens or updates the one open revert pull request. Nothing to tidy is nothing to do: no call is made. */
export async function revertEnded(
  context: Context,
  main: MainView,
  ledger: LedgerState,
): Promise<RevertPull | undefined> {
  const paths = await endedPaths(context, main, ledger);
  if (paths.length === 0) return undefined;
  const forge = await context.forge();
  const [open] = await forge.openPulls(PREFIX);
  const marker = revertMarker(paths.map(idOf));
  if (open && (await forge.pullBody(open.number)).startsWith(marker)) return said(open, paths, "unchanged");
  const ended = await endedFiles(context, main, paths);
  const branch = await pushBranch(context, main, ended, open);
  const title = revertTitle(ended);
  const body = `${marker}\n${revertBody(ended)}`;
  if (open) {
    await forge.updatePull(open.number, { title, body });
    return said(open, paths, "updated");
  }
  const pull = await forge.createPull({
    title,
    body,
    head: branch,
    base: await context.repo.defaultBranch(),
  });
  return said(pull, paths, "opened");
}

function said(pull: Pull, paths: readonly string[], change: RevertPull["change"]): RevertPull {
  return { number: pull.number, url: pull.url, requests: paths.map(idOf), change };
}

/** One revert a request on top of main; the open pull request's branch is replaced, never anybody else's. */
async function pushBranch(
  context: Context,
  main: MainView,
  ended: readonly EndedFile[],
  open: Pull | undefined,
): Promise<string> {
  const branch = open?.head.ref ?? `${PREFIX}${ended[0]?.request ?? ""}-${main.commit.slice(0, 7)}`;
  const commits = ended.map((e) => commitOf(context, e));
  const tip = await context.repo.commit(main.commit, commits);
  const pushed = await context.repo.push(tip, branch, open ? { replaces: open.head.sha } : {});
  if (pushed) return branch;
  throw new Problem("unavailable", `somebody else pushed to ${branch}`, "the next run tries again");
}

/** Files on main whose case is closed. */
async function endedPaths(context: Context, main: MainView, ledger: LedgerState): Promise<readonly string[]> {
  const live = new Set(ledger.live.map((g) => g.request));
  const paths = [...main.files.keys()].filter((p) => isRequestPath(p) && !live.has(idOf(p)));
  if (paths.length === 0) return [];
  const used = await context.ledger.used(paths.map(idOf));
  return paths.filter((p) => used.has(idOf(p))).slice(0, MOST_FILES);
}

/** How each of them ended, from the ledger, and the commit that brought it. */
async function endedFiles(
  context: Context,
  main: MainView,
  paths: readonly string[],
): Promise<readonly EndedFile[]> {
  const entries = await context.ledger.since(fromEpoch(Math.max(0, context.now - LOOK_BACK)));
  const result: EndedFile[] = [];
  for (const path of paths) {
    const step = await context.repo.lastStep(main.commit, path);
    if (step) result.push({ request: idOf(path), path, commit: step.after, ...storyOf(entries, idOf(path)) });
  }
  return result;
}

function storyOf(entries: readonly Entry[], id: string): Omit<EndedFile, "request" | "path" | "commit"> {
  const mine = entries.filter((e) => "request" in e && e.request === id);
  const admitted = mine.find((e) => e.kind === "admitted");
  const closed = mine.findLast((e) => e.kind === "revoked" || e.kind === "refused" || e.kind === "missed");
  return {
    state: closed?.kind ?? "revoked",
    ...(admitted && {
      subject: admitted.admission.subject,
      entitlement: admitted.admission.entitlement,
      target: admitted.admission.claim.target,
      pull: admitted.admission.evidence.pull,
      approvers: admitted.admission.evidence.approvals.map((a) => a.person),
      start: admitted.admission.start,
      end: admitted.admission.end,
    }),
    ...(closed && { closedAt: closed.at, receipt: String(closed.seq) }),
    ...(closed?.kind === "revoked" && { because: closed.because, residue: closed.residue }),
  };
}

function commitOf(context: Context, ended: EndedFile): NewCommit {
  return {
    message: revertMessage(ended),
    files: { [ended.path]: null },
    author: { name: "Lapse", email: "lapse@users.noreply.github.com" },
    date: printInstant(ended.closedAt ?? context.now),
  };
}
