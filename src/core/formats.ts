// Which text formats do the schemas name beside the standard ones?
import type { Duration, Instant } from "./model.ts";
import { duration, instant } from "./time.ts";

/** Ours alone: the standard `duration` and `date-time` accept months, leap seconds and other things without an end. */
export const FORMATS = {
  "lapse-duration": (text: string) => duration(text) !== undefined,
  "lapse-instant": (text: string) => instant(text) !== undefined,
} as const;

/** Reads a duration that a schema with `lapse-duration` has let through; throws on any other, which is a bug. */
export function checkedDuration(text: string): Duration {
  return sure(duration(text), text);
}

/** Reads an instant that a schema with `lapse-instant` has let through; throws on any other, which is a bug. */
export function checkedInstant(text: string): Instant {
  return sure(instant(text), text);
}

function sure<T>(value: T | undefined, text: string): T {
  if (value === undefined)
    throw new Error(`a schema without its format let through: ${JSON.stringify(text)}`);
  return value;
}
