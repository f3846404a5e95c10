// How is a review written or dismissed?
import { addEvent } from "./refs.ts";
import type { Account, ReviewRecord, ReviewState } from "./state.ts";
import { knownPull } from "./world.ts";
import type { World } from "./world.ts";

export interface ReviewOptions {
  /** The head of the pull request when absent. */
  readonly commit?: string;
  readonly body?: string;
  readonly at?: number;
}

/** Adds a review. Anybody may review anything here: who counts is for the reader to judge. */
export function submitReview(
  world: World,
  user: Account,
  number: number,
  state: ReviewState,
  options: ReviewOptions,
): ReviewRecord {
  const pull = knownPull(world.store.now(), number);
  const review: ReviewRecord = {
    id: world.store.id(),
    pull: number,
    user: user.id,
    state,
    commit: options.commit ?? pull.head.sha,
    at: options.at ?? world.clock(),
    body: options.body ?? "",
  };
  world.store.write(({ reviews }) => ({ reviews: [...reviews, review] }));
  const { at, id, commit } = review;
  if (state !== "PENDING")
    addEvent(world, { pull: number, event: "reviewed", actor: user.id, at, commit, review: id });
  return review;
}

/** Dismisses a review: its state changes in place, its time stays. */
export function dismissReview(world: World, by: Account, number: number, id: number): void {
  const was = world.store.now().reviews.find((review) => review.id === id)?.state;
  world.store.write(({ reviews }) => ({
    reviews: reviews.map((review) => (review.id === id ? { ...review, state: "DISMISSED" } : review)),
  }));
  addEvent(world, {
    pull: number,
    event: "review_dismissed",
    actor: by.id,
    at: world.clock(),
    commit: null,
    review: id,
    ...(was !== undefined && { was }),
  });
}
