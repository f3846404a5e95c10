// Is the ledger whole, and is it still the one that somebody remembers? (the result of `lapse ledger verify`)
import type { Tip } from "./entry.ts";
import { error } from "./finding.ts";
import type { Finding } from "./model.ts";

export interface LedgerCheck {
  readonly commit: string;
  readonly tip: Tip;
  /** In the order in which they were found: the first bad place comes first. */
  readonly findings: readonly Finding[];
}

/** What is missing is the entry that somebody wrote down: the log was cut off before it, or written anew. */
export function missingTip(expected: string, { seq }: Tip): Finding {
  return error(
    "LPS512",
    `no entry has the hash ${expected.slice(0, 12)}: the log ends with entry ${seq}, which was not always so`,
    "find a clone that has it (`git log origin/lapse/ledger`), and push it back with `lapse ledger restore`",
  );
}
