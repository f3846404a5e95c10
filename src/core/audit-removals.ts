// How soon after its end was each access gone, and which is not?
import { error, warning } from "./finding.ts";
import { dueAt, mayExist, type Case } from "./history.ts";
import { lateness, rank, type Bounds, type Removal, type TargetLateness } from "./lateness.ts";
import type { Finding, Instant } from "./model.ts";

export interface Removals {
  readonly count: number;
  /** Milliseconds from the end to the confirmation; absent where nothing was removed. */
  readonly median?: number;
  readonly p95?: number;
  readonly worst?: { readonly request: string; readonly latency: number };
  readonly late: number;
  readonly overdue: number;
  /** The same by target; what is still open counts with its lateness so far. */
  readonly byTarget: readonly TargetLateness[];
  readonly findings: readonly Finding[];
}

/** Milliseconds from the moment it should have been gone until that was read back. */
export function latencyOf(one: Case): number | undefined {
  const due = dueAt(one);
  if (due === undefined || one.attempted === undefined || one.standing) return undefined;
  return one.closed?.as === "revoked" ? Math.max(0, one.closed.at - due) : undefined;
}

export function removalsOf(cases: readonly Case[], bounds: Bounds, now: Instant): Removals {
  const done = cases.flatMap((one) => {
    const latency = latencyOf(one);
    return latency === undefined ? [] : [{ one, latency }];
  });
  const ranked = done.sort((a, b) => a.latency - b.latency || (a.one.request < b.one.request ? -1 : 1));
  const late = ranked.filter(({ one, latency }) => latency > bounds(one.grant?.target ?? ""));
  const overdue = overdueFindings(cases, now);
  const worst = ranked.at(-1);
  const latencies = ranked.map(({ latency }) => latency);
  return {
    count: ranked.length,
    ...(worst !== undefined && {
      median: rank(latencies, 0.5),
      p95: rank(latencies, 0.95),
      worst: { request: worst.one.request, latency: worst.latency },
    }),
    late: late.length,
    overdue: overdue.length,
    byTarget: lateness(
      cases.flatMap((one) => removalOf(one, now)),
      bounds,
      now,
    ),
    findings: [...overdue, ...late.map(({ one, latency }) => lateFinding(one, latency))],
  };
}

/** Nothing where there was nothing to remove by now. */
function removalOf(one: Case, now: Instant): readonly Removal[] {
  const { request, grant, closed } = one;
  const due = dueAt(one);
  if (due === undefined || grant === undefined) return [];
  const removal = { request, target: grant.target, due, early: due < grant.end };
  if (latencyOf(one) !== undefined && closed) return [{ ...removal, gone: closed.at }];
  return isOverdue(one, now) ? [removal] : [];
}

/** One for every access that should be gone and is not proved to be. */
export function overdueFindings(cases: readonly Case[], now: Instant): readonly Finding[] {
  return cases.filter((one) => isOverdue(one, now)).map((one) => overdueFinding(one, now));
}

function isOverdue(one: Case, now: Instant): boolean {
  const due = dueAt(one);
  return due !== undefined && mayExist(one) && due <= now;
}

function overdueFinding(one: Case, now: Instant): Finding {
  const minutes = Math.floor((now - (dueAt(one) ?? now)) / 60_000);
  const message = `${whoOnWhat(one)} should have ended ${minutes} min ago, and no removal is confirmed`;
  return error("LPS550", message, `run \`lapse expire\`; \`lapse show ${one.request}\` says what failed`);
}

function lateFinding(one: Case, latency: number): Finding {
  const message = `${whoOnWhat(one)} was removed ${Math.ceil(latency / 1000)} s after its end`;
  return warning("LPS551", message, `\`lapse show ${one.request}\` says what failed in between`);
}

function whoOnWhat({ request, grant }: Case): string {
  return `${request} (${grant?.subject ?? "?"} on ${grant?.target ?? "?"})`;
}
