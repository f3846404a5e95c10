// Which exit code does a run earn?
import type { ExitCode } from "./context.ts";
import type { Instant } from "./core/model.ts";
import type { Plan } from "./core/plan.ts";
import { isOver } from "./core/time.ts";
import type { Outcome } from "./core/outcome.ts";

export interface Ran {
  readonly plan: Pick<Plan, "ends"> &
    Partial<Pick<Plan, "unseen" | "refused" | "violations" | "held" | "warnings">>;
  readonly outcomes: readonly Outcome[];
  readonly unrecorded: string | undefined;
}

/** 7 access outlived its end · 6 something failed or could not be seen · 3 something was refused · 0 all done. */
export function exitCode(now: Instant, ran: Ran): ExitCode {
  if (outlived(now, ran)) return 7;
  if (partial(ran)) return 6;
  return some(ran.plan.refused) || some(ran.plan.violations) ? 3 : 0;
}

function some(list: readonly unknown[] | undefined): boolean {
  return (list ?? []).length > 0;
}

function outlived(now: Instant, { plan, outcomes }: Ran): boolean {
  const failed = new Set(outcomes.filter((o) => !o.ok && o.op !== "grant").map((o) => o.request));
  return plan.ends.some((e) => failed.has(e.grant.request) && isOver(e.grant.end, now));
}

function partial({ plan, outcomes, unrecorded }: Ran): boolean {
  return (
    some(plan.unseen) ||
    some(plan.held) ||
    some(plan.warnings?.filter(({ severity }) => severity === "error")) ||
    unrecorded !== undefined ||
    outcomes.some((o) => !o.ok)
  );
}
