// What do the lists of the pretended Privileged Identity Management look like?
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/model.ts";
import { SUB_SCOPE, type Order, type Schedule } from "./fake-azure.ts";

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

export function orderView(one: Order): JsonObject {
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
      createdOn: instant(one.createdOn),
      scheduleInfo: { startDateTime: instant(one.start), expiration },
    },
  };
}

export function scheduleView(one: Schedule): JsonObject {
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

export function instanceView(one: Schedule): JsonObject {
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
