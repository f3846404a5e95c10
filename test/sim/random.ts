// Where does all chance of a simulated world come from? (one seed, one stream)

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** True so often out of one. */
  chance(odds: number): boolean;
  /** A whole number in [from, to]. */
  int(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  /** Picks a key by its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
  bytes(count: number): Buffer;
}

/** sfc32: small, fast, and good enough to pass PractRand. */
export function random(seed: number): Random {
  let [a, b, c, d] = [0x9e3779b9 ^ seed, 0x243f6a88 ^ Math.imul(seed, 0x85ebca6b), 0xb7e15162, 1];
  const word = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i += 1) word();
  const next = (): number => word() / 2 ** 32;
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    chance: (odds) => next() < odds,
    int,
    pick(from) {
      const found = from[int(0, from.length - 1)];
      if (found === undefined) throw new Error("there is nothing to pick from");
      return found;
    },
    weighted(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0];
      if (!found) throw new Error("there is nothing to pick from");
      return found[0];
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => int(0, 255))),
  };
}
