// How did a request file come to main, and what does the forge's server say about it? (reads only)
import { createHash } from "node:crypto";
import type { Context } from "./context.ts";
import type { Candidate, Landing, PullFacts, Rulebook } from "./core/evidence.ts";
import type { Activity, Review, Step, TreeEntry } from "./core/facts.ts";
import type { Instant } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { idOf } from "./core/boundary.ts";
import { readRequest } from "./core/request.ts";
import { fromEpoch } from "./core/time.ts";
import { personOf } from "./core/votes.ts";
import type { Forge } from "./forge/forge.ts";
import type { Rulebooks } from "./rulebook.ts";

const DAY = 86_400_000;
/** How far back the activity of main is read: older pushes cannot carry a window that is still open. */
const LOOK_BACK = 60 * DAY;
const THE_BEGINNING = fromEpoch(0);

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
  const result: Candidate[] = [];
  for (const file of files) {
    const bytes = blobs.get(file.oid) ?? new Uint8Array();
    const read = readRequest({ path: file.path, bytes });
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
    return await landingOf(context, main, file.path, push, reads);
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

async function landingOf(
  context: Context,
  main: Landed,
  path: string,
  push: Activity,
  reads: Reads,
): Promise<Candidate["landing"]> {
  const forge = await reads.forge();
  const repository = await forge.repository();
  const changes = await context.repo.diff(/^0+$/.test(push.before) ? "" : push.before, push.after);
  const atMerge = await main.books.at(push.after);
  const pulls: PullFacts[] = [];
  for (const number of await forge.pullsOf(push.after)) {
    const facts = await pullFacts(forge, number, {
      push,
      path,
      repository: repository.id,
      catalog: atMerge.catalog,
    });
    if ("unknown" in facts) return facts;
    pulls.push(facts);
  }
  if (pulls.length === 0 && push.kind !== "push" && push.kind !== "force_push") {
    return { unknown: "the forge does not yet show the pull request of the merge" };
  }
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

interface About {
  readonly push: Activity;
  readonly path: string;
  readonly repository: number;
  readonly catalog: Rulebook["catalog"];
}

async function pullFacts(
  forge: Forge,
  number: number,
  about: About,
): Promise<PullFacts | { readonly unknown: string }> {
  const pull = await forge.pull(number);
  const none = { reviews: [], committers: [], timeline: [], headActivity: [], headBlob: undefined };
  const other = !pull.merged || pull.mergeCommit !== about.push.after;
  if (other) return { pull, ...none, reviewBlobs: new Map(), permissions: new Map() };
  const own = pull.head.repository === about.repository;
  const [reviews, committers, timeline, headActivity, headBlob] = await Promise.all([
    forge.reviews(number),
    forge.committers(number),
    forge.timeline(number),
    own ? forge.activity(`refs/heads/${pull.head.ref}`, THE_BEGINNING) : [],
    forge.blobAt(about.path, pull.head.sha),
  ]);
  if (own && !headActivity.some((a) => a.after === pull.head.sha)) {
    return { unknown: "the forge does not yet show the last push of the pull request's branch" };
  }
  const reviewBlobs = await blobsAtReviews(forge, about.path, reviews);
  const permissions = await permissionsOf(forge, reviews, about.catalog);
  return { pull, reviews, committers, timeline, headActivity, headBlob, reviewBlobs, permissions };
}

async function blobsAtReviews(
  forge: Forge,
  path: string,
  reviews: readonly Review[],
): Promise<PullFacts["reviewBlobs"]> {
  const commits = new Set(
    reviews.flatMap((r) => (r.state === "APPROVED" && r.commit !== null ? [r.commit] : [])),
  );
  const blobs = await Promise.all([...commits].map(async (c) => [c, await forge.blobAt(path, c)] as const));
  return new Map(blobs);
}

/** Only of accounts that belong to a person we know: nobody else's review counts, so nobody else is asked about. */
async function permissionsOf(
  forge: Forge,
  reviews: readonly Review[],
  catalog: Rulebook["catalog"],
): Promise<PullFacts["permissions"]> {
  const users = new Map(
    reviews.flatMap(({ state, user }) =>
      state === "APPROVED" && user && personOf(catalog, user.id) ? [[user.id, user] as const] : [],
    ),
  );
  const asked = await Promise.all(
    [...users.values()].map(async (u) => [u.id, await forge.permission(u)] as const),
  );
  return new Map(asked);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
