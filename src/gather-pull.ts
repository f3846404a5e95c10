// What does the forge's server know about one pull request? (reads only; half-shown facts are unknown, not absent)
import type { PullFacts, Rulebook } from "./core/evidence.ts";
import type { Activity, Pull, Review } from "./core/facts.ts";
import { fromEpoch } from "./core/time.ts";
import { personOf } from "./core/votes.ts";
import type { Forge } from "./forge/forge.ts";

/** What a reader may be waiting for in vain. */
const REBASED: Readonly<Record<string, string>> = {
  merge_queue_merge: "; of a merge queue's group that is rebased it may never: let the queue squash or merge",
};

const THE_BEGINNING = fromEpoch(0);

export interface About {
  readonly push: Activity;
  /** The request's; without one no content is asked for. */
  readonly path?: string;
  readonly repository: number;
  readonly catalog: Rulebook["catalog"];
}

/** Everything about the pull requests that the forge associates with a push; unknown while it lags behind. */
export async function pullsOf(
  forge: Forge,
  about: About,
): Promise<readonly PullFacts[] | { readonly unknown: string }> {
  const pulls: PullFacts[] = [];
  for (const number of await forge.pullsOf(about.push.after)) {
    const facts = await pullFacts(forge, number, about);
    if ("unknown" in facts) return facts;
    pulls.push(facts);
  }
  const { kind } = about.push;
  if (pulls.length > 0 || kind === "push" || kind === "force_push") return pulls;
  return { unknown: `the forge does not yet show the pull request of the merge${REBASED[kind] ?? ""}` };
}

/** Everything about a pull request that bears on consent; little for one that was not merged by this push. */
async function pullFacts(
  forge: Forge,
  number: number,
  about: About,
): Promise<PullFacts | { readonly unknown: string }> {
  const pull = await forge.pull(number);
  const none = { reviews: [], committers: [], timeline: [], headActivity: [], headBlob: undefined };
  if (isHalfMerged(pull, about.push))
    return { unknown: `the forge does not yet say which commit merged #${String(number)}` };
  const other = !pull.merged || pull.mergeCommit !== about.push.after;
  if (other) return { pull, ...none, reviewBlobs: new Map(), permissions: new Map() };
  const own = pull.head.repository === about.repository;
  const [reviews, committers, timeline, headActivity, headBlob] = await Promise.all([
    forge.reviews(number),
    forge.committers(number),
    forge.timeline(number),
    own ? forge.activity(`refs/heads/${pull.head.ref}`, THE_BEGINNING) : [],
    about.path === undefined ? undefined : forge.blobAt(about.path, pull.head.sha),
  ]);
  const stale = staleness(pull, timeline, own ? headActivity : undefined);
  if (stale !== undefined) return { unknown: stale };
  const reviewBlobs = await blobsAtReviews(forge, about.path, reviews);
  const permissions = await permissionsOf(forge, reviews, about.catalog);
  return { pull, reviews, committers, timeline, headActivity, headBlob, reviewBlobs, permissions };
}

/** Merged into this very branch, but who knows by which push? */
function isHalfMerged({ merged, mergeCommit, base }: Pull, push: Activity): boolean {
  return merged && mergeCommit === null && push.ref === `refs/heads/${base.ref}`;
}

/** Why these feeds cannot be complete yet: they lag behind what the pull request itself says. */
function staleness(
  { head, mergedAt }: Pull,
  timeline: PullFacts["timeline"],
  pushes: readonly Activity[] | undefined,
): string | undefined {
  if (!timeline.some((e) => e.event === "merged"))
    return "the forge does not yet show the merge in the timeline";
  const before = pushes?.filter(
    (a) => a.kind !== "branch_deletion" && (mergedAt === null || a.at <= mergedAt),
  );
  const last = before && [...before].sort((a, b) => b.at - a.at || b.id - a.id)[0];
  if (!before || last?.after === head.sha) return undefined;
  return "the forge does not yet show the last push of the pull request's branch";
}

async function blobsAtReviews(
  forge: Forge,
  path: string | undefined,
  reviews: readonly Review[],
): Promise<PullFacts["reviewBlobs"]> {
  if (path === undefined) return new Map();
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
