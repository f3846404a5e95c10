// How does a reviewer see the check? (one sticky comment; needs pull-requests: write and nothing else)
import { createHash } from "node:crypto";
import type { Context } from "./context.ts";
import type { Checked, CheckReport } from "./core/check.ts";
import type { Instant } from "./core/model.ts";
import { plus } from "./core/time.ts";
import { CHECK_MARKER, checkMarkdown } from "./report/check-comment.ts";

/** Writes or updates the comment, and the job summary where there is one. */
export async function publishCheck(context: Context, number: number, report: CheckReport): Promise<void> {
  const forge = await context.forge();
  const pull = await forge.pull(number);
  const [one] = report.checked;
  const page = checkMarkdown({
    report,
    now: context.now,
    head: pull.head.sha,
    residue: await residueOf(context, one),
    ...voidAfter(report, pull.createdAt),
    ...(one && (await toQuote(context, report, one, pull.head.sha))),
  });
  context.io.summary(page);
  await forge.upsertComment(number, CHECK_MARKER, page);
}

async function residueOf(context: Context, one: Checked | undefined): Promise<readonly string[]> {
  if (!one?.claim) return [];
  return (await context.provider(one.claim.provider))?.capabilities.residue ?? [];
}

function voidAfter({ rules }: CheckReport, opened: Instant): { readonly answerBy?: Instant } {
  const { settings } = rules.catalog;
  return settings.is === "found" ? { answerBy: plus(opened, settings.value.pendingTimeout) } : {};
}

/** Only critical access asks its approvers to write down what they approve. */
async function toQuote(
  context: Context,
  { rules }: CheckReport,
  { request }: Checked,
  head: string,
): Promise<{ readonly quote?: string }> {
  const entitlement = rules.catalog.entitlement(request.entitlement);
  if (entitlement.is !== "found" || entitlement.value.risk !== "critical") return {};
  const oid = await context.repo.oidAt(head, request.path);
  const bytes = oid === undefined ? undefined : (await context.repo.blobs([oid])).get(oid);
  return bytes ? { quote: createHash("sha256").update(bytes).digest("hex") } : {};
}
