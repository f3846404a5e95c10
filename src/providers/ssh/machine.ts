// On what does the provider run when nobody says otherwise? (this machine: its ssh-keygen, its files, its time)
import disk from "node:fs/promises";
import { fromEpoch } from "../../core/time.ts";
import { openKeygen } from "./keygen.ts";
import type { Machine } from "./tool.ts";

export const machine: Machine = {
  open: openKeygen,
  disk,
  // Files have no clock of their own. A certificate's end is judged by each host's; this machine's stands for them.
  now: () => fromEpoch(performance.timeOrigin + performance.now()),
  hung: new Set(),
};
