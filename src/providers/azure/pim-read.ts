// What does Privileged Identity Management show of one edge? (orders, then schedules, then what is active now)
import type {
  RoleAssignmentSchedule,
  RoleAssignmentScheduleInstance,
  RoleAssignmentScheduleRequest,
} from "@azure/arm-authorization";
import type { Instant } from "../../core/model.ts";
import { pages, type Arm } from "./arm.ts";
import { isOn, lastPart, type Edge } from "./edge.ts";
import { isFinished, isOurs, standingOrders } from "./pim-ours.ts";
import { ofPrincipal } from "./rows.ts";

/** Ours as far as anybody can tell: it has an end, and no order of somebody else made it. */
export interface Held {
  /** Name of the schedule as it is now: it changes with every order. */
  readonly schedule: string;
  readonly start?: Instant;
  readonly until: Instant;
  /** The ordinary role assignment as which it is active. */
  readonly row?: string;
}

export interface PimSeen {
  /** Active now. */
  readonly active?: Held;
  /** Known to be, but not active yet, or its ending is not told yet. */
  readonly scheduled?: Held;
  /** Orders of ours that are neither refused nor seen to be carried out: Azure may say it is done before any list does. */
  readonly pending: readonly RoleAssignmentScheduleRequest[];
  readonly requests: readonly RoleAssignmentScheduleRequest[];
  /** Ordinary role assignments as which somebody else's are active. */
  readonly foreignRows: readonly string[];
}

/**
 * In this order, so that what moves on meanwhile is seen at its next station. Orders vanish after 45 days, so they are
 * never asked whether access is there. https://github.com/hashicorp/terraform-provider-azurerm/issues/24118
 */
export async function lookAtPim(arm: Arm, edge: Edge): Promise<PimSeen> {
  const scope = `subscriptions/${edge.subscription}`;
  const how = { filter: ofPrincipal(edge) };
  const { roleAssignmentScheduleRequests, roleAssignmentSchedules, roleAssignmentScheduleInstances } =
    arm.client;
  const requests = await pages(arm, "list the orders", (o) =>
    roleAssignmentScheduleRequests.listForScope(scope, { ...how, ...o }),
  );
  const schedules = await pages(arm, "list the schedules", (o) =>
    roleAssignmentSchedules.listForScope(scope, { ...how, ...o }),
  );
  const instances = await pages(arm, "list what is active", (o) =>
    roleAssignmentScheduleInstances.listForScope(scope, { ...how, ...o }),
  );
  return judgePim(arm, edge, { requests, schedules, instances });
}

interface Lists {
  readonly requests: readonly RoleAssignmentScheduleRequest[];
  readonly schedules: readonly RoleAssignmentSchedule[];
  readonly instances: readonly RoleAssignmentScheduleInstance[];
}

function judgePim({ owner, now }: Arm, edge: Edge, lists: Lists): PimSeen {
  const requests = lists.requests.filter((one) => isOn(one, edge));
  const schedules = lists.schedules.filter((one) => isOn(one, edge) && isPlain(one));
  const foreign = schedules
    .filter((one) => isForeign(one, requests, owner))
    .map(({ name }) => lastPart(name));
  const ours = ({ schedule }: Held): boolean => !foreign.includes(schedule);
  const instances = lists.instances.filter((one) => isOn(one, edge));
  const plain = instances.filter(isPlain);
  const mine = (one: RoleAssignmentScheduleInstance): readonly Held[] =>
    isPlain(one) ? held(one.roleAssignmentScheduleId, one, one.originRoleAssignmentId).filter(ours) : [];
  const [active] = instances.flatMap(mine);
  const scheduled = schedules.flatMap((one) => held(one.name, one)).find(ours);
  const waiting = requests.filter((one) => isOurs(one, owner) && !isFinished(one.status));
  const unlisted = schedules.length + plain.length > 0 ? [] : standingOrders(requests, owner, now());
  return {
    ...{ ...(active && { active }), ...(scheduled && { scheduled }) },
    ...{ pending: [...waiting, ...unlisted], requests },
    foreignRows: instances
      .filter((one) => mine(one).length === 0)
      .map((one) => lastPart(one.originRoleAssignmentId)),
  };
}

/** Given by an administrator to the subject himself: no group's, no activation of his own, and not taken back. */
function isPlain({ memberType, assignmentType, status }: RoleAssignmentSchedule): boolean {
  const over = isFinished(status) && status !== "Provisioned";
  return memberType === "Direct" && assignmentType === "Assigned" && !over;
}

/** All of ours have an end: what has none (absent or null) was given by somebody else, or is his now. */
function held(schedule: string | undefined, one: RoleAssignmentSchedule, origin?: string): readonly Held[] {
  const until = one.endDateTime?.getTime();
  const start = one.startDateTime?.getTime();
  if (until === undefined) return [];
  const from = start === undefined ? {} : { start: start as Instant };
  const row = origin === undefined ? {} : { row: lastPart(origin) };
  return [{ schedule: lastPart(schedule), ...from, until: until as Instant, ...row }];
}

/** The order that made it is still known, and it was not ours. */
function isForeign(
  { roleAssignmentScheduleRequestId: id }: RoleAssignmentSchedule,
  requests: readonly RoleAssignmentScheduleRequest[],
  owner: string,
): boolean {
  const order = requests.find(({ name }) => lastPart(name) === lastPart(id));
  return order !== undefined && !isOurs(order, owner);
}

/** Has its removal been ordered? */
export function isLeaving({ pending }: PimSeen): boolean {
  return pending.some(({ requestType }) => requestType === "AdminRemove");
}
