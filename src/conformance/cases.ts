// What must every provider do, whatever the target? (the twenty cases, in order)
import { openBench, Skipped, type Case } from "./bench.ts";
import { LIFE } from "./cases-life.ts";
import { TROUBLE } from "./cases-trouble.ts";
import type { WorldMaker } from "./world.ts";

export type Result =
  | { readonly is: "passed" }
  | { readonly is: "skipped"; readonly reason: string }
  | { readonly is: "failed"; readonly error: Error };

export const CASES: readonly Case[] = [...LIFE, ...TROUBLE].sort(
  (a, b) => parseInt(a.title, 10) - parseInt(b.title, 10),
);

/** Runs one case on a fresh world, and closes the world whatever happens. Never throws. */
export async function runCase({ make }: Pick<WorldMaker, "make">, { run }: Case): Promise<Result> {
  try {
    const bench = await openBench(await make());
    try {
      await run(bench);
    } finally {
      await bench.close();
    }
    return { is: "passed" };
  } catch (thrown) {
    if (thrown instanceof Skipped) return { is: "skipped", reason: thrown.message };
    return { is: "failed", error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }
}
