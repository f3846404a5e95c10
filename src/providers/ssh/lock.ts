// How do two appliers keep out of each other's way? (a file that only one can make; a dead one's is taken away)
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "../provider.ts";
import { serverTime } from "./clocks.ts";
import type { Folder } from "./folder.ts";

const LOCK = ["tmp", "lock"] as const;
/** By the clock of the folder's own server. No work takes that long: an applier that holds a lock longer is dead. */
const DEAD_MS = 60_000;
const PAUSE_MS = 15;
/** Of the bound on a call, for waiting. */
const PATIENCE = 0.5;

/**
 * Runs the work while nobody else writes. The lock makes collisions rare; it is not what correctness rests on: if a
 * sleeping applier's lock was taken away and it wakes up, `publish` still puts everything that is revoked on the list.
 */
export async function alone<T>(folder: Folder, work: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  const until = performance.now() + folder.timeout * PATIENCE;
  for (let tried = 0; !(await folder.claim(token, ...LOCK)); tried++) {
    if (tried === 0) await clearDead(folder);
    if (performance.now() > until)
      throw new ProviderError("conflict", "another applier is at work in the CA's folder", {
        vendorCode: "lock",
      });
    await sleep(PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    // What is done is done: a lock that stays is taken away once it is old enough.
    await release(folder, token).catch(() => undefined);
  }
}

/** Ages are told by comparing with a file that was written just now, whatever time this machine believes it is. */
async function clearDead(folder: Folder): Promise<void> {
  const lock = await folder.facts(...LOCK);
  if (!lock) return;
  const token = (await folder.read(...LOCK))?.toString();
  const now = await serverTime(folder);
  if (now !== undefined && token !== undefined && now - lock.at > DEAD_MS) await release(folder, token);
}

async function release(folder: Folder, token: string): Promise<void> {
  if ((await folder.read(...LOCK))?.toString() === token) await folder.remove(...LOCK);
}
