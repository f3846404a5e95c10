// Given everything that is known, what should happen? (pure: Snapshot → Plan; plan, apply and tests all call this)
import { admit, claimOf, unreadable } from "./admission.ts";
import { driftOf } from "./drift.ts";
import { judgeReviews, owing, type Judged } from "./break-glass.ts";
import { fulfilled } from "./consent.ts";
import { landedAt, mergedPull } from "./landing.ts";
import { error } from "./finding.ts";
import { judge } from "./policy.ts";
import { isOver } from "./time.ts";
import type { LiveGrant } from "./entry.ts";
import type { Candidate } from "./evidence.ts";
import type { AccessRequest, ActiveGrant, Finding } from "./model.ts";
import type { Action, Admitted, Held, Missed, Plan, Refusal } from "./plan.ts";
import type { MainView, Snapshot } from "./snapshot.ts";
import { sweep } from "./sweep.ts";
import type { WayOut } from "./ways-out.ts";
import { personOf } from "./votes.ts";

type Grant = Extract<Action, { op: "grant" }>;

/** A live case as policy sees it. */
export function activeOf(grant: LiveGrant | (Admitted["admission"] & { request: string })): ActiveGrant {
  const { request, subject, entitlement, environment, start, end, claim, evidence } = grant;
  const approvers = evidence.approvals.map((a) => a.person);
  const extended = grant.extends === undefined ? {} : { extends: grant.extends };
  return {
    request,
    subject,
    entitlement,
    target: claim.target,
    environment,
    start,
    end,
    approvers,
    ...extended,
  };
}

/** The order in which requests compete (separation of duties, quotas): by merge, then by pull request number. */
function byMerge(a: Candidate, b: Candidate): number {
  const key = ({ landing }: Candidate): readonly [number, number] =>
    "unknown" in landing
      ? [Number.MAX_SAFE_INTEGER, 0]
      : [landedAt(landing), mergedPull(landing)?.pull.number ?? 0];
  const [x, y] = [key(a), key(b)];
  return x[0] - y[0] || x[1] - y[1] || (a.id < b.id ? -1 : 1);
}

interface Known extends Snapshot {
  readonly owed: Judged["owed"];
}

/** The whole decision. Same snapshot, same plan: no clock, no order of discovery, no I/O. */
export function decide(snapshot: Snapshot): Plan {
  const { ends, missed, kept } = sweep(snapshot);
  const reviews = judgeReviews(snapshot.reviews, snapshot.main?.rules.catalog, snapshot.now);
  const known = { ...snapshot, owed: reviews.owed };
  const fresh = snapshot.main ? admitAll(known, snapshot.main, kept) : heldAll(snapshot.candidates);
  const waiting = fresh.admitted.flatMap((a) => waitingFor(a, snapshot));
  const again = kept.map((grant) => carryOn(grant, known));
  const dropped = again.flatMap((a) => a.missed ?? []);
  const grants = [...again.flatMap((a) => a.grant ?? []), ...fresh.admitted.flatMap((a) => due(a, snapshot))];
  return {
    now: snapshot.now,
    main: snapshot.main?.commit,
    ends: [...ends].sort((a, b) => (a.grant.request < b.grant.request ? -1 : 1)),
    grants: grants.sort((a, b) => (a.request < b.request ? -1 : 1)),
    admitted: fresh.admitted,
    refused: fresh.refused,
    missed: [...missed, ...dropped, ...fresh.missed],
    held: [...snapshot.twins, ...fresh.held, ...waiting, ...again.flatMap((a) => a.held ?? [])],
    reviewed: reviews.reviewed,
    kept: again.flatMap((a) => a.kept ?? []),
    unseen: snapshot.unseen,
    waysOut: waysOut(grants, snapshot.main),
    aboutMain: snapshot.aboutMain,
    violations: [...snapshot.violations, ...again.flatMap((a) => (a.grant ? (a.drift ?? []) : []))],
    warnings: [
      ...snapshot.warnings,
      ...reviews.findings,
      ...again.flatMap((a) => (a.grant ? [] : (a.drift ?? []))),
    ],
  };
}

/** One line a target that something is granted on. */
function waysOut(grants: readonly Grant[], main: MainView | undefined): readonly WayOut[] {
  const names = [...new Set(grants.map((g) => g.admission.claim.target))].sort();
  return names.flatMap((name) => {
    const target = main?.rules.catalog.target(name);
    if (!main || target?.is !== "found") return [];
    return [{ target: name, way: main.rules.secondWay(target.value), bound: target.value.bound }];
  });
}

interface Fresh {
  readonly admitted: readonly Admitted[];
  readonly refused: readonly Refusal[];
  readonly missed: readonly Missed[];
  readonly held: readonly Held[];
}

function heldAll(candidates: readonly Candidate[]): Fresh {
  const held = candidates.map((c) => ({ request: c.id, path: c.path, reason: UNREAD }));
  return { admitted: [], refused: [], missed: [], held };
}

function admitAll(snapshot: Known, main: MainView, kept: readonly LiveGrant[]): Fresh {
  const admitted: Admitted[] = [];
  const refused: Refusal[] = [];
  const missed: Missed[] = [];
  const held: Held[] = [];
  for (const candidate of [...snapshot.candidates].sort(byMerge)) {
    const active = [
      ...kept.map(activeOf),
      ...admitted.map((a) => activeOf({ ...a.admission, request: a.request })),
    ];
    const { now, history, frozen, owed } = snapshot;
    const result = admit({ candidate, rules: main.rules, now, active, history, owed, frozen });
    if (result.is === "admitted") admitted.push(result);
    else if (result.is === "refused") refused.push(result);
    else if (result.is === "missed") missed.push(result);
    else held.push(result);
  }
  return { admitted, refused, missed, held };
}

