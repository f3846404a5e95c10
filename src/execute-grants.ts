// How is access given? (resolve, look, intend; then act, read back, and undo what came too late)
import type { Context } from "./context.ts";
import type { Draft, LiveGrant } from "./core/entry.ts";
import type { Assignment, JsonObject } from "./core/model.ts";
import type { Outcome } from "./core/outcome.ts";
import type { Plan } from "./core/plan.ts";
import { isOver } from "./core/time.ts";
import { latestEnd, sharersOf } from "./core/union.ts";
import { FENCED, isFenced } from "./fence.ts";
import { attempt, perTarget } from "./per-target.ts";
import { ProviderError, type Observed, type Session } from "./providers/provider.ts";

type Grant = Plan["grants"][number];

/** A grant that may be intended: resolved to immutable ids, with what was there before. */
export interface Prepared {
  readonly grant: Grant;
  readonly assignment: Assignment;
  readonly prestate: "absent" | "ours" | "standing";
}

/** Reads, before any intent, who the subject is on the target and what is there already. `live`: the open cases. */
export async function prepareGrants(
  context: Context,
  grants: readonly Grant[],
  live: readonly LiveGrant[],
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
          prepared.push(await prepare(session, grant, live));
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

/** Grants what was intended, and believes only what it reads back; `live` holds the intents. Never throws. */
export async function carryOutGrants(
  context: Context,
  prepared: readonly Prepared[],
  live: readonly LiveGrant[],
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
            () => give(context, session, one, live),
          ),
        );
      }
      return done;
    },
    ({ grant }, reason) => failedGrant(grant, reason),
  );
}

/** Takes away at once what this run granted although its case was closed meanwhile: a run that slept must not leave it. */
export async function takeBack(
  context: Context,
  granted: readonly Prepared[],
  live: readonly LiveGrant[],
): Promise<readonly Outcome[]> {
  const open = new Set(live.map((g) => g.request));
  const orphans = granted.filter(
    ({ prestate, grant, assignment: { key } }) =>
      prestate !== "standing" && !open.has(grant.request) && sharersOf(live, key).length === 0,
  );
  const failed = ({ grant, assignment: { target } }: Prepared, reason: string): Outcome => {
    const notes = [`granted although it had ended, and not taken back: ${reason}`];
    return { request: grant.request, target, op: "revoke", ok: false, notes, drafts: [] };
  };
  return perTarget(
    context,
    orphans,
    (p) => p.grant.admission,
    async (session, mine) => {
      const done: Outcome[] = [];
      for (const one of mine) done.push(await attempt(one, failed, () => takeBackOne(session, one)));
      return done;
    },
    failed,
  );
}

async function takeBackOne(session: Session, { grant, assignment }: Prepared): Promise<Outcome> {
  const { request, admission } = grant;
  const target = assignment.target;
  const { state, receipt, residue } = await session.revoke(assignment);
  const because = "expired";
  const drafts: Draft[] = [
    { kind: "revoked", request, target, because, end: admission.end, residue, receipt },
  ];
  const notes = ["it had ended while this run was granting it"];
  return {
    request,
    target,
    op: "revoke",
    ok: state !== "sent",
    notes,
    drafts: state === "sent" ? [] : drafts,
  };
}

async function prepare(session: Session, grant: Grant, live: readonly LiveGrant[]): Promise<Prepared> {
  const assignment = await session.resolve(grant.admission.claim);
  const known = live.find((one) => one.request === grant.request)?.assignment;
  // Deleted and made again under its name: what was approved is not there any more.
  if (known && known.key !== assignment.key)
    throw inTheWay("the same names mean something else on the target now", "identity");
  const sharers = sharersOf(live, assignment.key);
  if (sharers.some((one) => one.phase === "ending"))
    throw inTheWay("the same access of another request is just being ended", "ending");
  const [there] = await session.observe([assignment]);
  const prestate = await prestateOf(session, assignment, there?.state, sharers.length > 0);
  return { grant, assignment, prestate };
}

/** `claimed`: some open case says that this edge is ours. An intent is written before every act, so none says it is not. */
async function prestateOf(
  session: Session,
  assignment: Assignment,
  state: Observed["state"] | undefined,
  claimed: boolean,
): Promise<Prepared["prestate"]> {
  if (state === "foreign") throw inTheWay("something that is not ours stands in the way", "foreign");
  if (state === "pending" && !claimed) throw inTheWay("somebody else has ordered the same access", "pending");
  if (state === "ours") return "ours";
  if (state === "held") return claimed ? "ours" : "standing";
  return (await session.verify(assignment)).standing ? "standing" : "absent";
}

function inTheWay(message: string, vendorCode: string): ProviderError {
  return new ProviderError("conflict", message, { vendorCode });
}

async function give(
  context: Context,
  session: Session,
  { grant, assignment, prestate }: Prepared,
  live: readonly LiveGrant[],
): Promise<Outcome> {
  const { request, admission } = grant;
  const target = assignment.target;
  if (prestate === "standing") {
    const notes = ["has this access already; nothing was written and nothing will be removed"];
    return granted({ request, target, standing: true, receipt: {} }, notes);
  }
  if (await isFenced(context)) throw new ProviderError("conflict", FENCED, { vendorCode: "fenced" });
  const now = context.clock();
  if (isOver(admission.end, now))
    throw new ProviderError("conflict", "its window is over", { vendorCode: "over" });
  const end = latestEnd(live, assignment.key, admission.end);
  const receipt = await session.grant(assignment, { end, now });
  await readBack(session, assignment);
  return granted({ request, target, standing: false, receipt }, []);
}

/** Throws where the target does not show it: the intent stays, and the next run looks again. */
async function readBack(session: Session, assignment: Assignment): Promise<void> {
  const [there] = await session.observe([assignment]);
  if (there?.state === "pending")
    throw new ProviderError("transient", "the target is still carrying it out", { vendorCode: "pending" });
  const { allowed } = await session.verify(assignment);
  if (allowed && (there?.state === "ours" || there?.state === "held")) return;
  const vendorCode = "not-read-back";
  throw new ProviderError("transient", "the target does not show the access yet", { vendorCode });
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

/** A failed grant leaves its intent: the next run tries again, or takes away whatever came of it. */
function failedGrant({ request, admission }: Grant, reason: string): Outcome {
  return { request, target: admission.claim.target, op: "grant", ok: false, notes: [reason], drafts: [] };
}
