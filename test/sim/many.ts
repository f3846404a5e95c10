// How is much simulated at once? (one bundle, a thread a core, an order at a time)
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { bundleInto, type Plant } from "./bundle.ts";
import type { CrashOrder, CrashVerdict } from "./crashes.ts";
import type { Verdict } from "./judge.ts";
import { inThreads, type Threads } from "./threads.ts";
import type { SeedOrder } from "./worker.ts";

interface Common<V> {
  readonly workers?: number;
  readonly print: (line: string) => void;
  readonly told: (verdict: V) => void;
}

export interface Many extends Common<Verdict> {
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly trace?: boolean;
  readonly calm?: boolean;
  /** Bugs to plant. */
  readonly plants?: readonly Plant[];
  /** No new seed is begun after one that went red. */
  readonly untilRed?: boolean;
}

export interface Crashes extends Common<CrashVerdict> {
  readonly orders: readonly CrashOrder[];
  readonly plants?: readonly Plant[];
}

/** Resolves when every seed has its verdict. Rejects when a thread breaks. */
export async function simulate(many: Many): Promise<readonly Verdict[]> {
  const { seeds, steps, trace = false, calm = false } = many;
  const left = [...seeds];
  let red = false;
  const next = (): SeedOrder | undefined => {
    const seed = red && many.untilRed === true ? undefined : left.shift();
    return seed === undefined ? undefined : { seed, steps, trace, calm };
  };
  const told = (verdict: Verdict): void => {
    red ||= verdict.problems.length > 0;
    many.told(verdict);
  };
  return inBundle({ ...many, told, next, most: seeds.length });
}

/** The same for stories in which each call is once the last one of its run. */
export async function crashes(many: Crashes): Promise<readonly CrashVerdict[]> {
  const left = [...many.orders];
  return inBundle({ ...many, next: () => left.shift(), most: left.length });
}

type Bundled<O, V> = Common<V> &
  Pick<Threads<O, V>, "next"> & { readonly most: number; readonly plants?: readonly Plant[] };

async function inBundle<O, V>(of: Bundled<O, V>): Promise<readonly V[]> {
  const { most, next, plants, print, workers = availableParallelism() } = of;
  const dir = await mkdtemp(join(tmpdir(), "lapse-sim-"));
  const verdicts: V[] = [];
  const told = (verdict: V): void => {
    verdicts.push(verdict);
    of.told(verdict);
  };
  try {
    const file = join(dir, "worker.mjs");
    await bundleInto(file, plants);
    await inThreads({ file, count: Math.min(workers, most), next, print, told });
    return verdicts;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
