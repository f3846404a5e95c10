// How long does it take, compared with a floor that was measured in the same minutes?
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is compared: two ways to spend time on the same data. */
export interface Trial {
  /** The least that anybody would have to do. */
  floor(): void | Promise<void>;
  ours(): void | Promise<void>;
}

export interface Row {
  readonly name: string;
  /** Ours may take this many times the floor. */
  readonly budget: number;
  /** Builds the data, small when `smoke`; not timed. */
  prepare(smoke: boolean): Promise<Trial>;
}

export interface Result {
  readonly name: string;
  readonly floor: number;
  readonly ours: number;
  readonly ratio: number;
  readonly budget: number;
  readonly ok: boolean;
}

/** What one turn left behind must not be cleared away at the next one's cost. */
setFlagsFromString("--expose-gc");
const clearAway = runInNewContext("gc") as () => void;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
};

async function timed(work: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Floor and ours take turns, so that a noisy neighbour hits both; which goes first alternates. The ratio is the
 * median of the rounds' ratios. One round before the first warms caches and is not counted.
 */
export async function measure(row: Row, rounds: number, smoke: boolean): Promise<Result> {
  const trial = await row.prepare(smoke);
  const floors: number[] = [];
  const ours: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const turns = [
      { into: floors, work: () => trial.floor() },
      { into: ours, work: () => trial.ours() },
    ];
    if (round % 2 !== 0) turns.reverse();
    for (const { into, work } of turns) {
      clearAway();
      const ms = await timed(work);
      if (round >= 0) into.push(ms);
    }
  }
  const ratio = median(ours.map((ms, i) => ms / (floors[i] ?? NaN)));
  const { name, budget } = row;
  return { name, floor: median(floors), ours: median(ours), ratio, budget, ok: ratio <= budget };
}

const COLUMNS = ["row", "floor ms", "ours ms", "ratio", "budget", ""];

/** A table for people; the widest cell of a column sets its width. */
export function table(results: readonly Result[]): string {
  const rows = results.map(({ name, floor, ours, ratio, budget, ok }) => [
    name,
    floor.toFixed(1),
    ours.toFixed(1),
    `${ratio.toFixed(2)} x`,
    `${budget.toFixed(1)} x`,
    ok ? "ok" : "MISS",
  ]);
  const widths = COLUMNS.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [COLUMNS, ...rows].map(line).join("\n");
}
