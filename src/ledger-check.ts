// Is the ledger whole? (the last fetched one; fetching first is tried)
import type { Context } from "./context.ts";
import { missingTip, type LedgerCheck } from "./core/ledger-check.ts";

/** `expected`: the hash of an entry that somebody wrote down. */
export async function checkLedger(context: Context, expected?: string): Promise<LedgerCheck> {
  await context.repo.fetch();
  const { commit, tip, findings, knows } = await context.ledger.check(expected);
  const missing = knows || expected === undefined ? [] : [missingTip(expected, tip)];
  return { commit, tip, findings: [...findings, ...missing] };
}
