// `lapse audit`: does everything add up, and what is the evidence?
import { gatherAudit } from "../audit-gather.ts";
import type { Context, ExitCode } from "../context.ts";
import { auditOf, type Period } from "../core/audit.ts";
import { auditJson, auditText } from "../report/audit.ts";
import { json } from "../report/json.ts";

export interface AuditOptions extends Period {
  /** Ask the targets too. */
  readonly observe?: boolean;
}

export async function audit(
  context: Context,
  { from, to, observe = false }: AuditOptions,
): Promise<ExitCode> {
  const period = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const report = auditOf(await gatherAudit(context, { period, observe }));
  context.io.out(context.json ? json(auditJson(report)) : auditText(report, context.io));
  return report.addsUp ? 0 : 3;
}
