// How is work handed out to threads? (one order at a time, until there are none left)
import { Worker } from "node:worker_threads";

/** What a thread says: a line of a trace, or what came of an order. */
export type Said<Verdict> = { readonly line: string } | { readonly verdict: Verdict };

export interface Threads<Order, Verdict> {
  /** The program that each of them runs. */
  readonly file: string;
  readonly count: number;
  /** Undefined: there is nothing left to do. */
  readonly next: () => Order | undefined;
  readonly print: (line: string) => void;
  readonly told: (verdict: Verdict) => void;
}

/** Resolves when every order has its verdict. Rejects when a thread breaks. */
export async function inThreads<Order, Verdict>(threads: Threads<Order, Verdict>): Promise<void> {
  await Promise.all(Array.from({ length: threads.count }, () => inThread(threads)));
}

function inThread<Order, Verdict>({ file, next, print, told }: Threads<Order, Verdict>): Promise<void> {
  // Most of what a step makes is garbage at once.
  const resourceLimits = { maxYoungGenerationSizeMb: 96 };
  const worker = new Worker(file, { execArgv: ["--enable-source-maps"], resourceLimits });
  return new Promise((resolve, reject) => {
    const go = (): void => {
      const order = next();
      if (order !== undefined) worker.postMessage(order);
      else
        void worker.terminate().then(() => {
          resolve();
        });
    };
    worker.on("error", reject);
    worker.on("message", (said: Said<Verdict>) => {
      if ("line" in said) print(said.line);
      else {
        told(said.verdict);
        go();
      }
    });
    go();
  });
}
