// What do the replaced parts of node and git stand on? (the one world that this thread simulates at the moment)
import type { Gits } from "../git/clones.ts";
import type { Random } from "../random.ts";
import type { Hook, Time } from "../types.ts";

export interface Ground {
  readonly gits: Gits;
  /** Files outside of git, by path. */
  readonly disk: Map<string, Buffer>;
  readonly random: Random;
  now(): Time;
  readonly hook: Hook;
  /** A step on the machine itself, at which a process can die; never fails otherwise. */
  local(what: string): Promise<void>;
  after(ms: number, act: () => void): number;
  cancel(timer: number): void;
}

let current: Ground | undefined;

export function stand(on: Ground): void {
  current = on;
}

export function ground(): Ground {
  if (!current) throw new Error("nothing is simulated yet");
  return current;
}

/** Before the first world there is still a time, for modules that look at the clock when they are loaded. */
export function timeNow(): Time {
  return current?.now() ?? 0;
}
