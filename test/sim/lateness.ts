// How long did access outlive its end, on which kind of target, with which ways out? (numbers only; the oracle judges)
import { isOurs, lastEnd, windowsOf, type Books } from "./oracle-books.ts";
import { landingsOf } from "./oracle-evidence.ts";

/** Milliseconds past the last end, by ownership and second way out; access that ended before its end is not counted. */
export type Delays = Readonly<Record<string, readonly number[]>>;

/** `sweepers`: targets with a sweeper beside them. Whatever was down or silent meanwhile is in these numbers. */
export function delaysOf(books: Books, sweepers: ReadonlySet<string>): Delays {
  const windows = landingsOf(books.events, books.company).flatMap((one) =>
    "window" in one ? [one.window] : [],
  );
  const delays: Record<string, number[]> = {};
  for (const { name, ownership, native, history } of books.targets) {
    const second = native ? "native expiry" : sweepers.has(name) ? "sweeper" : "no second way";
    const past = history
      .filter(isOurs)
      .map((one) => (one.to ?? books.now) - lastEnd(windowsOf(one, windows)))
      .filter((ms) => Number.isFinite(ms) && ms >= 0);
    (delays[`${ownership}, ${second}`] ??= []).push(...past);
  }
  return delays;
}
