// `lapse apply`: carry the plan out, revocations first.
import type { Context, ExitCode } from "../context.ts";
import { apply as applyNow } from "../reconcile.ts";
import { exitCode } from "../outcome.ts";
import { appliedJson, appliedText } from "../report/applied.ts";
import { json } from "../report/json.ts";

export async function apply(context: Context): Promise<ExitCode> {
  const report = await applyNow(context);
  context.io.out(context.json ? json(appliedJson(report)) : appliedText(report, context.io));
  return exitCode(context.now, report);
}
