// `lapse check`: is this request sound, and who must approve it? (advice: apply judges everything again)
import { check as checkNow, type CheckOptions } from "../check.ts";
import type { Context, ExitCode } from "../context.ts";
import { publishCheck } from "../publish-check.ts";
import { checkText, checkJson } from "../report/check.ts";
import { json } from "../report/json.ts";

export interface CheckCommandOptions extends CheckOptions {
  /** Number of the pull request whose sticky comment and check run are written. */
  readonly pull?: number;
}

export async function check(context: Context, options: CheckCommandOptions): Promise<ExitCode> {
  const report = await checkNow(context, options);
  context.io.out(context.json ? json(checkJson(report)) : checkText(report, context.now));
  if (options.pull !== undefined) await publishCheck(context, options.pull, report);
  return report.findings.some((f) => f.severity === "error") ? 3 : 0;
}
