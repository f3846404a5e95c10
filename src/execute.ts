// How is a plan carried out on the targets? (every write; one target's failure stops no other's work)
import type { Context } from "./context.ts";
import type { Draft, LiveGrant } from "./core/entry.ts";
import { groupBy } from "./core/group.ts";
import type { Assignment, JsonObject } from "./core/model.ts";
import type { Outcome } from "./core/outcome.ts";
import type { Plan } from "./core/plan.ts";
import { isOver } from "./core/time.ts";
import { ProviderError, type Session } from "./providers/provider.ts";
import { reasonOf, withSession } from "./session.ts";

type End = Plan["ends"][number];
type Revoke = Extract<End, { op: "revoke" }>;
type Grant = Plan["grants"][number];

/** A grant that may be intended: resolved to immutable ids, with what was there before. */
export interface Prepared {
  readonly grant: Grant;
  readonly assignment: Assignment;
  readonly prestate: "absent" | "ours" | "standing";
}

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
  const outcomes = await perTarget(
    context,
    revokes,
    (r) => r.grant,
    async (session, mine) => {
      const done: Outcome[] = [];
      for (const end of mine) done.push(await attempt(end, failedRevoke, () => revoke(session, end)));
      return done;
    },
    failedRevoke,
  );
  return [...released, ...outcomes];
}

/** Reads, before any intent, who the subject is on the target and what is there already. */
export async function prepareGrants(
  context: Context,
  grants: readonly Grant[],
): Promise<{ readonly prepared: readonly Prepared[]; readonly failed: readonly Outcome[] }> {
  const prepared: Prepared[] = [];
  const failed = await perTarget(
    context,
    grants,
    (g) => g.admission,
    async (session, mine) => {
      const outcomes: Outcome[] = [];
      for (const grant of mine) {
        const outcome = await attempt(grant, failedGrant, async () => {
          prepared.push(await prepare(session, grant));
          return undefined;
        });
        if (outcome) outcomes.push(outcome);
      }
      return outcomes;
    },
    failedGrant,
  );
  return { prepared, failed };
}

export function grantIntents(prepared: readonly Prepared[]): readonly Draft[] {
  return prepared.map(({ grant, assignment, prestate }) => ({
    kind: "intent",
    op: "grant",
    request: grant.request,
    target: assignment.target,
    assignment,
    prestate,
  }));
}

/** Grants what was intended, and believes only what it reads back. Never throws. */
export async function carryOutGrants(
  context: Context,
  prepared: readonly Prepared[],
): Promise<readonly Outcome[]> {
  return perTarget(
    context,
    prepared,
    (p) => p.grant.admission,
    async (session, mine) => {
      const done: Outcome[] = [];
      for (const one of mine) {
        done.push(
          await attempt(
            one,
            ({ grant }, reason) => failedGrant(grant, reason),
            () => give(context, session, one),
          ),
        );
      }
      return done;
    },
    ({ grant }, reason) => failedGrant(grant, reason),
  );
}

async function perTarget<T>(
  context: Context,
  items: readonly T[],
  about: (item: T) => Pick<LiveGrant, "claim">,
  work: (session: Session, items: readonly T[]) => Promise<readonly Outcome[]>,
  failed: (item: T, reason: string) => Outcome,
): Promise<readonly Outcome[]> {
  const groups = [...groupBy(items, (item) => about(item).claim.target).values()];
  const outcomes = await Promise.all(
    groups.map(async (group) => {
      const [first] = group;
      if (!first) return [];
      try {
        return await withSession(context, about(first).claim, async (session) => work(session, group));
      } catch (problem) {
        return group.map((item) => failed(item, reasonOf(problem)));
      }
    }),
  );
  return outcomes.flat();
}

async function attempt<T, R>(
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

async function prepare(session: Session, grant: Grant): Promise<Prepared> {
  const assignment = await session.resolve(grant.admission.claim);
  const [there] = await session.observe([assignment]);
  if (there?.state === "ours") return { grant, assignment, prestate: "ours" };
  if (there?.state === "foreign") {
    throw new ProviderError("conflict", "something that is not ours stands in the way", {
      vendorCode: "foreign",
    });
  }
  const { standing } = await session.verify(assignment);
  return { grant, assignment, prestate: standing ? "standing" : "absent" };
}

async function give(
  context: Context,
  session: Session,
  { grant, assignment, prestate }: Prepared,
): Promise<Outcome> {
  const { request, admission } = grant;
  const target = assignment.target;
  if (prestate === "standing") {
    const notes = ["has this access already; nothing was written and nothing will be removed"];
    return granted({ request, target, standing: true, receipt: {} }, notes);
  }
  if (isOver(admission.end, context.now))
    throw new ProviderError("conflict", "its window is over", { vendorCode: "over" });
  const receipt = await session.grant(assignment, { end: admission.end, now: context.now });
  const [there] = await session.observe([assignment]);
  const { allowed } = await session.verify(assignment);
  if (there?.state !== "ours" || !allowed) {
    throw new ProviderError("transient", "the target does not show the access yet", {
      vendorCode: "not-read-back",
    });
  }
  return granted({ request, target, standing: false, receipt }, []);
}

function granted(
  facts: {
    readonly request: string;
    readonly target: string;
    readonly standing: boolean;
    readonly receipt: JsonObject;
  },
  notes: readonly string[],
): Outcome {
  const { request, target } = facts;
  return { request, target, op: "grant", ok: true, notes, drafts: [{ kind: "granted", ...facts }] };
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
  const known = failure?.op === "revoke" && failure.error === reason;
  const drafts: Draft[] = known
    ? []
    : [{ kind: "failed", op: "revoke", request, target, because, error: reason }];
  return { request, target, op: "revoke", ok: false, notes: [reason], drafts };
}

/** A failed grant leaves its intent: the next run tries again, or takes away whatever came of it. */
function failedGrant({ request, admission }: Grant, reason: string): Outcome {
  return { request, target: admission.claim.target, op: "grant", ok: false, notes: [reason], drafts: [] };
}
