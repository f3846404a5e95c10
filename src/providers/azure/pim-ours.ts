// Until when may what stands on an edge be of our making? (by our orders and by what ended them, since lists lag behind)
import type { RoleAssignment, RoleAssignmentScheduleRequest } from "@azure/arm-authorization";
import type { Instant } from "../../core/model.ts";
import { readMark } from "./mark.ts";

/** https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-requests */
const FINISHED: readonly string[] = [
  ...["Provisioned", "Revoked", "Denied", "AdminDenied", "Failed", "Canceled", "TimedOut", "Invalid"],
  "FailedAsResourceIsLocked",
];
/** Done as ordered; every other finished state is a failure. */
const DONE: readonly string[] = ["Provisioned", "Revoked"];
const REMOVE = "AdminRemove";

/** Removed roles go on being shown for ten minutes and more; what is there after an hour is there. */
const LAG = 3_600_000;

export const isFinished = (status: string | undefined): boolean => FINISHED.includes(status ?? "");
const isDone = (status: string | undefined): boolean => DONE.includes(status ?? "");

export function isOurs({ justification }: RoleAssignmentScheduleRequest, owner: string): boolean {
  return readMark(justification)?.owner === owner;
}

/** Why an order came to nothing, if it did. */
export function failureOf(request: RoleAssignmentScheduleRequest | undefined): string | undefined {
  const status = request?.status;
  return isFinished(status) && !isDone(status) ? status : undefined;
}

/**
 * Orders of ours that were carried out and that neither their end nor a later removal, whoever ordered it, has undone.
 * What they made may be in no list yet. https://github.com/hashicorp/terraform-provider-azurerm/issues/31183
 */
export function standingOrders(
  requests: readonly RoleAssignmentScheduleRequest[],
  owner: string,
  now: Instant | undefined,
): readonly RoleAssignmentScheduleRequest[] {
  return requests.filter(
    (one) =>
      isOurs(one, owner) &&
      isDone(one.status) &&
      one.requestType !== REMOVE &&
      !isPast(endOf(one, requests), now),
  );
}

/** Until when our orders let the subject in; undefined where there are none. */
export function lastEnd(
  requests: readonly RoleAssignmentScheduleRequest[],
  owner: string,
): number | undefined {
  const ends = requests
    .filter((one) => isOurs(one, owner) && failureOf(one) === undefined)
    .map((one) => endOf(one, requests));
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** A time that Azure does not tell counts as one that leaves the order standing. */
function endOf(
  { requestType, createdOn, scheduleInfo, status }: RoleAssignmentScheduleRequest,
  requests: readonly RoleAssignmentScheduleRequest[],
): number {
  const from = at(createdOn) ?? NaN;
  if (requestType === REMOVE) return isDone(status) ? from : Infinity;
  const removals = requests
    .filter((one) => one.requestType === REMOVE && isDone(one.status))
    .map((one) => at(one.createdOn) ?? NaN)
    .filter((removed) => removed > from);
  return Math.min(at(scheduleInfo?.expiration?.endDateTime) ?? Infinity, ...removals);
}

/**
 * There is one role assignment for each edge, so one that was made before our last end is ours, or was when it ended:
 * until it has outlived that by more than any lag.
 */
export function isOurMaking(
  { createdOn }: RoleAssignment,
  end: number | undefined,
  now: Instant | undefined,
): boolean {
  if (end === undefined || isPast(end + LAG, now)) return false;
  return !((at(createdOn) ?? NaN) > end);
}

const at = (date: Date | undefined): number | undefined => date?.getTime();

const isPast = (end: number, now: Instant | undefined): boolean => now !== undefined && end <= now;
