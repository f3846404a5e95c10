// How does a thread simulate the seeds that it is given? (the entry of the bundle; a seed at a time, nothing is shared)
import { parentPort } from "node:worker_threads";
import { runSeed } from "./seed.ts";

export interface Order {
  readonly seed: number;
  readonly steps: number;
  readonly trace: boolean;
}

parentPort?.on("message", (order: Order) => {
  void carryOut(order);
});

async function carryOut({ seed, steps, trace }: Order): Promise<void> {
  const print = (line: string): void => {
    parentPort?.postMessage({ line });
  };
  try {
    const verdict = await runSeed({ seed, steps, ...(trace && { print }) });
    parentPort?.postMessage({ verdict });
  } catch (problem) {
    const why = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    parentPort?.postMessage({ verdict: { seed, problems: [`the simulation itself broke: ${why}`] } });
  }
}
