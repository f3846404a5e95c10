// Which accesses are there, what is each one's state, and in what order does a person want them?
import { heartbeatLimit, isBeating } from "./heartbeat.ts";
import type { LiveGrant, OpenReview } from "./entry.ts";
import type { Case } from "./history.ts";
import type { TargetLateness } from "./lateness.ts";
import type { Duration, Instant } from "./model.ts";
import { stateOf, type State } from "./states.ts";

export interface StatusRow {
  readonly request: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly target: string;
  readonly state: State;
  readonly start?: Instant;
  readonly end?: Instant;
  readonly breakGlass?: boolean;
  /** The subject had this access before, from somebody else. */
  readonly standing: boolean;
  /** Why it ends early, or why it was never granted: reasons or codes. */
  readonly because?: readonly string[];
  /** Set while an act on the target keeps failing. */
  readonly failure?: NonNullable<LiveGrant["failure"]>;
}

export interface Status {
  readonly now: Instant;
  /** Last time a sweep finished. */
  readonly heartbeat: Instant | undefined;
  readonly interval: Duration | undefined;
  /** Last commit of main that was processed. */
  readonly main: string | undefined;
  /** Main decides by something that nobody has vouched for since this commit: nothing new is granted. */
  readonly unvouchedSince?: string;
  readonly rows: readonly StatusRow[];
  /** Rows were left out by a filter. */
  readonly filtered: boolean;
  /** Break-glass reviews that are owed, whatever is filtered. */
  readonly owed: readonly OpenReview[];
  /** Some access, shown or not, outlived its end. */
  readonly overdue: boolean;
  /** How late access was removed in the last 90 days; absent where the ledger's past cannot be read. */
  readonly lateness: readonly TargetLateness[] | undefined;
}

/** An open case. */
export function openRow(grant: LiveGrant, now: Instant): StatusRow {
  const { request, subject, entitlement, claim, start, end, standing, failure, ending, breakGlass } = grant;
  return {
    request,
    subject,
    entitlement,
    target: claim.target,
    state: stateOf(grant, now),
    start,
    end,
    standing,
    ...(breakGlass && { breakGlass }),
    ...(ending && ending.because !== "expired" && { because: [ending.because] }),
    ...(failure && { failure }),
  };
}

/** A case that is over; its end is when that was confirmed. */
export function closedRow({ request, path, grant, closed, because, standing }: Case): StatusRow {
  const who = grant ?? { subject: "-", entitlement: path.split("/").at(-2) ?? "-", target: "-" };
  return {
    request,
    subject: who.subject,
    entitlement: who.entitlement,
    target: who.target,
    state: closed?.as === "revoked" ? "revoked" : "refused",
    standing,
    ...(closed && { end: closed.at }),
    because: closed ? [closed.because] : because,
  };
}

const LAST: ReadonlySet<State> = new Set(["revoked", "refused"]);

/** What needs a person first, then what ends first, then what is over. */
export function inOrder(rows: readonly StatusRow[]): readonly StatusRow[] {
  return [...rows].sort(
    (a, b) => rank(a) - rank(b) || (a.end ?? 0) - (b.end ?? 0) || (a.request < b.request ? -1 : 1),
  );
}

function rank({ state, failure }: StatusRow): number {
  if (state === "overdue") return 0;
  if (failure !== undefined) return 1;
  return LAST.has(state) ? 3 : 2;
}

/** Three missed sweeps, or none ever: nothing new is granted. */
export function isStale({ now, heartbeat, interval }: Status): boolean {
  const limit = interval === undefined ? Infinity : heartbeatLimit(interval);
  return !isBeating(heartbeat, now, limit);
}
