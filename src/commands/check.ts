// `lapse check`: is this request sound, and who must approve it? (advice: apply judges everything again)
import { check as checkNow, type CheckOptions } from "../check.ts";
import type { Context, ExitCode } from "../context.ts";
import { checkText, checkJson } from "../report/check.ts";
import { annotations } from "../report/findings.ts";
import { json } from "../report/json.ts";
import type { CheckReport } from "../core/check.ts";
import { Problem } from "../core/problem.ts";

export interface CheckCommandOptions extends CheckOptions {
  /** Number of the pull request whose sticky comment and check run are written. */
  readonly pull?: number;
}

export async function check(context: Context, options: CheckCommandOptions): Promise<ExitCode> {
  const { base, head, files } = options;
  if ((base === undefined) !== (head === undefined) || (base !== undefined && files.length > 0)) {
    const fix = "give both of them and no files, or files alone";
    throw new Problem("misconfigured", "--base and --head together name what is judged", fix);
  }
  const report = await checkNow(context, options);
  context.io.out(context.json ? json(checkJson(report)) : checkText(report, context.now, context.io));
  if (context.io.annotates) annotations(report.findings).forEach(context.io.err);
  if (options.pull !== undefined) await publish(context, options.pull, report);
  return report.findings.some((f) => f.severity === "error") ? 3 : 0;
}

/** A fork's pull request gets a token that may not comment: the job summary says the same. */
async function publish(context: Context, pull: number, report: CheckReport): Promise<void> {
  try {
    const { publishCheck } = await import("../publish-check.ts");
    await publishCheck(context, pull, report);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    context.io.err(`the comment could not be written: ${problem.message}\n  fix: ${problem.fix}`);
  }
}
