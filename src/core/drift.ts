// Did somebody else change on a target what the ledger says is ours there?
import type { LiveGrant } from "./entry.ts";
import { error } from "./finding.ts";
import type { Finding } from "./model.ts";

/** Reported, and never repaired by taking anything away: it may be somebody else's by now. */
export function driftOf(grant: LiveGrant, sight: string): Finding | undefined {
  if (grant.phase !== "granted" || grant.standing || !["absent", "foreign", "drifted"].includes(sight))
    return undefined;
  const what = {
    absent: "was removed on the target by somebody else",
    foreign: "was replaced on the target by something that is not ours",
    drifted: "was changed on the target by somebody else",
  }[sight as "absent" | "foreign" | "drifted"];
  return error(
    "LPS450",
    `${grant.request} on ${grant.claim.target} ${what}`,
    "find out who did it in the target's own log; to end this access for good, delete its request file",
  );
}
