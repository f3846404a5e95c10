// What does the ledger say by now? (asked right before an act that another run may have made wrong)
import type { Context } from "./context.ts";
import type { LedgerState } from "./repo/ledger.ts";

/** An intent is pushed before its act, so the ledger as it is now knows of everything that was there before. */
export async function readAgain(context: Context): Promise<LedgerState | undefined> {
  try {
    return (await context.repo.fetch()) ? await context.ledger.read() : undefined;
  } catch {
    return undefined;
  }
}
