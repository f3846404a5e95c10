// What is the whole story of one request? (type and state; `report/show.ts` tells it)
import type { Entry, LiveGrant } from "./entry.ts";
import type { Case } from "./history.ts";
import type { AccessRequest, Instant } from "./model.ts";
import { stateOf, type State } from "./states.ts";

export interface Story {
  readonly now: Instant;
  readonly outcome: Case;
  /** Every ledger entry about it, in order. */
  readonly entries: readonly (Entry & { readonly request: string })[];
  /** Present while it is open. */
  readonly live: LiveGrant | undefined;
  /** What was asked, from the file in git; absent where this clone does not have it. */
  readonly asked: Pick<AccessRequest, "reason" | "ticket"> | undefined;
}

/** Open in the entries and not in the index is a contradiction: then nothing is known. */
export function storyState({ outcome, live, now }: Story): State {
  if (live !== undefined) return stateOf(live, now);
  if (outcome.grant === undefined || outcome.closed?.as === "void") return "refused";
  return outcome.closed?.as === "revoked" ? "revoked" : "unknown";
}
