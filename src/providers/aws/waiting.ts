// How long does Lapse wait until AWS shows what was ordered? (pauses that grow, within a bound)

export interface Patience {
  /** In all, in milliseconds. */
  readonly total: number;
  /** The first pause; every next one is twice as long, up to five seconds. */
  readonly first: number;
}

const LONGEST = 5_000;

/** The pauses are shorter than what others use (10 s, then every 5 s), since one call's bound is all the time there is. */
export function patienceOf(timeout: number): Patience {
  return { total: timeout, first: Math.max(10, Math.min(200, timeout / 100)) };
}

/** Looks until there is something to see, or until patience is over: then undefined. Looks at least once. */
export async function until<T>(
  { total, first }: Patience,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + total;
  for (let pause = first; ; pause = Math.min(2 * pause, LONGEST)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() + pause > end) return undefined;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
