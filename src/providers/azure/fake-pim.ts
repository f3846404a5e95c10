// How does the pretended Privileged Identity Management answer? (orders that take their time, and five minutes at least)
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/model.ts";
import {
  answer,
  covers,
  drop,
  expire,
  onEdge,
  refuse,
  same,
  SUB_SCOPE,
  type Azure,
  type Order,
  type Schedule,
  row,
} from "./fake-azure.ts";
import type { Call } from "./fake-arm.ts";

const MINUTE = 60_000;
/** https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-activate-your-roles */
const SHORTEST = 5 * MINUTE;
const PENDING = "PendingProvisioning";

export function pim(state: Azure, call: Call): Response | readonly JsonObject[] {
  const shown = <T extends Pick<Order, "scope" | "principal">>(all: readonly T[]) =>
    all.filter(({ scope, principal }) => isShown(call, scope, principal));
  switch (call.type) {
    case "roleAssignmentScheduleRequests":
      return call.name === "" ? shown(state.orders).map(orderView) : order(state, call);
    case "roleAssignmentSchedules":
      return shown(state.schedules).map(scheduleView);
    case "roleAssignmentScheduleInstances":
      return shown(state.schedules)
        .filter(({ start }) => start <= state.now)
        .map(instanceView);
    default:
      return [];
  }
}

function isShown({ scope, filter }: Call, at: string, principal: string): boolean {
  const [, wanted = ""] = /principalId eq '([^']+)'/.exec(filter) ?? [];
  return (covers(scope, at) || covers(at, scope)) && (wanted === "" || same(principal, wanted));
}

function order(state: Azure, call: Call): Response {
  if (!state.mayWrite) return refuse(403, "AuthorizationFailed");
  if (call.action === "cancel") return cancel(state, call.name);
  const wanted = read(state, call);
  const refusal = refused(state, wanted);
  if (refusal) return refusal;
  state.orders.push(wanted);
  return answer(201, orderView(wanted));
}

