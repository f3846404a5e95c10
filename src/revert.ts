// How does main get tidy again? (one revert pull request for what has ended; bookkeeping, never enforcement)
import type { Context } from "./context.ts";
import { idOf, isRequestPath } from "./core/boundary.ts";
import type { Entry } from "./core/entry.ts";
import { Problem } from "./core/problem.ts";
import { requestPath } from "./core/path.ts";
import { fromEpoch, printInstant } from "./core/time.ts";
import type { RevertPull } from "./core/outcome.ts";
import type { MainView } from "./core/snapshot.ts";
import { revertBase, revertBody, revertMessage, revertTitle, type EndedFile } from "./report/revert.ts";
import type { Forge, Pull } from "./forge/forge.ts";
import type { LedgerState } from "./repo/ledger.ts";
import type { NewCommit } from "./repo/repo.ts";

const PREFIX = "lapse/ended/";
/** So that the pull request stays readable, and below the forge's limit of 65,536 characters; the rest comes with the next one. */
const MOST_FILES = 60;
const LOOK_BACK = 400 * 86_400_000;

/** Opens or updates the one open revert pull request. Nothing to tidy is nothing to do: no call is made. */
export async function revertEnded(
  context: Context,
  main: MainView,
  ledger: LedgerState,
): Promise<RevertPull | undefined> {
  const paths = await endedPaths(context, main, ledger);
  if (paths.length === 0) return undefined;
  const ended = await endedFiles(context, main, paths);
  const open = await ourOpenPull(await context.forge());
  if (open && (await isUpToDate(context, main, ended, open))) return said(open.pull, paths, "unchanged");
  return write(context, main, ended, open?.pull);
}

interface OpenPull {
  readonly pull: Pull;
  readonly base: string | undefined;
}

/** Anybody may name a branch like ours: only a pull request that we opened is ours. */
async function ourOpenPull(forge: Forge): Promise<OpenPull | undefined> {
  const me = await forge.whoami();
  const pulls = await forge.openPulls(PREFIX);
  const pull = pulls.find(({ author }) => (me ? author?.id === me.id : author?.type === "Bot"));
  return pull && { pull, base: revertBase(await forge.pullBody(pull.number)) };
}

/** Its branch is, commit for commit, what we would build now: whatever its text claims. */
async function isUpToDate(
  context: Context,
  main: MainView,
  ended: readonly EndedFile[],
  { pull, base }: OpenPull,
): Promise<boolean> {
  if (base === undefined || !(await context.repo.isAncestor(base, main.commit))) return false;
  return (await build(context, base, ended)) === pull.head.sha;
}

async function build(context: Context, base: string, ended: readonly EndedFile[]): Promise<string> {
  return context.repo.commit(
    base,
    ended.map((e) => commitOf(context, e)),
  );
}

async function write(
  context: Context,
  main: MainView,
  ended: readonly EndedFile[],
  open: Pull | undefined,
): Promise<RevertPull> {
  const forge = await context.forge();
  const branch = await pushBranch(context, main, ended, open);
  const title = revertTitle(ended);
  const body = revertBody(ended, main.commit);
  const paths = ended.map((e) => e.path);
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
  const tip = await build(context, main.commit, ended);
  const pushed = await context.repo.push(tip, branch, open ? { replaces: open.head.sha } : {});
  if (pushed) return branch;
  throw new Problem("unavailable", `somebody else pushed to ${branch}`, "the next run tries again");
}

/** Files on main whose case is closed. */
async function endedPaths(context: Context, main: MainView, ledger: LedgerState): Promise<readonly string[]> {
  const live = new Set(ledger.live.map((g) => g.request));
  const wellPlaced = [...main.files.keys()].filter((p) => isRequestPath(p) && !("code" in requestPath(p)));
  const paths = wellPlaced.filter((p) => !live.has(idOf(p)));
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
