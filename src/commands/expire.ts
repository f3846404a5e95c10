// `lapse expire`: take away what has ended (no forge needed), then open the revert pull request.
import type { Context, ExitCode } from "../context.ts";
import { Problem } from "../core/problem.ts";
import { onlyOnMain } from "../on-main.ts";
import { exitCode } from "../outcome.ts";
import { sayIfPerson } from "../personal.ts";
import { expire as sweepNow } from "../reconcile.ts";
import { expiredJson, expiredText } from "../report/applied.ts";
import { tidy } from "../tidy.ts";
import { json } from "../report/json.ts";

export interface ExpireOptions {
  /** A person's token may be used in a workflow. */
  readonly allowPat?: boolean;
}

/** As whom it acts is said and holds nothing back: less access never waits. */
export async function expire(context: Context, options: ExpireOptions = {}): Promise<ExitCode> {
  if (options.allowPat !== true) sayIfPerson(context);
  await onlyOnMain(context);
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
