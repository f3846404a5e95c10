// Does an edge's own mark tell of a grant that this clone has not heard of? (asked where the ledger cannot be)
import type { Context } from "./context.ts";
import type { LiveGrant } from "./core/entry.ts";
import type { Assignment } from "./core/model.ts";
import { fromEpoch } from "./core/time.ts";
import type { Session } from "./providers/provider.ts";

/** No access lasts longer, in milliseconds: whoever wants it until then was admitted since. */
const LONGEST = 31 * 86_400_000;

/**
 * True where the mark says a later end than this case has, and no closed case that the clone knows has that end: another
 * run has granted the same edge since the clone was last fetched. Edges without a mark say nothing.
 */
export async function isMarkedForAnother(
  context: Context,
  session: Session,
  { end }: LiveGrant,
  { key }: Assignment,
): Promise<boolean> {
  const { items } = await session.list();
  const until = items.find((one) => one.key === key)?.until;
  if (until === undefined || until <= end) return false;
  const { live } = await context.ledger.read();
  const open = new Set(live.map(({ request }) => request));
  const known = await context.ledger.since(fromEpoch(until - LONGEST));
  return !known.some(
    (entry) => entry.kind === "admitted" && entry.admission.end === until && !open.has(entry.request),
  );
}
