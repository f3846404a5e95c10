// What happens when a branch moves? (activity feed, heads of pull requests, merges that git alone made)
import { isAncestor } from "./git.ts";
import type { ActivityKind, EventRecord, Merged, MergeKind, PullRecord } from "./state.ts";
import { branchRef } from "./world.ts";
import type { World } from "./world.ts";

export const ZERO = "0".repeat(40);

export interface Move {
  readonly actor: number;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: number;
  readonly merge?: MergeKind;
  /** Whether it is a fast-forward, where that is known already. */
  readonly forward?: boolean;
}

/** The ref that a pull request's head follows. Branches of forks live apart and are never shown. */
const headRef = ({ head }: PullRecord): string =>
  head.fork === null ? branchRef(head.ref) : forkRef(head.fork, head.ref);

export const forkRef = (owner: number, branch: string): string => `refs/sandbox/forks/${owner}/${branch}`;

async function kindOf(world: World, move: Move): Promise<ActivityKind> {
  if (move.merge !== undefined) return move.merge;
  if (move.before === ZERO) return "branch_creation";
  if (move.after === ZERO) return "branch_deletion";
  const forward = move.forward ?? (await isAncestor(world.git, move.before, move.after));
  return forward ? "push" : "force_push";
}

/** Adds to the timeline of a pull request. */
export function addEvent(world: World, event: Omit<EventRecord, "id">): void {
  const added = { id: world.store.id(), ...event };
  world.store.write(({ events }) => ({ events: [...events, added] }));
}

function closeHead(world: World, pull: PullRecord, { actor, at }: Move): void {
  world.store.changePull(pull.number, () => ({ state: "closed", closedAt: at, updatedAt: at }));
  for (const event of ["closed", "head_ref_deleted"])
    addEvent(world, { pull: pull.number, event, actor, at, commit: null });
}

async function moveHead(world: World, pull: PullRecord, move: Move, kind: ActivityKind): Promise<void> {
  const { actor, at, after } = move;
  const base = world.store.now().refs.get(branchRef(pull.base.ref)) ?? pull.base.sha;
  world.store.changePull(pull.number, ({ head }) => ({
    head: { ...head, sha: after },
    base: { ref: pull.base.ref, sha: base },
    updatedAt: at,
  }));
  await world.git.run(["update-ref", `refs/pull/${pull.number}/head`, after]);
  if (kind !== "force_push") return;
  addEvent(world, { pull: pull.number, event: "head_ref_force_pushed", actor, at, commit: after });
  // GitHub carries approvals over to the new head; other reviews stay where they were written.
  world.store.write(({ reviews }) => ({
    reviews: reviews.map((review) =>
      review.pull === pull.number && review.state === "APPROVED" ? { ...review, commit: after } : review,
    ),
  }));
}

/** The commit of `base` that brought `head` in: its merge commit, or the head itself after a fast-forward. */
async function broughtIn(world: World, head: string, tip: string): Promise<string> {
  const path = await world.git.run(["rev-list", "--first-parent", "--ancestry-path", `${head}..${tip}`]);
  return path === "" ? head : (path.split("\n").at(-1) ?? head);
}

/** Open pull requests whose head is now in the base count as merged, whoever pushed it. */
async function mergedByPush(world: World, open: readonly PullRecord[], move: Move): Promise<void> {
  const heads = await world.git.run([
    "for-each-ref",
    "--format=%(refname)",
    `--merged=${move.after}`,
    "refs/pull",
  ]);
  const contained = new Set(heads.split("\n"));
  for (const pull of open) {
    if (!contained.has(`refs/pull/${pull.number}/head`)) continue;
    const commit = await broughtIn(world, pull.head.sha, move.after);
    markMerged(world, pull.number, { at: move.at, by: move.actor, commit });
  }
}

/** Notes that a pull request has been merged. */
export function markMerged(world: World, number: number, merged: Merged): void {
  const { at, by, commit } = merged;
  world.store.changePull(number, () => ({ state: "closed", closedAt: at, updatedAt: at, merged }));
  for (const event of ["merged", "closed"])
    addEvent(world, { pull: number, event, actor: by, at, commit: event === "merged" ? commit : null });
}

/** Records that a ref has moved, and all that follows from it. */
export async function refMoved(world: World, move: Move): Promise<void> {
  const kind = await kindOf(world, move);
  const { ref, before, after, at, actor } = move;
  const entry = { id: world.store.id(), kind, ref, before, after, at, actor };
  world.store.write(({ refs, activity }) => {
    const moved = new Map(refs);
    if (after === ZERO) moved.delete(ref);
    else moved.set(ref, after);
    return { refs: moved, activity: ref.startsWith("refs/heads/") ? [...activity, entry] : activity };
  });
  const open = world.store.now().pulls.filter((pull) => pull.state === "open");
  for (const pull of open.filter((each) => headRef(each) === ref))
    if (after === ZERO) closeHead(world, pull, move);
    else await moveHead(world, pull, move, kind);
  const onto = open.filter((pull) => branchRef(pull.base.ref) === ref);
  if (onto.length > 0 && after !== ZERO) await mergedByPush(world, onto, move);
}

/** Moves a ref in git and records it. */
export async function moveRef(world: World, move: Omit<Move, "before">): Promise<void> {
  const before = world.store.now().refs.get(move.ref) ?? ZERO;
  if (move.after === ZERO) await world.git.run(["update-ref", "-d", move.ref]);
  else await world.git.run(["update-ref", move.ref, move.after]);
  if (before !== move.after) await refMoved(world, { ...move, before });
}
