// Are the rulesets the ones that were seen last? (one more call, and only where the forge is asked anyway)
import { createHash } from "node:crypto";
import type { Context } from "./context.ts";
import { rulesNews, rulesText, type RulesNews } from "./core/continuity.ts";
import { unread } from "./core/told.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { told } from "./told.ts";

/**
 * Where no new request is judged, nobody asks. Nothing of this ever stops a grant or an end: what was merged is judged
 * by its own evidence.
 */
export async function rulesetsNow(
  context: Context,
  { tip }: LedgerState,
  candidates: readonly unknown[],
): Promise<RulesNews> {
  if (candidates.length === 0) return { drafts: [], findings: [] };
  const rulesets = await told(async () => (await context.forge()).settings.rulesets());
  if (rulesets.is === "untold") return { drafts: [], findings: [unread("the rulesets", rulesets)] };
  const digest = createHash("sha256").update(rulesText(rulesets.value)).digest("hex");
  return rulesNews(tip.rules, digest, context.now);
}
