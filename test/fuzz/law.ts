// What must hold for every input, and how is one such law tried? (one runner for the suite and for `npm run fuzz`)
import fc from "fast-check";

export interface Law {
  /** Begins with the part of the code that it is about. */
  readonly name: string;
  /** Cases of this one for each case of a cheap one. */
  readonly share: number;
  /** `broken`: the counterexample, shrunk, with the seed and path that bring it back. */
  readonly check: (how: Try) => { readonly cases: number; readonly broken?: string };
}

export interface Try {
  readonly numRuns: number;
  readonly seed: number;
  /** Only the case at the end of this path. */
  readonly path?: string;
}

/** A law whose property speaks of one or more arbitrary values; throwing breaks it. */
export function law<T extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  holds: (...values: T) => void,
  share = 1,
): Law {
  const property = fc.property(...arbitraries, (...values: T) => {
    holds(...values);
  });
  const check: Law["check"] = (how) => {
    const details = fc.check(property, how);
    if (!details.failed) return { cases: details.numRuns };
    return { cases: details.numRuns, broken: fc.defaultReportMessage(details) ?? "failed" };
  };
  return { name, share, check };
}
