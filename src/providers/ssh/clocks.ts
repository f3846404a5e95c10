// What time is it, by more than one clock? (this machine's alone may be wrong, and too late is dangerous)
import { randomUUID } from "node:crypto";
import type { Folder } from "./folder.ts";
import type { Site } from "./site.ts";

/** How long what ended is kept, for hosts whose clocks are behind, and for a sweep that still has to write the end down. */
export const GRACE_MS = 86_400_000;

/** By the clock of the folder's own server: that of a file which was written just now. */
export async function serverTime(folder: Folder): Promise<number | undefined> {
  const probe = ["tmp", `time-${randomUUID()}`];
  await folder.claim("", ...probe);
  const written = await folder.facts(...probe);
  await folder.remove(...probe);
  return written?.at;
}

/** Positive if this machine's clock is ahead of the server's; not a number if the server tells no time. */
export async function aheadMs({ folder, now }: Site): Promise<number> {
  const theirs = await serverTime(folder);
  return now() - (theirs ?? NaN);
}

/** By both clocks. What counts as over too early is never put on the list, and its holder is let in. */
export async function isPast({ folder, now }: Site, at: number): Promise<boolean> {
  if (at > now()) return false;
  const theirs = await serverTime(folder);
  return theirs !== undefined && at <= theirs;
}
