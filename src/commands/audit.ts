// `lapse audit`: does everything add up, and what is the evidence?
import { gatherAudit } from "../audit-gather.ts";
import type { Context, ExitCode } from "../context.ts";
import { auditOf, type Period } from "../core/audit.ts";
import { Problem } from "../core/problem.ts";
import { auditJson, auditText } from "../report/audit.ts";
import { json } from "../report/json.ts";

export interface AuditOptions extends Period {
  /** Ask the targets too. */
  readonly observe?: boolean;
  /** Another copy of the ledger. */
  readonly compare?: string;
}

export async function audit(
  context: Context,
  { from, to, observe = false, compare }: AuditOptions,
): Promise<ExitCode> {
  const period = periodOf(from, to);
  const report = auditOf(await gatherAudit(context, { period, observe, compare }));
  context.io.out(context.json ? json(auditJson(report)) : auditText(report, context.io));
  return report.addsUp ? 0 : 3;
}

function periodOf(from: Period["from"], to: Period["to"]): Period {
  if (from !== undefined && to !== undefined && from >= to) {
    throw new Problem("misconfigured", "--from is not before --to", "exchange them, or leave one out");
  }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
