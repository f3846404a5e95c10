// How soon after its end was each access gone, and which is not?
import { error, warning } from "./finding.ts";
import { dueAt, mayExist, type Case } from "./history.ts";
import type { Duration, Finding, Instant } from "./model.ts";

export interface Removals {
  readonly count: number;
  /** Milliseconds from the end to the confirmation; absent where nothing was removed. */
  readonly median?: number;
  readonly p95?: number;
  readonly worst?: { readonly request: string; readonly latency: number };
  readonly late: number;
  readonly overdue: number;
  readonly findings: readonly Finding[];
}

/** The longest that access may outlive its end on a target, by the target's name. */
export type Bounds = (target: string) => Duration;

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
  return {
    count: ranked.length,
    ...(worst !== undefined && {
      median: rank(ranked, 0.5),
      p95: rank(ranked, 0.95),
      worst: { request: worst.one.request, latency: worst.latency },
    }),
    late: late.length,
    overdue: overdue.length,
    findings: [...overdue, ...late.map(({ one, latency }) => lateFinding(one, latency))],
  };
}

/** Nearest rank: always a latency that occurred. */
function rank(ranked: readonly { readonly latency: number }[], share: number): number {
  return ranked[Math.max(0, Math.ceil(share * ranked.length) - 1)]?.latency ?? 0;
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
