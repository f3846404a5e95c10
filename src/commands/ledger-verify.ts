// `lapse ledger verify`: is every entry and every index of the ledger what Lapse wrote? (a clone and git; no forge, no target)
import type { Context, ExitCode } from "../context.ts";
import { checkLedger } from "../ledger-check.ts";
import { json } from "../report/json.ts";
import { ledgerCheckJson, ledgerCheckText } from "../report/ledger-check.ts";

export interface LedgerVerifyOptions {
  /** Hash of an entry that must be there. */
  readonly expectTip?: string;
}

export async function ledgerVerify(context: Context, options: LedgerVerifyOptions): Promise<ExitCode> {
  const checked = await checkLedger(context, options.expectTip);
  context.io.out(context.json ? json(ledgerCheckJson(checked)) : ledgerCheckText(checked, context.io));
  return checked.findings.length > 0 ? 3 : 0;
}
