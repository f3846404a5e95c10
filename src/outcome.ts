// Which exit code does a run earn?
import type { ExitCode } from "./context.ts";
import type { Instant } from "./core/model.ts";
import type { Plan } from "./core/plan.ts";
import { isOver } from "./core/time.ts";
import type { Outcome } from "./core/outcome.ts";

export interface Ran {
  readonly plan: Pick<Plan, "ends"> & Partial<Pick<Plan, "unseen" | "refused" | "violations" | "held">>;
  readonly outcomes: readonly Outcome[];
  readonly unrecorded: string | undefined;
}

/** 7 access outlived its end · 6 something failed or could not be seen · 3 something was refused · 0 all done. */
export function exitCode(now: Instant, { plan, outcomes, unrecorded }: Ran): ExitCode {
  const failed = new Set(outcomes.filter((o) => !o.ok && o.op !== "grant").map((o) => o.request));
  if (plan.ends.some((e) => failed.has(e.grant.request) && isOver(e.grant.end, now))) return 7;
  const blind = (plan.unseen?.length ?? 0) + (plan.held?.length ?? 0) > 0;
  if (blind || unrecorded !== undefined || outcomes.some((o) => !o.ok)) return 6;
  return (plan.refused?.length ?? 0) + (plan.violations?.length ?? 0) > 0 ? 3 : 0;
}
