// Where do our ledger and another copy of it part? (reads the other copy's branch into this clone)
import type { Context } from "./context.ts";
import type { LedgerCopy } from "./core/audit-copy.ts";
import { parseTip } from "./core/ledger-lines.ts";
import { TIP } from "./core/ledger-paths.ts";
import { Problem } from "./core/problem.ts";
import type { LedgerState } from "./repo/ledger.ts";

/** Throws a Problem when the other copy cannot be read: what was asked for is not left out. */
export async function copyAt(
  context: Context,
  address: string,
  { commit }: LedgerState,
): Promise<LedgerCopy> {
  const shown = address.replace(/\/\/[^/@]*@/, "//");
  const theirs = await context.repo.ledgerOf(address);
  if (theirs === undefined || commit === "") {
    const where = theirs === undefined ? shown : "this repository";
    throw new Problem("misconfigured", `there is no ledger in ${where}`, "compare two copies that have one");
  }
  const fork = (await context.repo.mergeBase(theirs, commit)) ?? "";
  const [ours, other, common] = await Promise.all([commit, theirs, fork].map((at) => lastEntry(context, at)));
  return {
    address: shown,
    is: relation(commit, theirs, fork),
    ...{ ours: ours ?? 0, theirs: other ?? 0, common: common ?? 0, fork },
  };
}

function relation(ours: string, theirs: string, fork: string): LedgerCopy["is"] {
  if (ours === theirs) return "same";
  if (fork === theirs) return "behind";
  return fork === ours ? "ahead" : "forked";
}

/** Number of the last entry at a commit. */
async function lastEntry({ repo }: Context, commit: string): Promise<number> {
  const oid = commit === "" ? undefined : await repo.oidAt(commit, TIP);
  if (oid === undefined) return 0;
  const bytes = (await repo.blobs([oid])).get(oid);
  return parseTip(new TextDecoder().decode(bytes))?.seq ?? 0;
}
