// Where in the ledger's tree is what?
import { tameText } from "./canonical.ts";
import type { Hash } from "./chain.ts";
import type { Instant } from "./model.ts";

export const TIP = "tip.json";
export const LIVE = "live.jsonl";
export const REVIEWS = "reviews.jsonl";
/** Folder of the used ids. */
export const IDS = "ids";
const ID = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The file of the append that begins with this entry. */
export function logPath(at: Instant, seq: number): string {
  const day = new Date(at).toISOString().slice(0, 10).replaceAll("-", "/");
  return `log/${day}/${String(seq).padStart(12, "0")}.jsonl`;
}

/** The sequence number that a log file begins with; undefined for any other path. */
export function seqOfPath(path: string): number | undefined {
  const [, seq] = /^log\/\d{4}\/\d\d\/\d\d\/(\d{12,})\.jsonl$/.exec(path) ?? [];
  return seq === undefined ? undefined : Number(seq);
}

/**
 * The file whose existence says that an id is used up. What cannot be an id is filed under its hash, in the spelling
 * that its entry has: the same file name leads to the same place however it is written.
 */
export function idPath(id: string, hash: Hash): string {
  const digest = hash(tameText(id));
  return `${IDS}/${digest.slice(0, 2)}/${ID.test(id) ? id : `=${digest}`}`;
}

/** Folders that hold every entry written at or after an instant, given the years that there are. */
export function logFolders(at: Instant, years: readonly string[]): readonly string[] {
  const [year = "", month = "", day = ""] = new Date(at).toISOString().slice(0, 10).split("-");
  const two = (n: number): string => String(n).padStart(2, "0");
  const days = range(Number(day), 31).map((d) => `log/${year}/${month}/${two(d)}`);
  const months = range(Number(month) + 1, 12).map((m) => `log/${year}/${two(m)}`);
  return [...days, ...months, ...years.filter((y) => y > year).map((y) => `log/${y}`)];
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
