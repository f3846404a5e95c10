// How long may a target take? (a call that hangs ends the session: one target must never hold up the others)
import { ProviderError, type Session } from "./providers/provider.ts";

const WORDS = "the target does not answer in time";
/** Vendor codes of a call that took too long, and of one that was not made since another had. */
export const LATE = "late";
export const NOT_TRIED = "not-tried";

export interface Bounds {
  /** On one call, whatever it does inside, in milliseconds. */
  readonly call: number;
  /** On all calls together, in milliseconds; what is left over waits for the next run. */
  readonly session: number;
}

/** The same session, except that every call ends in time. After the first that did not, all others fail at once. */
export function bounded(session: Session, bounds: Bounds): Session {
  const until = performance.now() + bounds.session;
  let given = false;
  const within = <T>(act: () => Promise<T>): Promise<T> => {
    const left = Math.min(bounds.call, until - performance.now());
    if (given || left <= 0)
      return Promise.reject(new ProviderError("transient", WORDS, { vendorCode: NOT_TRIED }));
    return inTime(act(), left, () => (given = true));
  };
  return {
    resolve: (claim) => within(() => session.resolve(claim)),
    observe: (assignments) => within(() => session.observe(assignments)),
    list: () => within(() => session.list()),
    grant: (assignment, window) => within(() => session.grant(assignment, window)),
    revoke: (assignment) => within(() => session.revoke(assignment)),
    verify: (assignment) => within(() => session.verify(assignment)),
    cleanup: () => within(() => session.cleanup()),
    doctor: () => within(() => session.doctor()),
    // What was said and done is known by now: a connection that does not close changes nothing about it.
    close: () => inTime(session.close(), bounds.call, () => undefined).catch(() => undefined),
  };
}

/** Rejects as transient (unknown, never absent) when the answer takes longer than so many milliseconds. */
export async function inTime<T>(answer: Promise<T>, limit: number, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(new ProviderError("transient", WORDS, { vendorCode: LATE }));
    }, limit);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