function due({ request, admission }: Admitted, snapshot: Snapshot): readonly Grant[] {
  const now = isOver(admission.start, snapshot.now) && stuck(admission.claim.target, snapshot) === undefined;
  return now ? [{ op: "grant", request, admission, why: "new" }] : [];
}

/** Admitted, and its time has come, but its target cannot be trusted to take anything away. */
function waitingFor({ request, admission }: Admitted, snapshot: Snapshot): readonly Held[] {
  const reason = stuck(admission.claim.target, snapshot);
  return reason === undefined ? [] : [{ request, path: admission.path, reason }];
}

interface CarriedOn {
  readonly kept?: LiveGrant;
  readonly grant?: Grant;
  readonly missed?: Missed;
  readonly held?: Held;
  readonly drift?: Finding;
}

// | phase    | seen on the target | what follows                                                   |
// |----------|--------------------|----------------------------------------------------------------|
// | waiting  | not asked          | at its start everything is judged again, then granted or dropped |
// | granting | anything           | granted again: create-only, so what is there already stays      |
// | granted  | present            | stays                                                          |
// | granted  | absent             | granted again and reported (standing access: ours is made now)  |
// | granted  | foreign, drifted   | reported, never touched                                        |
// | granted  | unknown, pending   | stays; the target is listed as unseen                          |
function carryOn(grant: LiveGrant, snapshot: Known): CarriedOn {
  const { phase } = grant;
  if (phase === "waiting" && !isOver(grant.start, snapshot.now)) return { kept: grant };
  const sight = snapshot.sights.get(grant.request) ?? "unknown";
  const found = driftOf(grant, sight);
  const drift = found ? { drift: found } : {};
  if (phase === "granted" && sight !== "absent") return { kept: grant, ...drift };
  return { ...giveAgain(grant, snapshot), ...drift };
}

function giveAgain(grant: LiveGrant, snapshot: Known): CarriedOn {
  const { request, path, phase } = grant;
  const reason = heldBack(grant, snapshot);
  if (reason !== undefined || !snapshot.main) {
    return { kept: grant, held: { request, path, reason: reason ?? UNREAD } };
  }
  if (phase === "waiting") return starting(grant, snapshot, snapshot.main);
  const why = phase === "granting" ? "resume" : "missing";
  return { kept: grant, grant: { op: "grant", request, admission: grant, why } };
}

const UNREAD = "main could not be read";

/** Giving waits for everything that must be known; taking away never gets here. */
function heldBack(grant: LiveGrant, snapshot: Snapshot): string | undefined {
  const { frozen, unseen, main } = snapshot;
  const blind = unseen.find((t) => t.target === grant.claim.target)?.reason;
  return frozen ?? blind ?? stuck(grant.claim.target, snapshot) ?? (main && unreadable(main.rules, grant));
}

/** P10 for one target: where something cannot be taken away, nothing more is given. */
function stuck(target: string, { live }: Snapshot): string | undefined {
  const failing = live.find((g) => g.claim.target === target && g.failure?.op === "revoke");
  return (
    failing && `${failing.request} cannot be revoked on ${target}; nothing more is granted there until it is`
  );
}

/** Everything is checked again when a scheduled window starts: policy as it is now, and the approvers as they are now. */
function starting(grant: LiveGrant, snapshot: Known, main: MainView): CarriedOn {
  const { request, path, blob, subject } = grant;
  const asking = { subject, author: grant.evidence.author };
  const written = snapshot.starting.get(request);
  if (!written) return { kept: grant, held: { request, path, reason: "its request file could not be read" } };
  const { catalog } = main.rules;
  const reason = unreadable(main.rules, written) ?? owing(snapshot.owed, asking, catalog, snapshot.now);
  if (reason !== undefined) return { kept: grant, held: { request, path, reason } };
  const findings = recheck(grant, written, snapshot, main);
  if (findings.length > 0) return { missed: { request, path, blob, because: "no-longer-allowed", findings } };
  return { kept: grant, grant: { op: "grant", request, admission: grant, why: "starts" } };
}

function recheck(
  grant: LiveGrant,
  request: AccessRequest,
  snapshot: Snapshot,
  main: MainView,
): readonly Finding[] {
  const active = snapshot.live.filter((g) => g.request !== grant.request).map(activeOf);
  const { catalog, policies } = main.rules;
  const { now, history } = snapshot;
  const decision = judge({ request, catalog, policies, window: grant, now, active, history });
  if (decision.effect === "Deny") return decision.findings;
  const people = grant.evidence.approvals.flatMap((a) => personOf(catalog, a.user)?.name ?? []);
  const approved = fulfilled(decision.obligations.approvals, people);
  if (approved && claimOf(request, main.rules)?.identity === grant.claim.identity) return [];
  const fix = "ask again: the approvals that it was merged with no longer suffice";
  return [
    error(
      "LPS307",
      `${grant.path}: its approvers may no longer approve it`,
      fix,
      request.places["entitlement"],
    ),
  ];
}
