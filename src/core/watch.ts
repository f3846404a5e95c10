// What does a watchdog bark at? (pure; the ledger and the clock)
import type { LiveGrant, Tip } from "./entry.ts";
import { error } from "./finding.ts";
import { isBeating } from "./heartbeat.ts";
import { latenessOf, overdue, type Bounds, type Removal } from "./lateness.ts";
import type { Finding, Instant } from "./model.ts";
import { printInstant } from "./time.ts";

export interface Watched {
  readonly now: Instant;
  readonly tip: Tip;
  readonly live: readonly LiveGrant[];
  /** What is wrong with the ledger itself. */
  readonly ledger: readonly Finding[];
  /** How old, in milliseconds, the last sweep may be. */
  readonly limit: number;
  readonly bounds: Bounds;
  /** Why the remote could not be asked: then all this is what was known last. */
  readonly unreached?: string;
}

export interface Watch {
  readonly now: Instant;
  readonly heartbeat: Instant | undefined;
  readonly limit: number;
  readonly open: number;
  /** Accesses that have outlived their ends by more than their target's bound. */
  readonly outlived: readonly Removal[];
  readonly stale: boolean;
  readonly findings: readonly Finding[];
}

/** Every alarm at once. No alarm and no reason to doubt it: no finding. */
export function watchOver(watched: Watched): Watch {
  const { now, tip, live, ledger, limit, bounds, unreached } = watched;
  const outlived = overdue(live, now).filter((one) => latenessOf(one, now) > bounds(one.target));
  const stale = !isBeating(tip.heartbeat, now, limit);
  return {
    ...{ now, limit, stale, outlived, heartbeat: tip.heartbeat, open: live.length },
    findings: [
      ...outlived.map((one) => outlivedFinding(one, live, now)),
      ...(stale ? [staleFinding(tip.heartbeat, limit)] : []),
      ...ledger,
      ...(unreached === undefined ? [] : [unreachedFinding(unreached)]),
    ],
  };
}

function outlivedFinding(one: Removal, live: readonly LiveGrant[], now: Instant): Finding {
  const failure = live.find(({ request }) => request === one.request)?.failure;
  const late = Math.floor(latenessOf(one, now) / 60_000);
  const why = failure?.op === "revoke" ? `; revoking failed ${failure.count} ×: ${failure.error}` : "";
  return error(
    "LPS550",
    `${one.request} on ${one.target} should have ended ${late} min ago, and no removal is confirmed${why}`,
    `run \`lapse expire\`; while it fails, remove it on the target by hand: the next sweep reads that and closes the case`,
  );
}

function staleFinding(heartbeat: Instant | undefined, limit: number): Finding {
  const last = heartbeat === undefined ? "no sweep has ever run" : `last sweep: ${printInstant(heartbeat)}`;
  return error(
    "LPS960",
    `${last}; at most ${Math.round(limit / 60_000)} min may pass between two`,
    "see why the schedule does not run (disabled, suspended, out of minutes?), and run `lapse expire` by hand",
  );
}

function unreachedFinding(reason: string): Finding {
  return error(
    "LPS961",
    `the remote could not be asked, so this is only what was known before: ${reason}`,
    "make the repository reachable from here; if the forge is down, `lapse expire` still ends access from its clone",
  );
}
