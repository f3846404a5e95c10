// How are entries chained, so that nobody changes one unseen?
import { canonical, tameObject, tameText, tameTexts } from "./canonical.ts";
import type { Draft, Entry, Tip } from "./entry.ts";
import type { Instant } from "./model.ts";

/** SHA-256 of a text, as lower-case hex. */
export type Hash = (text: string) => string;

/** What stands in `prev` of the first entry. */
export const GENESIS = "0".repeat(64);
export const EMPTY_TIP: Tip = { seq: 0, hash: GENESIS };

interface Seal {
  readonly seq: number;
  readonly at: Instant;
  readonly run: string;
  readonly prev: string;
}

/** Drafts of one moment and one run. */
export interface Batch {
  readonly drafts: readonly Draft[];
  readonly at: Instant;
  readonly run: string;
}

/**
 * An entry at its place. Whoever chose a path, a name or an answer, it is tamed: one odd letter must not keep every
 * later run from writing. Throws RangeError only when a number of ours is not exact, which is a bug.
 */
function seal(draft: Draft, { seq, at, run, prev }: Seal): Entry {
  const answered = "receipt" in draft ? { ...draft, receipt: tameObject(draft.receipt) } : draft;
  return { ...tameTexts(answered), v: 1, seq, at, run: tameText(run), prev };
}

/** The hash of an entry, given its canonical text; the prefix keeps it apart from hashes of anything else. */
export function hashOfLine(line: string, hash: Hash): string {
  return hash(`lapse/v1/entry\n${line}`);
}

/** Seals batches one after the other onto a tip. `lines` are what is written to the log. */
export function sealAll(
  batches: readonly Batch[],
  tip: Tip,
  hash: Hash,
): { readonly entries: readonly Entry[]; readonly lines: readonly string[]; readonly hash: string } {
  const entries: Entry[] = [];
  const lines: string[] = [];
  let prev = tip.hash;
  for (const { drafts, at, run } of batches) {
    for (const draft of drafts) {
      const entry = seal(draft, { seq: tip.seq + entries.length + 1, at, run, prev });
      const line = canonical(entry);
      prev = hashOfLine(line, hash);
      entries.push(entry);
      lines.push(line);
    }
  }
  return { entries, lines, hash: prev };
}

/** The tip after entries were added; `main` is the commit that has been processed, if any. */
export function nextTip(tip: Tip, entries: readonly Entry[], hash: string, main?: string): Tip {
  const vouched = vouchedIn(entries);
  const rules = entries.findLast((entry) => entry.kind === "rules");
  const beats = entries.flatMap((entry) => (entry.kind === "heartbeat" ? [entry.at] : []));
  // The last one that was written, not the greatest: one wrong clock must not hide that no sweep runs any more.
  const heartbeat = beats.at(-1) ?? tip.heartbeat;
  return {
    ...tip,
    seq: tip.seq + entries.length,
    hash,
    ...(main !== undefined && { main }),
    ...(heartbeat !== undefined && { heartbeat }),
    ...(vouched && { vouched }),
    ...(rules && { rules: { digest: rules.digest, at: rules.at } }),
  };
}

/** The last of these entries that vouches for a state of main, as the tip keeps it. */
export function vouchedIn(entries: readonly Entry[]): Tip["vouched"] {
  const last = entries.findLast((entry) => entry.kind === "vouched");
  return last && { commit: last.commit, digest: last.digest, at: last.at };
}
