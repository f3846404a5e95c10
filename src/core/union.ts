// Which open cases share one assignment? (the end of one never ends the other, and the latest end counts)
import type { LiveGrant } from "./entry.ts";
import type { Instant } from "./model.ts";

/** Cases that put this assignment on the target or are about to; standing access is nobody's case. */
export function sharersOf(live: readonly LiveGrant[], key: string): readonly LiveGrant[] {
  return live.filter((one) => !one.standing && one.assignment?.key === key);
}

/** Another request that wants the same assignment and is not ending. */
export function holderOf(live: readonly LiveGrant[], key: string, request: string): string | undefined {
  return sharersOf(live, key).find((one) => one.request !== request && one.phase !== "ending")?.request;
}

/** Until when somebody wants it: the latest end of all who share it and are not ending, and at least `end`. */
export function latestEnd(live: readonly LiveGrant[], key: string, end: Instant): Instant {
  const ends = sharersOf(live, key).flatMap((one) => (one.phase === "ending" ? [] : [one.end]));
  return ends.reduce((latest, one) => (one > latest ? one : latest), end);
}
