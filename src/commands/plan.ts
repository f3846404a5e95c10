// `lapse plan`: what would apply do now?
import type { Context, ExitCode } from "../context.ts";
import { plan as planNow } from "../reconcile.ts";
import { planJson, planText } from "../report/plan.ts";
import { json } from "../report/json.ts";

export interface PlanOptions {
  /** Exit 5 when there is something to do. */
  readonly detailedExitcode?: boolean;
}

export async function plan(context: Context, options: PlanOptions): Promise<ExitCode> {
  const result = await planNow(context);
  context.io.out(context.json ? json(planJson(result)) : planText(result, context.io));
  const changes = result.ends.length + result.grants.length + result.admitted.length + result.refused.length;
  if (result.main === undefined || result.unseen.length > 0) return 6;
  return options.detailedExitcode === true && changes + result.missed.length > 0 ? 5 : 0;
}
