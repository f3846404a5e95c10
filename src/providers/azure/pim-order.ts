// How is an order placed with Privileged Identity Management? (one PUT; what it refuses at once is thrown)
import type { RoleAssignmentScheduleRequest } from "@azure/arm-authorization";
import type { Assignment, Instant } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import type { Arm } from "./arm.ts";
import { definitionId, plain, uuid5, type Edge } from "./edge.ts";
import { writeMark } from "./mark.ts";
import { failureOf } from "./pim-ours.ts";
import type { Held } from "./pim-read.ts";

export type Assigning =
  | { readonly type: "AdminAssign"; readonly start: Instant; readonly end: Instant }
  | { readonly type: "AdminUpdate"; readonly held: Held; readonly end: Instant };
export type Order = Assigning | { readonly type: "AdminRemove"; readonly held: Held };

export interface Placing {
  readonly assignment: Assignment;
  readonly edge: Edge;
  readonly order: Order;
  /** How many orders for this edge Azure still knows. */
  readonly earlier: number;
}

/** Answers with the order's name. */
export async function place(arm: Arm, placing: Placing): Promise<string> {
  const name = orderName(arm, placing);
  const { scope } = placing.edge;
  const placed = await arm.call("take the order", (options) =>
    arm.client.roleAssignmentScheduleRequests.create(scope, name, bodyOf(placing), options),
  );
  refuseFailed(placed);
  return name;
}

const endOf = (order: Order): Instant => (order.type === "AdminRemove" ? order.held.until : order.end);

/**
 * Of the order's content and the number of its predecessors, so that two appliers place the same order once, and a
 * later one like it is another.
 */
function orderName({ tenant, owner }: Arm, { edge, order, earlier }: Placing): string {
  const { scope, role, principal } = edge;
  return uuid5(
    JSON.stringify([tenant, owner, plain(scope), role, principal, order.type, endOf(order), earlier]),
  );
}

/** The mark lets us know our orders while they last. */
function bodyOf({ assignment, edge, order }: Placing): RoleAssignmentScheduleRequest {
  const { owner, target } = assignment;
  return {
    requestType: order.type,
    principalId: edge.principal,
    roleDefinitionId: definitionId(edge),
    justification: writeMark({ owner, target }, endOf(order)),
    ...(order.type !== "AdminAssign" && { targetRoleAssignmentScheduleId: order.held.schedule }),
    ...(order.type !== "AdminRemove" && {
      scheduleInfo: { ...startOf(order), expiration: endAt(order.end) },
    }),
  };
}

function startOf(order: Assigning): { startDateTime?: Date } {
  const start = order.type === "AdminAssign" ? order.start : order.held.start;
  return start === undefined ? {} : { startDateTime: new Date(start) };
}

/** Azure ends it by itself, whatever becomes of us. */
function endAt(end: Instant) {
  return { type: "AfterDateTime", endDateTime: new Date(end) };
}

export function refuseFailed(request: RoleAssignmentScheduleRequest | undefined): void {
  const status = failureOf(request);
  if (status === undefined) return;
  const cls = ["Denied", "AdminDenied", "Invalid", "FailedAsResourceIsLocked"].includes(status)
    ? "denied-by-policy"
    : "transient";
  throw new ProviderError(cls, `Privileged Identity Management did not carry the order out: ${status}`, {
    vendorCode: status,
  });
}
