// How does one target's failure stop no other's work? (all targets at once, one act after the other within a target)
import type { Context } from "./context.ts";
import { groupBy } from "./core/group.ts";
import type { Claim } from "./core/model.ts";
import type { Outcome } from "./core/outcome.ts";
import type { Session } from "./providers/provider.ts";
import { addressOf, reasonOf, withSession } from "./session.ts";

/** Opens one session a target and hands it the target's items. What throws becomes an outcome: it never throws itself. */
export async function perTarget<T>(
  context: Context,
  items: readonly T[],
  about: (item: T) => { readonly claim: Pick<Claim, "target" | "provider" | "owner" | "connection"> },
  work: (session: Session, items: readonly T[]) => Promise<readonly Outcome[]>,
  failed: (item: T, reason: string) => Outcome,
): Promise<readonly Outcome[]> {
  const groups = groupBy(items, (item) => addressOf(about(item).claim.target, about(item).claim));
  const outcomes = await Promise.all(
    [...groups.values()].map(async (group) => {
      const claims = group.map((item) => about(item).claim).slice(0, 1);
      try {
        const done = claims.map((claim) => withSession(context, claim, (session) => work(session, group)));
        return (await Promise.all(done)).flat();
      } catch (problem) {
        return group.map((item) => failed(item, reasonOf(problem)));
      }
    }),
  );
  return outcomes.flat();
}

/** Runs one act; what it throws becomes its outcome. */
export async function attempt<T, R>(
  item: T,
  failed: (item: T, reason: string) => Outcome,
  act: () => Promise<R>,
): Promise<R | Outcome> {
  try {
    return await act();
  } catch (problem) {
    return failed(item, reasonOf(problem));
  }
}
