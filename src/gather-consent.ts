// How did a request file come to main, and what does the forge's server say about it? (reads only)
import { createHash } from "node:crypto";
import type { Context } from "./context.ts";
import type { Candidate, Rulebook } from "./core/evidence.ts";
import type { Activity, Review, Step, TreeEntry } from "./core/facts.ts";
import type { Instant } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { idOf } from "./core/boundary.ts";
import { readRequest } from "./core/request.ts";
import { typedRequest } from "./core/scope.ts";
import { fromEpoch } from "./core/time.ts";
import type { Forge } from "./forge/forge.ts";
import { pullsOf } from "./gather-pull.ts";
import type { Rulebooks } from "./rulebook.ts";

const DAY = 86_400_000;
/** How far back the activity of main is read: older pushes cannot carry a window that is still open. */
const LOOK_BACK = 60 * DAY;

export interface Landed {
  readonly commit: string;
  readonly branch: string;
  readonly books: Rulebooks;
}

/** Everything that admission wants to know about new files on main. A file that cannot be read completely is held. */
export async function candidates(
  context: Context,
  main: Landed,
  files: readonly TreeEntry[],
): Promise<readonly Candidate[]> {
  if (files.length === 0) return [];
  const blobs = await context.repo.blobs(files.map((f) => f.oid));
  const forge = once(() => context.forge());
  const pushes = once(async () =>
    (await forge()).activity(`refs/heads/${main.branch}`, fromEpoch(context.now - LOOK_BACK)),
  );
  const rules = await main.books.at(main.commit);
  const result: Candidate[] = [];
  for (const file of files) {
    const bytes = blobs.get(file.oid) ?? new Uint8Array();
    const read = typedRequest(readRequest({ path: file.path, bytes }), rules);
    const request = "request" in read ? read.request : undefined;
    const landing = await landed(context, main, file, { forge, pushes });
    result.push({
      path: file.path,
      id: idOf(file.path),
      blob: file.oid,
      digest: createHash("sha256").update(bytes).digest("hex"),
      request,
      findings: "findings" in read ? read.findings : [],
      landing,
    });
  }
  return result;
}

interface Reads {
  readonly forge: () => Promise<Forge>;
  readonly pushes: () => Promise<readonly Activity[]>;
}

async function landed(
  context: Context,
  main: Landed,
  file: TreeEntry,
  reads: Reads,
): Promise<Candidate["landing"]> {
  try {
    const step = await context.repo.lastStep(main.commit, file.path);
    if (!step) return { unknown: "git does not say which commit brought it to main" };
    const push = await pushOf(context, step, await reads.pushes());
    if (!push) return { unknown: "the forge does not yet show the push that brought it to main" };
    return await landingOf(context, main, file.path, boundaryOf(push, step), reads);
  } catch (problem) {
    if (problem instanceof Problem) return { unknown: problem.message };
    throw problem;
  }
}

/** A rebase merge moves main over several commits at once: the push is the boundary, not the commit. */
async function pushOf(
  context: Context,
  step: Step,
  pushes: readonly Activity[],
): Promise<Activity | undefined> {
  const exact = pushes.find((p) => p.after === step.after);
  if (exact) return exact;
  const oldestFirst = [...pushes].sort((a, b) => a.at - b.at || a.id - b.id);
  for (const push of oldestFirst) {
    if (await context.repo.isAncestor(step.after, push.after)) return push;
  }
  return undefined;
}

/**
 * A merge queue lands a group of pull requests in one push, each as commits of its own on main's first-parent line: there
 * the commit is the boundary. It proves nothing yet: a pull request has to name that very commit as its merge.
 */
function boundaryOf(push: Activity, { before, after }: Step): Activity {
  return push.kind === "merge_queue_merge" ? { ...push, before, after } : push;
}

async function landingOf(
  context: Context,
  main: Landed,
  path: string,
  push: Activity,
  reads: Reads,
): Promise<Candidate["landing"]> {
  const forge = await reads.forge();
  const repository = await forge.repository();
  const changes = await context.repo.diff(/^0*$/.test(push.before) ? "" : push.before, push.after);
  const atMerge = await main.books.at(push.after);
  const pulls = await pullsOf(forge, { push, path, repository: repository.id, catalog: atMerge.catalog });
  if ("unknown" in pulls) return pulls;
  const approvals = pulls.flatMap((p) => p.reviews).filter((r) => r.state === "APPROVED");
  const atReview = await rulesAtReviews(main, approvals, await reads.pushes());
  return { defaultBranch: main.branch, repository: repository.id, push, changes, pulls, atMerge, atReview };
}

/** The rules on main when each review was submitted: the last push before it. */
async function rulesAtReviews(
  main: Landed,
  reviews: readonly Review[],
  pushes: readonly Activity[],
): Promise<ReadonlyMap<number, Rulebook>> {
  const newestFirst = [...pushes].sort((a, b) => b.at - a.at || b.id - a.id);
  const oldest = newestFirst.at(-1);
  const tipAt = (at: Instant) => newestFirst.find((p) => p.at <= at)?.after ?? oldest?.before;
  const result = new Map<number, Rulebook>();
  for (const { id, submittedAt } of reviews) {
    const tip = submittedAt === null ? undefined : tipAt(submittedAt);
    if (tip !== undefined && !/^0+$/.test(tip)) result.set(id, await main.books.at(tip));
  }
  return result;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
