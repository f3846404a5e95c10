// What may a run have ordered that nobody ever heard of again? (the ledger's intents without an outcome; reads only)
import type { Context } from "./context.ts";
import type { Assignment } from "./core/model.ts";
import { fromEpoch } from "./core/time.ts";
import type { Session } from "./providers/provider.ts";

/** How long a run, or an order of its, can sleep between the intent and the act and still be believed to have done it. */
const LATE = 86_400_000;

/** By key; undefined where the ledger's past cannot be read. */
export type LateOrders = ReadonlyMap<string, Assignment> | undefined;

/**
 * What some run was about to grant of late and never told the outcome of. Only such a run can have put somebody where
 * nothing carries our mark after the case was closed; everybody else in there was put there by people.
 */
export async function lateOrders(context: Context): Promise<LateOrders> {
  try {
    const entries = await context.ledger.since(fromEpoch(Math.max(0, context.now - LATE)));
    const told = new Set(entries.flatMap((e) => (e.kind === "granted" ? [`${e.run} ${e.request}`] : [])));
    const intents = entries.flatMap((e) =>
      e.kind === "intent" && e.op === "grant" && e.prestate !== "standing" ? [e] : [],
    );
    const silent = intents.filter((e) => !told.has(`${e.run} ${e.request}`));
    return new Map(silent.map(({ assignment }) => [assignment.key, assignment]));
  } catch {
    return undefined;
  }
}

/** What a target lists of ours, and which of these orders it has carried out: those it cannot list are asked for. */
export async function listing(session: Session, orders: readonly Assignment[]): ReturnType<Session["list"]> {
  const { items, complete } = await session.list();
  const seen = orders.length > 0 ? await session.observe(orders) : [];
  return { items: [...items, ...orders.filter((_, i) => seen[i]?.state === "held")], complete };
}
