// What do the targets show of what the ledger says is there? (one failing target hides no other)
import type { Context } from "./context.ts";
import { groupBy } from "./core/group.ts";
import type { LiveGrant } from "./core/entry.ts";
import type { Assignment } from "./core/model.ts";
import type { Sight, Snapshot } from "./core/snapshot.ts";
import { addressOf, reasonOf, withSession } from "./session.ts";
import type { Observed, Session } from "./providers/provider.ts";

type Seen = Pick<Snapshot, "sights" | "unseen">;
type Granted = LiveGrant & { readonly assignment: Assignment };

const SIGHT: Readonly<Record<Observed["state"], Sight>> = {
  absent: "absent",
  ours: "present",
  foreign: "foreign",
  held: "present",
  pending: "pending",
  tombstone: "absent",
};

/** Asks every target that has live grants, all at once. What it could not see is `unseen`, never absent. */
export async function observe(context: Context, live: readonly LiveGrant[]): Promise<Seen> {
  const granted = live.filter((g): g is Granted => g.phase === "granted" && g.assignment !== undefined);
  const byAddress = groupBy(granted, (g) => addressOf(g.claim.target, g.claim));
  const sights = new Map<string, Sight>();
  const unseen: { target: string; reason: string }[] = [];
  await Promise.all(
    [...byAddress.values()].map(async (grants) => {
      try {
        for (const [request, sight] of await look(context, grants)) sights.set(request, sight);
      } catch (problem) {
        for (const target of new Set(grants.map((g) => g.claim.target))) {
          unseen.push({ target, reason: reasonOf(problem) });
        }
      }
    }),
  );
  unseen.sort((a, b) => (a.target < b.target ? -1 : 1));
  return { sights, unseen };
}

async function look(
  context: Context,
  grants: readonly Granted[],
): Promise<readonly (readonly [string, Sight])[]> {
  const [first] = grants;
  if (!first) return [];
  return withSession(context, first.claim, async (session) => {
    const ours = grants.filter((g) => !g.standing);
    const answers = await session.observe(ours.map((g) => g.assignment));
    const seen = ours.map((g, i) => [g.request, sightOf(answers[i])] as const);
    return [...seen, ...(await standing(session, grants))];
  });
}

function sightOf(answer: Observed | undefined): Sight {
  if (!answer) return "unknown";
  return answer.state === "ours" && answer.drift !== undefined ? "drifted" : SIGHT[answer.state];
}

/** Standing access that goes away while the request lives is replaced by ours, so it is looked at again each time. */
async function standing(
  session: Session,
  grants: readonly Granted[],
): Promise<readonly (readonly [string, Sight])[]> {
  const result: (readonly [string, Sight])[] = [];
  for (const grant of grants.filter((g) => g.standing)) {
    const [there] = await session.observe([grant.assignment]);
    const held = there?.state === "held" || (await session.verify(grant.assignment)).standing;
    result.push([grant.request, held ? "present" : "absent"]);
  }
  return result;
}
