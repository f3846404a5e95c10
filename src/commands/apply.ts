// `lapse apply`: carry the plan out, revocations first.
import { askForReviews } from "../ask-reviews.ts";
import type { Context, ExitCode } from "../context.ts";
import { onlyOnMain } from "../on-main.ts";
import { apply as applyNow } from "../reconcile.ts";
import { exitCode } from "../outcome.ts";
import { asPerson } from "../personal.ts";
import { appliedJson, appliedText } from "../report/applied.ts";
import { json } from "../report/json.ts";

export interface ApplyOptions {
  /** The tip of a default branch that was rewritten on purpose. */
  readonly acceptMain?: string;
  /** A person's token may be used in a workflow. */
  readonly allowPat?: boolean;
}

export async function apply(context: Context, options: ApplyOptions): Promise<ExitCode> {
  const wrong = options.allowPat === true ? undefined : asPerson(context);
  if (wrong) throw wrong;
  await onlyOnMain(context);
  const report = await askForReviews(context, await applyNow(context, options.acceptMain));
  context.io.out(context.json ? json(appliedJson(report)) : appliedText(report, context.io));
  const code = exitCode(context.now, report);
  return code === 0 && report.plan.main === undefined ? 6 : code;
}
