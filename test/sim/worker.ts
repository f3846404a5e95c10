// How does a thread carry out what it is given? (the entry of the bundle; an order at a time, nothing is shared)
import { parentPort } from "node:worker_threads";
import { everyCrash, type CrashOrder } from "./crashes.ts";
import { runSeed } from "./seed.ts";

export interface SeedOrder {
  readonly seed: number;
  readonly steps: number;
  readonly trace: boolean;
  readonly calm: boolean;
}

parentPort?.on("message", (order: SeedOrder | CrashOrder) => {
  void carryOut(order);
});

async function carryOut(order: SeedOrder | CrashOrder): Promise<void> {
  const print = (line: string): void => {
    parentPort?.postMessage({ line });
  };
  const tracing = order.trace && { print };
  try {
    const verdict =
      "story" in order ? await everyCrash({ ...order, ...tracing }) : await runSeed({ ...order, ...tracing });
    parentPort?.postMessage({ verdict });
  } catch (problem) {
    const why = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    parentPort?.postMessage({ verdict: { ...order, problems: [`the simulation itself broke: ${why}`] } });
  }
}
