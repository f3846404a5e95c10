// How late was access gone? (from the ledger alone; what is still open counts with its lateness so far)
import type { Entry, LiveGrant } from "./entry.ts";
import type { Duration, Instant } from "./model.ts";

/** One access of ours that had to be taken away. */
export interface Removal {
  readonly request: string;
  readonly target: string;
  /** The planned end or, for an early end, when the run that saw it ordered the removal. */
  readonly due: Instant;
  readonly early: boolean;
  /** Read back as gone; absent as long as that is not proved. */
  readonly gone?: Instant;
}

/** Lateness in milliseconds, each by nearest rank, so that it occurred. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: { readonly request: string; readonly lateness: number };
}

export interface TargetLateness {
  readonly target: string;
  /** Removals at the planned end; absent where there was none. */
  readonly planned?: Spread;
  /** Removals that were ordered before it. */
  readonly early?: Spread;
  /** How many of them are not proved to be gone by now. */
  readonly open: number;
  readonly bound: Duration;
  /** Was every access gone within the bound? */
  readonly held: boolean;
}

/** The longest that access may outlive its end on a target, by the target's name. */
export type Bounds = (target: string) => Duration;

/** Milliseconds from the moment it should have been gone until that was read back, or until now. */
export function latenessOf({ due, gone }: Removal, now: Instant): number {
  return Math.max(0, (gone ?? now) - due);
}

/** Nearest rank in a list that is sorted and not empty: always a value that occurred. */
export function rank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** One line a target, by name. */
export function lateness(
  removals: readonly Removal[],
  bounds: Bounds,
  now: Instant,
): readonly TargetLateness[] {
  const targets = [...new Set(removals.map(({ target }) => target))].sort();
  return targets.map((target) => {
    const mine = removals.filter((one) => one.target === target);
    const [planned, early] = [false, true].map((is) =>
      spread(
        mine.filter((one) => one.early === is),
        now,
      ),
    );
    const bound = bounds(target);
    return {
      target,
      ...(planned && { planned }),
      ...(early && { early }),
      open: mine.filter(({ gone }) => gone === undefined).length,
      bound,
      held: mine.every((one) => latenessOf(one, now) <= bound),
    };
  });
}

function spread(removals: readonly Removal[], now: Instant): Spread | undefined {
  const late = removals.map((one) => ({ request: one.request, lateness: latenessOf(one, now) }));
  const ranked = late.sort((a, b) => a.lateness - b.lateness || (a.request < b.request ? -1 : 1));
  const worst = ranked.at(-1);
  if (worst === undefined) return undefined;
  const values = ranked.map((one) => one.lateness);
  return { count: values.length, p50: rank(values, 0.5), p99: rank(values, 0.99), worst };
}

/**
 * Removals that these entries confirm; what only closed a case (nothing was there, it was not ours) is none. An early end
 * whose order was written before the first entry is as late as these entries can tell: it counts from `from`.
 */
export function confirmed(entries: readonly Entry[], from: Instant): readonly Removal[] {
  const ordered = new Map<string, Instant>();
  const removals = new Map<string, Removal>();
  for (const entry of entries) {
    if (isOrder(entry) && !ordered.has(entry.request)) ordered.set(entry.request, entry.at);
    if (isRemoval(entry) && !removals.has(entry.request)) {
      removals.set(entry.request, removalOf(entry, ordered.get(entry.request), from));
    }
  }
  return [...removals.values()];
}

function removalOf(entry: Revoked, ordered: Instant | undefined, from: Instant): Removal {
  const { request, target, end, at: gone, because } = entry;
  const since = ordered ?? (because === "expired" ? end : from);
  return { request, target, gone, due: earlier(since, end), early: since < end };
}

type Ordered = Extract<Entry, { readonly kind: "intent" | "revoke-sent" }>;

function isOrder(entry: Entry): entry is Ordered {
  return entry.kind === "revoke-sent" || (entry.kind === "intent" && entry.op === "revoke");
}

type Revoked = Extract<Entry, { readonly kind: "revoked" }>;

function isRemoval(entry: Entry): entry is Revoked {
  return entry.kind === "revoked" && entry.because !== "no-open-case" && !("untouched" in entry.receipt);
}

/** Open cases whose access should be gone by now, and may still be there. */
export function overdue(live: readonly LiveGrant[], now: Instant): readonly Removal[] {
  return live.flatMap((grant): readonly Removal[] => {
    const { request, claim, end, ending, phase, standing } = grant;
    const since = ending?.since ?? end;
    const due = earlier(since, end);
    if (standing || phase === "waiting" || due > now) return [];
    return [{ request, target: claim.target, due, early: since < end }];
  });
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}
