// Is anything lost from the ledger, or in it twice? (by the pushes that the server took)
import { clock, linesOf, type Books, type Line } from "./oracle-books.ts";

const FINAL = ["refused", "missed", "revoked"];

/** Gaps, rewritten history and ids that were used again, in words. */
export function ledgerFaults({ ledger }: Pick<Books, "ledger">): readonly string[] {
  return [...chain(ledger), ...twice(ledger)];
}

/** Each push stands on the one before it and goes on where that one ended. */
function chain(ledger: Books["ledger"]): readonly string[] {
  let last = 0;
  return ledger.flatMap(({ at, before, lines }, i) => {
    const found: string[] = [];
    if (i > 0 && before !== ledger[i - 1]?.commit)
      found.push(`at ${clock(at)} the ledger was not what the last push had made of it`);
    for (const { seq } of linesOf([{ at, before, commit: "", lines }])) {
      if (seq !== last + 1) found.push(`at ${clock(at)} the ledger's entry ${seq} follows ${last}`);
      last = seq;
    }
    return found;
  });
}

/** An id is decided once, and after its end nothing is intended for it any more. */
function twice(ledger: Books["ledger"]): readonly string[] {
  const closed = new Map<string, string>();
  const admitted = new Set<string>();
  return linesOf(ledger).flatMap((line) => {
    const { kind, request, pushed } = line;
    const before = closed.get(request);
    if (ends(line)) closed.set(request, kind);
    if (kind === "admitted") {
      if (before === undefined && !admitted.has(request)) {
        admitted.add(request);
        return [];
      }
      return [`at ${clock(pushed)} ${request} was admitted a second time`];
    }
    if (!gives(line) || before === undefined) return [];
    return [`at ${clock(pushed)} a grant was intended for ${request}, which was ${before}`];
  });
}

const ends = ({ kind, because }: Line): boolean => FINAL.includes(kind) && because !== "no-open-case";
const gives = ({ kind, op }: Line): boolean => kind === "intent" && op === "grant";
