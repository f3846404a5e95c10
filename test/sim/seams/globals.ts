// What time is it, and what waits for it? (stands in for the globals of every file in the bundle)
import { ground, timeNow } from "./ground.ts";

const RealDate = globalThis.Date;

/** The real calendar on simulated time. */
class SimDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [timeNow()] : args) as [number]));
  }
  static override now(): number {
    return timeNow();
  }
}

const Time = SimDate as DateConstructor;
export { Time as Date };

export const performance = { now: (): number => timeNow() };

interface Timer {
  readonly id: number;
  unref(): Timer;
  ref(): Timer;
}

function timer(id: number): Timer {
  const self: Timer = { id, unref: () => self, ref: () => self };
  return self;
}

export function setTimeout(act: () => void, ms = 0): Timer {
  return timer(ground().after(ms, act));
}

export function clearTimeout(which: Timer | undefined): void {
  if (which) ground().cancel(which.id);
}
