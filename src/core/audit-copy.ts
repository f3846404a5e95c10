// Does another copy of the ledger tell the same story?
import { error } from "./finding.ts";
import type { Finding } from "./model.ts";

/** `behind`: ours continues it. `ahead`: it continues ours. `forked`: each has what the other lacks. */
export interface LedgerCopy {
  /** Without credentials. */
  readonly address: string;
  readonly is: "same" | "behind" | "ahead" | "forked";
  /** Number of the last entry in ours, in theirs, and of the last one that both have. */
  readonly ours: number;
  readonly theirs: number;
  readonly common: number;
  /** Commit of the last append that both have; empty where there is none. */
  readonly fork: string;
}

const FIX =
  "find out which copy is true: `lapse audit --observe`, and who pushed to lapse/ledger (`lapse doctor`)";

export function copyFindings(copy: LedgerCopy | undefined): readonly Finding[] {
  if (copy === undefined) return [];
  const { address, is, ours, theirs, common, fork } = copy;
  if (is === "ahead") {
    const message = `the ledger at ${address} goes on to entry ${theirs}; this one ends with entry ${ours}`;
    return [error("LPS945", message, FIX)];
  }
  if (is !== "forked") return [];
  const where =
    common === 0 ? "they have no entry in common" : `both have entry ${common} (${fork.slice(0, 12)})`;
  const message = `the ledger at ${address} is another one: ${where}, then ours goes on to ${ours} and theirs to ${theirs}`;
  return [error("LPS945", message, FIX)];
}
