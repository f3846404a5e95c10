// How is access taken away? (act, read back, and say only what was read)
import { LATE, NOT_TRIED } from "./bounded.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./core/entry.ts";
import type { Outcome } from "./core/outcome.ts";
import type { Plan } from "./core/plan.ts";
import { isMarkedForAnother } from "./later-mark.ts";
import { attempt, perTarget } from "./per-target.ts";
import { holderOf } from "./core/union.ts";
import { ProviderError, type Session } from "./providers/provider.ts";
import { readAgain } from "./read-again.ts";

type End = Plan["ends"][number];
type Revoke = Extract<End, { op: "revoke" }>;

/** Said before the act, so that a crash in between is seen by the next run. Repeats are not said again. */
export function revokeIntents(ends: readonly End[]): readonly Draft[] {
  return ends.flatMap(({ op, grant, because }) =>
    op === "revoke" && grant.phase !== "ending" && grant.assignment
      ? [
          {
            kind: "intent",
            op,
            request: grant.request,
            target: grant.claim.target,
            assignment: grant.assignment,
            because,
          },
        ]
      : [],
  );
}

/** Takes away what has ended: all targets at once, one after the other within a target. Never throws. */
export async function carryOutEnds(context: Context, ends: readonly End[]): Promise<readonly Outcome[]> {
  const released = ends.flatMap((end) => (end.op === "release" ? [release(end)] : []));
  const revokes = ends.filter((end): end is Revoke => end.op === "revoke");
  return [...released, ...(await inSessions(context, [...revokes].sort(troubledLast), SESSIONS))];
}

/** After a revocation that hangs, the rest is tried in a new session; so often, and then in the next run. */
const SESSIONS = 3;

async function inSessions(
  context: Context,
  revokes: readonly Revoke[],
  sessions: number,
): Promise<readonly Outcome[]> {
  const rest: Revoke[] = [];
  const outcomes = await perTarget(
    context,
    revokes,
    (r) => r.grant,
    async (session, mine) => {
      const done: Outcome[] = [];
      for (const [i, end] of mine.entries()) {
        const outcome = await attempt(end, failedRevoke, () => revokeUnlessHeld(context, session, end));
        done.push(outcome);
        if (sessions === 1 || !outcome.notes.includes(HANGS)) continue;
        rest.push(...mine.slice(i + 1));
        break;
      }
      return done;
    },
    failedRevoke,
  );
  return rest.length === 0 ? outcomes : [...outcomes, ...(await inSessions(context, rest, sessions - 1))];
}

const HANGS = `transient (${LATE})`;
const UNTRIED = `transient (${NOT_TRIED})`;

/** What failed before may hang again and use up the session: whatever was not tried yet goes first. */
function troubledLast(a: Revoke, b: Revoke): number {
  return (a.grant.failure?.count ?? 0) - (b.grant.failure?.count ?? 0);
}

/** Ways of owning in which two requests can stand behind one edge. */
const SHARED: readonly string[] = ["container", "marked", "bare"];

/**
 * Another run may have granted the same edge to another request since this one read the ledger, or have ended this case:
 * whoever is let in by it now was let in by people.
 */
async function revokeUnlessHeld(context: Context, session: Session, end: Revoke): Promise<Outcome> {
  const { claim, request, assignment } = end.grant;
  if (!assignment || !(await isShared(context, claim.provider))) return revoke(session, end);
  const latest = await readAgain(context);
  if (!latest) {
    const another = await isMarkedForAnother(context, session, end.grant, assignment);
    return another ? leftAlone(end) : revoke(session, end);
  }
  if (!latest.live.some((one) => one.request === request)) return endedElsewhere(end);
  const heldBy = holderOf(latest.live, assignment.key, request);
  return heldBy === undefined
    ? revoke(session, end)
    : release({ op: "release", grant: end.grant, because: end.because, reason: { heldBy } });
}

/** Nothing is said of it in the ledger: it has not failed, it waits for the ledger to be there again. */
function leftAlone({ grant: { request, claim } }: Revoke): Outcome {
  const notes = ["its mark tells of another request, and the ledger, which knows it, cannot be read"];
  return { request, target: claim.target, op: "revoke", ok: false, notes, drafts: [] };
}

async function isShared(context: Context, kind: string): Promise<boolean> {
  const provider = await context.provider(kind);
  return provider !== undefined && SHARED.includes(provider.capabilities.ownership);
}

function endedElsewhere({ grant: { request, claim } }: Revoke): Outcome {
  const notes = ["another run has ended it meanwhile"];
  return { request, target: claim.target, op: "release", ok: true, notes, drafts: [] };
}

async function revoke(session: Session, { grant, because }: Revoke): Promise<Outcome> {
  const { request, assignment, end } = grant;
  const target = grant.claim.target;
  if (!assignment)
    throw new ProviderError("malformed", "no assignment was recorded", { vendorCode: "no-assignment" });
  const { state, receipt, residue } = await session.revoke(assignment);
  if (state === "sent") {
    const drafts: Draft[] = [{ kind: "revoke-sent", request, target, because, receipt }];
    return {
      request,
      target,
      op: "revoke",
      ok: false,
      notes: ["the target has not confirmed it yet"],
      drafts,
    };
  }
  const escape = state === "escaped" ? ["still let in by another way that is not Lapse's"] : [];
  const notes = [...residue, ...escape];
  const drafts: Draft[] = [{ kind: "revoked", request, target, because, end, residue: notes, receipt }];
  return { request, target, op: "revoke", ok: true, notes, drafts };
}

function release({ grant, because, reason }: Extract<End, { op: "release" }>): Outcome {
  const { request, end } = grant;
  const target = grant.claim.target;
  const words =
    typeof reason === "string"
      ? {
          "never-granted": "nothing had been granted",
          standing: "it was standing access, which is not ours",
        }[reason]
      : `${reason.heldBy} still has the same access`;
  const receipt = { untouched: words };
  const drafts: Draft[] = [{ kind: "revoked", request, target, because, end, residue: [], receipt }];
  return { request, target, op: "release", ok: true, notes: [words], drafts };
}

function failedRevoke({ grant, because }: Revoke, reason: string): Outcome {
  const { request, failure } = grant;
  const target = grant.claim.target;
  // What was not even tried has not failed, so that the next run begins with it.
  const known = reason === UNTRIED || (failure?.op === "revoke" && failure.error === reason);
  const drafts: Draft[] = known
    ? []
    : [{ kind: "failed", op: "revoke", request, target, because, error: reason }];
  return { request, target, op: "revoke", ok: false, notes: [reason], drafts };
}
