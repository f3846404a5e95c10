// `lapse expire`: take away what has ended (no forge needed), then open the revert pull request.
import type { Context, ExitCode } from "../context.ts";
import type { RevertPull } from "../core/outcome.ts";
import { Problem } from "../core/problem.ts";
import { exitCode } from "../outcome.ts";
import { sayIfPerson } from "../personal.ts";
import { expire as sweepNow, type SweepReport } from "../reconcile.ts";
import { expiredJson, expiredText } from "../report/applied.ts";
import { revertEnded } from "../revert.ts";
import { json } from "../report/json.ts";

export interface ExpireOptions {
  /** A person's token may be used in a workflow. */
  readonly allowPat?: boolean;
}

/** As whom it acts is said and holds nothing back: less access never waits. */
export async function expire(context: Context, options: ExpireOptions = {}): Promise<ExitCode> {
  if (options.allowPat !== true) sayIfPerson(context);
  const report = await sweepNow(context);
  const tidied = await tidy(context, report);
  const pull = tidied instanceof Problem ? undefined : tidied;
  context.io.out(context.json ? json(expiredJson(report, pull)) : expiredText(report, pull, context.io));
  if (tidied instanceof Problem) {
    context.io.err(`the revert pull request has to wait: ${tidied.message}\n  fix: ${tidied.fix}`);
  }
  const code = exitCode(context.now, {
    ...report,
    plan: { ends: report.sweep.ends, warnings: report.warnings, unseen: report.unseen },
  });
  return code === 0 && tidied instanceof Problem ? 6 : code;
}

/** Bookkeeping: the access has ended already, so a forge that is down only postpones it. */
async function tidy(context: Context, report: SweepReport): Promise<RevertPull | Problem | undefined> {
  if (!report.main)
    return new Problem("unavailable", report.unread ?? "main could not be read", "the next run tries again");
  try {
    return await revertEnded(context, report.main, report.ledger);
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}
