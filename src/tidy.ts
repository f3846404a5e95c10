// Can the files of what has ended be taken off main now, or does that have to wait?
import type { Context } from "./context.ts";
import type { RevertPull } from "./core/outcome.ts";
import { Problem } from "./core/problem.ts";
import type { SweepReport } from "./reconcile.ts";
import { revertEnded } from "./revert.ts";

/** Bookkeeping: the access has ended already, so a forge that is down only postpones it. */
export async function tidy(context: Context, report: SweepReport): Promise<RevertPull | Problem | undefined> {
  if (!report.main)
    return new Problem("unavailable", report.unread ?? "main could not be read", "the next run tries again");
  try {
    return await revertEnded(context, report.main, report.ledger);
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}
