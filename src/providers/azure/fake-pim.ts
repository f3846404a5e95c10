// How does the pretended Privileged Identity Management answer? (orders that take their time, and five minutes at least)
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/model.ts";
import {
  answer,
  covers,
  drop,
  expire,
  firstRefusal,
  onEdge,
  refuse,
  same,
  type Azure,
  type Order,
  type Schedule,
  row,
} from "./fake-azure.ts";
import type { Call } from "./fake-call.ts";
import { instanceView, orderView, scheduleView } from "./fake-pim-views.ts";

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
      return shown(listed(state)).map(scheduleView);
    case "roleAssignmentScheduleInstances":
      return shown(active(state)).map(instanceView);
    default:
      return [];
  }
}

const listed = ({ schedules }: Azure): readonly Schedule[] =>
  schedules.filter(({ unlisted }) => unlisted <= 0);

/** Whoever looks often enough sees what was done a while ago. */
function active(state: Azure): readonly Schedule[] {
  const seen = listed(state).filter(({ start }) => start <= state.now);
  for (const one of state.schedules) one.unlisted = Math.max(0, one.unlisted - 1);
  return seen;
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
    createdOn: state.now,
    start: Date.parse(text(info["startDateTime"])) || state.now,
    end: typeof endDateTime === "string" ? Date.parse(endDateTime) : undefined,
  };
}

function refused(state: Azure, wanted: Order): Response | undefined {
  if (state.refusing.length > 0 && wanted.type !== "AdminRemove") return refusedByRule(state.refusing);
  const pending = state.orders.some((one) => onEdge(wanted)(one) && one.status === PENDING);
  const refusal = firstRefusal([
    [pending, 400, "PendingRoleAssignmentRequest"],
    [state.orders.some(({ name }) => name === wanted.name), 409, "Conflict"],
  ]);
  const there = state.schedules.find(onEdge(wanted));
  return refusal ?? (wanted.type === "AdminAssign" ? refusedNew : refusedChange)(state, wanted, there);
}

function refusedNew(state: Azure, wanted: Order, there: Schedule | undefined): Response | undefined {
  return firstRefusal([
    [state.users.get(wanted.principal)?.replicated !== true, 400, "SubjectNotFound"],
    [there !== undefined || state.rows.some(onEdge(wanted)), 400, "RoleAssignmentExists"],
  ]);
}

function refusedByRule(rules: readonly string[]): Response {
  const said = `The following policy rules failed: ${JSON.stringify(rules)}`;
  return refuse(400, "RoleAssignmentRequestPolicyValidationFailed", said);
}

function refusedChange(state: Azure, wanted: Order, there: Schedule | undefined): Response | undefined {
  const removes = wanted.type === "AdminRemove";
  const forgets = state.forgetful && removes;
  state.forgetful &&= !forgets;
  if (!there || forgets) return refuse(400, "RoleAssignmentDoesNotExist");
  return firstRefusal([
    [!same(wanted.target ?? there.name, there.name), 400, "InvalidRoleAssignmentScheduleId"],
    [removes && state.now - there.start < SHORTEST, 400, "ActiveDurationTooShort"],
  ]);
}

/** Carries the orders out. It takes Azure longer than an assignment must be active. */
export function settle(state: Azure): void {
  const pending = state.orders.filter(({ status }) => status === PENDING);
  if (pending.length === 0) return;
  for (const one of pending) {
    one.status = one.type === "AdminRemove" ? "Revoked" : state.outcome;
    if (one.status === state.outcome || one.type === "AdminRemove") carryOut(state, one);
  }
  state.now += 6 * MINUTE;
  expire(state);
}

function carryOut(state: Azure, one: Order): void {
  const there = state.schedules.find(onEdge(one));
  if (one.type === "AdminRemove") {
    if (there) drop(state, there);
  } else if (state.outcome === "Provisioned") {
    const unlisted = state.slow;
    if (there) Object.assign(there, { name: randomUUID(), end: one.end, request: one.name, unlisted });
    else give(state, { ...one, request: one.name, assignmentType: "Assigned" }, unlisted);
  }
}

/** A schedule, and the ordinary role assignment as which it shows up. */
export function give(state: Azure, some: Omit<Schedule, "name" | "row" | "unlisted">, unlisted = 0): void {
  const { scope, role, principal } = some;
  const made = row({ scope, role, principal, createdOn: state.now });
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
    unlisted,
  });
}
