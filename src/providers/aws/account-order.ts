// What is an order that Identity Center has accepted, and what became of it?
import type { AccountAssignmentOperationStatus } from "@aws-sdk/client-sso-admin";
import { ProviderError, type ErrorClass } from "../provider.ts";
import { refuse } from "./errors.ts";

/** One user, one permission set, one account: there is never more than one assignment of it, and it has no mark. */
export interface Edge {
  readonly account: string;
  readonly permissionSet: string;
  readonly user: string;
}

export type OrderKind = "creation" | "deletion";

export interface Order extends Edge {
  readonly id: string;
  readonly status: "IN_PROGRESS" | "SUCCEEDED" | "FAILED";
  /** AWS's own words; never shown. */
  readonly reason: string;
}

export function orderOf(order: AccountAssignmentOperationStatus | undefined): Order {
  const { RequestId: id, Status: status, FailureReason: reason = "" } = order ?? {};
  if (id === undefined || status === undefined)
    refuse("transient", "AWS showed an order without its id or its state");
  return { id, status, reason, ...edgeOfOrder(order ?? {}) };
}

/** Orders for groups are never ours. */
function edgeOfOrder({ TargetId, PermissionSetArn, ...principal }: AccountAssignmentOperationStatus): Edge {
  const user = principal.PrincipalType === "GROUP" ? undefined : principal.PrincipalId;
  return { account: TargetId ?? "", permissionSet: PermissionSetArn ?? "", user: user ?? "" };
}

export function sameEdge(a: Edge, b: Edge): boolean {
  return a.account === b.account && a.permissionSet === b.permissionSet && a.user === b.user;
}

/** An order that failed has changed nothing; why it failed is in its reason alone. */
export function failedOrder({ reason, id }: Order, doing: string): ProviderError {
  const cls = classOf(reason);
  const cause = new Error(`${id}: ${reason}`);
  return new ProviderError(cls, `AWS accepted the order to ${doing} and then failed: ${cls}`, {
    vendorCode: "FAILED",
    cause,
  });
}

/**
 * A principal that was deleted meanwhile is reported as "Received a 404 status error", when he is to be assigned and when
 * his assignment is to be removed. https://github.com/hashicorp/terraform-provider-aws/issues/19341
 */
function classOf(reason: string): ErrorClass {
  if (/\b404\b|not found/i.test(reason)) return "subject-missing";
  return /\b403\b|denied|not authorized/i.test(reason) ? "forbidden" : "transient";
}
