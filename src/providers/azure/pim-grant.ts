// How is a role assigned that ends by itself? (an order with our end; a later end moves the one that is there)
import { lastPart, edgeOf, type Edge } from "./edge.ts";
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import { ProviderError } from "../provider.ts";
import { patiently, type Arm } from "./arm.ts";
import { place, refuseFailed, type Assigning, type Placing } from "./pim-order.ts";
import { failureOf } from "./pim-ours.ts";
import { isLeaving, lookAtPim, type PimSeen } from "./pim-read.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

/** Azure answers so while an order of another applier is on its way, or has just been carried out. */
const RACES: readonly string[] = ["RoleAssignmentExists", "PendingRoleAssignmentRequest"];

export async function grantPim(arm: Arm, assignment: Assignment, { end, now }: Window): Promise<JsonObject> {
  if (!(end > now)) throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const edge = edgeOf(assignment);
  const seen = await lookAtPim(arm, edge);
  const order = needed(seen, { end, now });
  if (order) await carryOut(arm, { assignment, edge, order, earlier: seen.requests.length }, end);
  return { until: printInstant(Math.max(end, untilOf(seen)) as Instant) };
}

/** Never an earlier end: another request may want the one that is there, and the sweep ends it on time. */
function needed(seen: PimSeen, { end, now }: Window): Assigning | undefined {
  const { active, scheduled, pending } = seen;
  if (isLeaving(seen)) throw notYet("the removal of the one before is still being carried out");
  if (reaches(untilOf(seen), end)) return undefined;
  if (active) return { type: "AdminUpdate", held: active, end };
  if (scheduled || pending.length > 0)
    throw notYet("an order with an earlier end is still being carried out");
  return { type: "AdminAssign", start: now, end };
}

function notYet(what: string): ProviderError {
  return new ProviderError("conflict", what, { vendorCode: "pending" });
}

/** Azure keeps whole seconds. */
const reaches = (until: number, end: Instant): boolean => until > end - 1000;

/** The latest end that is there or on its way. */
function untilOf({ active, scheduled, pending }: PimSeen): number {
  const ordered = pending.map(({ scheduleInfo }) => scheduleInfo?.expiration?.endDateTime?.getTime() ?? 0);
  return Math.max(0, active?.until ?? 0, scheduled?.until ?? 0, ...ordered);
}

async function carryOut(arm: Arm, placing: Placing, end: Instant): Promise<void> {
  const { edge } = placing;
  const name = await place(arm, placing).catch((thrown: unknown) => raced(arm, edge, end, thrown));
  const mine = ({ requests }: PimSeen) => requests.find((request) => lastPart(request.name) === name);
  const seen = await patiently(
    waiting(arm),
    () => lookAtPim(arm, edge),
    (now) => reaches(now.active?.until ?? 0, end) || failureOf(mine(now)) !== undefined,
  );
  refuseFailed(mine(seen));
}

/** Most orders take seconds: worth a short wait, not a call's whole time. The next run looks again. */
export const waiting = ({ timeout }: Pick<Arm, "timeout">): number => timeout / 10;

/** Whoever was quicker may have ordered the same for us. Anything else that is there is not ours to adopt. */
async function raced(arm: Arm, edge: Edge, end: Instant, thrown: unknown): Promise<undefined> {
  if (!(thrown instanceof ProviderError && RACES.includes(thrown.vendorCode))) throw thrown;
  if (!reaches(untilOf(await lookAtPim(arm, edge)), end)) throw thrown;
  return undefined;
}
