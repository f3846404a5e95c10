// How does a reviewer see the check? (one sticky comment; needs pull-requests: write and nothing else)
import { createHash } from "node:crypto";
import type { Context } from "./context.ts";
import type { Checked, CheckReport } from "./core/check.ts";
import { plus } from "./core/time.ts";
import { CHECK_MARKER, checkMarkdown } from "./report/check-comment.ts";

/** Writes or updates the comment, and the job summary where there is one. */
export async function publishCheck(context: Context, number: number, report: CheckReport): Promise<void> {
  const forge = await context.forge();
  const pull = await forge.pull(number);
  const [one] = report.checked;
  const { settings } = report.rules.catalog;
  const answerBy = settings.is === "found" ? plus(pull.createdAt, settings.value.pendingTimeout) : undefined;
  const quote = one && (await digestToQuote(context, report, one, pull.head.sha));
  const page = checkMarkdown({
    report,
    now: context.now,
    head: pull.head.sha,
    residue: one?.claim ? ((await context.provider(one.claim.provider))?.capabilities.residue ?? []) : [],
    ...(answerBy !== undefined && { answerBy }),
    ...(quote !== undefined && { quote }),
  });
  context.io.summary(page);
  await forge.upsertComment(number, CHECK_MARKER, page);
}

/** Only critical access asks its approvers to write down what they approve. */
async function digestToQuote(
  context: Context,
  { rules }: CheckReport,
  { request }: Checked,
  head: string,
): Promise<string | undefined> {
  const entitlement = rules.catalog.entitlement(request.entitlement);
  if (entitlement.is !== "found" || entitlement.value.risk !== "critical") return undefined;
  const oid = await context.repo.oidAt(head, request.path);
  const bytes = oid === undefined ? undefined : (await context.repo.blobs([oid])).get(oid);
  return bytes && createHash("sha256").update(bytes).digest("hex");
}