function cancel(state: Azure, name: string): Response {
  const found = state.orders.find((one) => same(one.name, name) && one.status === PENDING);
  if (!found) return refuse(400, "RoleAssignmentRequestCannotBeCancelled");
  found.status = "Canceled";
  return new Response(null, { status: 200 });
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function read(state: Azure, { scope, name, body }: Call): Order {
  const properties = (body["properties"] ?? {}) as JsonObject;
  const info = (properties["scheduleInfo"] ?? {}) as JsonObject;
  const { endDateTime } = (info["expiration"] ?? {}) as JsonObject;
  return {
    ...{ name, scope, type: text(properties["requestType"]), status: PENDING },
    role: text(properties["roleDefinitionId"]).split("/").at(-1) ?? "",
    principal: text(properties["principalId"]),
    justification: text(properties["justification"]),
    target: text(properties["targetRoleAssignmentScheduleId"]) || undefined,
    start: Date.parse(text(info["startDateTime"])) || state.now,
    end: typeof endDateTime === "string" ? Date.parse(endDateTime) : undefined,
  };
}

function refused(state: Azure, wanted: Order): Response | undefined {
  const there = state.schedules.find(onEdge(wanted));
  if (state.refusing.length > 0 && wanted.type !== "AdminRemove")
    return refuse(
      400,
      "RoleAssignmentRequestPolicyValidationFailed",
      `The following policy rules failed: ${JSON.stringify(state.refusing)}`,
    );
  if (state.users.get(wanted.principal)?.replicated !== true) return refuse(400, "SubjectNotFound");
  if (state.orders.some((one) => onEdge(wanted)(one) && one.status === PENDING))
    return refuse(400, "PendingRoleAssignmentRequest");
  if (state.orders.some(({ name }) => name === wanted.name)) return refuse(409, "Conflict");
  if (wanted.type !== "AdminAssign") return refusedChange(state, wanted, there);
  return there || state.rows.some(onEdge(wanted)) ? refuse(400, "RoleAssignmentExists") : undefined;
}

function refusedChange(state: Azure, wanted: Order, there: Schedule | undefined): Response | undefined {
  const forgets = state.forgetful && wanted.type === "AdminRemove";
  state.forgetful &&= !forgets;
  if (!there || forgets) return refuse(400, "RoleAssignmentDoesNotExist");
  if (wanted.target !== undefined && !same(wanted.target, there.name))
    return refuse(400, "InvalidRoleAssignmentScheduleId");
  const short = wanted.type === "AdminRemove" && state.now - there.start < SHORTEST;
  return short ? refuse(400, "ActiveDurationTooShort") : undefined;
}

/** Carries the orders out. It takes Azure longer than an assignment must be active. */
export function settle(state: Azure): void {
  for (const one of state.orders.filter(({ status }) => status === PENDING)) {
    one.status = one.type === "AdminRemove" ? "Revoked" : state.outcome;
    if (one.status === state.outcome || one.type === "AdminRemove") carryOut(state, one);
  }
  state.before = structuredClone(state.rows);
  state.now += 6 * MINUTE;
  expire(state);
}

function carryOut(state: Azure, one: Order): void {
  const there = state.schedules.find(onEdge(one));
  if (one.type === "AdminRemove") {
    state.before = structuredClone(state.rows);
    state.stale = 1;
    if (there) drop(state, there);
  } else if (state.outcome === "Provisioned") {
    if (there) Object.assign(there, { name: randomUUID(), end: one.end, request: one.name });
    else give(state, { ...one, request: one.name, assignmentType: "Assigned" });
  }
}

/** A schedule, and the ordinary role assignment as which it shows up. */
export function give(state: Azure, some: Omit<Schedule, "name" | "row">): void {
  const { scope, role, principal } = some;
  const made = row({ scope, role, principal });
  state.rows.push(made);
  const { start, end, request, assignmentType } = some;
  state.schedules.push({
    scope,
    role,
    principal,
    start,
    end,
    request,
    assignmentType,
    name: randomUUID(),
    row: made.name,
  });
}

function edgeView({ scope, role, principal }: Pick<Order, "scope" | "role" | "principal">): JsonObject {
  return {
    scope: scope.replace("resourceGroups", "resourcegroups"),
    roleDefinitionId: `${SUB_SCOPE}/providers/Microsoft.Authorization/roleDefinitions/${role.toUpperCase()}`,
    principalId: principal.toUpperCase(),
    principalType: "User",
  };
}

const instant = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

function orderView(one: Order): JsonObject {
  const expiration = {
    type: one.end === undefined ? "NoExpiration" : "AfterDateTime",
    endDateTime: instant(one.end),
  };
  return {
    id: `${one.scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/${one.name}`,
    name: one.name.toUpperCase(),
    properties: {
      ...edgeView(one),
      ...{ requestType: one.type, status: one.status, justification: one.justification },
      scheduleInfo: { startDateTime: instant(one.start), expiration },
    },
  };
}

function scheduleView(one: Schedule): JsonObject {
  const { assignmentType, start, end, request } = one;
  return {
    id: `${one.scope}/providers/Microsoft.Authorization/roleAssignmentSchedules/${one.name}`,
    name: one.name,
    properties: {
      ...edgeView(one),
      ...{ assignmentType, memberType: "Direct", status: "Provisioned" },
      ...{ startDateTime: instant(start), endDateTime: instant(end) },
      roleAssignmentScheduleRequestId: `${one.scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/${request}`,
    },
  };
}

function instanceView(one: Schedule): JsonObject {
  const { properties } = scheduleView(one) as { readonly properties: JsonObject };
  const types = `${one.scope}/providers/Microsoft.Authorization`;
  return {
    name: randomUUID(),
    properties: {
      ...properties,
      roleAssignmentScheduleId: `${types}/roleAssignmentSchedules/${one.name}`,
      originRoleAssignmentId: `${types}/roleAssignments/${one.row}`,
    },
  };
}
