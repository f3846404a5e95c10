// How is a role that ends by itself taken away before its end? (what is pending is cancelled, what is there is removed)
import type { RoleAssignmentScheduleRequest } from "@azure/arm-authorization";
import type { Assignment, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { patiently, type Arm } from "./arm.ts";
import { edgeOf, type Edge } from "./edge.ts";
import { waiting } from "./pim-grant.ts";
import { place } from "./pim-order.ts";
import { isFinished } from "./pim-ours.ts";
import { isLeaving, lookAtPim, type Held, type PimSeen } from "./pim-read.ts";
import { waysOf, type Ways } from "./pim-verify.ts";

const REMOVE = "AdminRemove";

export async function revokePim(arm: Arm, assignment: Assignment): Promise<Revocation> {
  const edge = edgeOf(assignment);
  const seen = await lookAtPim(arm, edge);
  for (const request of seen.pending) await cancel(arm, edge, request);
  const held = seen.active ?? seen.scheduled;
  if (held && !isLeaving(seen)) await remove(arm, { assignment, edge, held, earlier: seen.requests.length });
  const after = await patiently(
    waiting(arm),
    () => left(arm, edge, held),
    (ways) => ways?.ours.length === 0,
  );
  const receipt: JsonObject = held ? { until: printInstant(held.until) } : {};
  return { state: stateOf(after), receipt, residue: [] };
}

/** Which ways in are left; undefined while ours is, or may be, among those that Azure ends. */
async function left(arm: Arm, edge: Edge, held: Held | undefined): Promise<Ways | undefined> {
  const seen = await lookAtPim(arm, edge);
  return isGone(seen) ? waysOf(arm, edge, seen, held?.row) : undefined;
}

function stateOf(after: Ways | undefined): Revocation["state"] {
  if (!after || after.ours.length > 0) return "sent";
  return after.others.length > 0 ? "escaped" : "absent";
}

const isGone = ({ active, scheduled, pending }: PimSeen): boolean =>
  !active && !scheduled && pending.length === 0;

/** An order that is done cannot be cancelled: what came of it is read back, and removed once a list shows it. */
async function cancel(
  arm: Arm,
  { scope }: Edge,
  { name, requestType, status }: RoleAssignmentScheduleRequest,
): Promise<void> {
  if (requestType === REMOVE || isFinished(status)) return;
  try {
    await arm.call("cancel the order", (options) =>
      arm.client.roleAssignmentScheduleRequests.cancel(scope, name ?? "", options),
    );
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && ["malformed", "conflict"].includes(thrown.class))) throw thrown;
  }
}

/**
 * RoleAssignmentDoesNotExist is also said of what has just been activated: it is believed only when a new list does
 * not have it either. PendingRoleAssignmentRequest: another applier is removing it.
 */
async function remove(
  arm: Arm,
  what: {
    readonly assignment: Assignment;
    readonly edge: Edge;
    readonly held: Held;
    readonly earlier: number;
  },
): Promise<void> {
  const { held, ...rest } = what;
  try {
    await place(arm, { ...rest, order: { type: REMOVE, held } });
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    if (thrown.vendorCode === "PendingRoleAssignmentRequest") return;
    const lost =
      thrown.vendorCode === "RoleAssignmentDoesNotExist" && isGone(await lookAtPim(arm, what.edge));
    if (!lost) throw thrown;
  }
}
