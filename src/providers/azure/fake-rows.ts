// How does the pretended Azure keep role assignments? (one a tuple, one a name; lists and looks that lag behind)
import type { JsonObject } from "../../core/model.ts";
import type { Call } from "./fake-call.ts";
import {
  answer,
  APPLIER,
  covers,
  firstRefusal,
  groupsOf,
  onEdge,
  READER,
  refuse,
  same,
  SUB_SCOPE,
  write,
  type Azure,
  type Stored,
} from "./fake-azure.ts";

export function rows(state: Azure, call: Call): Response | readonly JsonObject[] {
  if (call.method === "PUT") return put(state, call);
  if (call.method === "DELETE") return remove(state, call);
  if (call.name !== "") return get(state, call);
  const shown = state.stale > 0 ? state.before : state.rows;
  state.stale = Math.max(0, state.stale - 1);
  return shown.filter((one) => isShown(state, call, one)).map(view);
}

/** At, above and below the scope; `atScope()` leaves out what is below; `assignedTo` knows groups, `principalId` does not. */
function isShown(state: Azure, { scope, filter }: Call, one: Stored): boolean {
  const below = !filter.includes("atScope()") && covers(scope, one.scope);
  if (!below && !covers(one.scope, scope)) return false;
  const [, principal] = /principalId eq '([^']+)'/.exec(filter) ?? [];
  if (principal !== undefined) return same(one.principal, principal);
  const [, assigned] = /assignedTo\('([^']+)'\)/.exec(filter) ?? [];
  return (
    assigned === undefined || [assigned, ...groupsOf(state, assigned)].some((id) => same(id, one.principal))
  );
}

/** Ids in capitals, scopes in another spelling: Azure does not tell them apart. */
function view({
  name,
  scope,
  role,
  principal,
  description,
  condition,
  createdBy,
  createdOn,
}: Stored): JsonObject {
  const written = scope.replace("resourceGroups", "resourcegroups");
  return {
    id: `${written}/providers/Microsoft.Authorization/roleAssignments/${name.toUpperCase()}`,
    name: name.toUpperCase(),
    type: "Microsoft.Authorization/roleAssignments",
    properties: {
      scope: written,
      roleDefinitionId: `${SUB_SCOPE}/providers/Microsoft.Authorization/roleDefinitions/${role.toUpperCase()}`,
      principalId: principal.toUpperCase(),
      principalType: "User",
      createdBy,
      createdOn: new Date(createdOn).toISOString(),
      description: description ?? null,
      condition: condition ?? null,
    },
  };
}

function get(state: Azure, { scope, name }: Call): Response {
  const isIt = (one: Stored) => same(one.name, name) && same(one.scope, scope);
  const found = state.rows.find(isIt) ?? (state.stale > 0 ? state.before.find(isIt) : undefined);
  const unseen = state.unseen.get(name.toLowerCase()) ?? 0;
  state.unseen.set(name.toLowerCase(), unseen - 1);
  return found && unseen <= 0 ? answer(200, view(found)) : refuse(404, "RoleAssignmentNotFound");
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function put(state: Azure, call: Call): Response {
  const properties = (call.body["properties"] ?? {}) as JsonObject;
  const wanted = {
    scope: call.scope,
    role: text(properties["roleDefinitionId"]).split("/").at(-1) ?? "",
    principal: text(properties["principalId"]),
  };
  const refusal = refused(state, wanted, properties["principalType"]);
  if (refusal) return refusal;
  const named = state.rows.find((one) => same(one.name, call.name));
  if (named && !onEdge(wanted)(named)) return refuse(400, "RoleAssignmentUpdateNotPermitted");
  const description = text(properties["description"]);
  return named
    ? update(state, named, description)
    : create(state, { ...wanted, name: call.name, description });
}

/** "Create or update" is not idempotent on every day: the very same request may be refused. */
function update(state: Azure, there: Stored, description: string): Response {
  if (there.description === description) return exists(there);
  write(state, () => {
    there.description = description;
  });
  return answer(200, view(there));
}

function create(state: Azure, some: Omit<Stored, "condition" | "createdBy" | "createdOn">): Response {
  const there = state.rows.find(onEdge(some));
  if (there) return exists(there);
  if (state.unlucky.has(some.name)) return refuse(400, "HashConflictOnDifferentRoleAssignmentIds");
  const made: Stored = { ...some, condition: undefined, createdBy: APPLIER, createdOn: state.now };
  write(state, () => {
    state.rows.push(made);
    state.unseen.set(made.name, 2);
  });
  return answer(201, view(made));
}

function exists({ name }: Stored): Response {
  const id = name.replaceAll("-", "");
  return refuse(
    409,
    "RoleAssignmentExists",
    `The role assignment already exists. The ID of the existing role assignment is ${id}.`,
  );
}

/** The condition on the applier's own role assignment lets it give this one role, and to users only. */
function refused(state: Azure, { role, principal }: Pick<Stored, "role" | "principal">, type: unknown) {
  const beyond = (state.roles.has(role) && role !== READER) || type !== "User";
  return firstRefusal([
    [!state.mayWrite || beyond, 403, "AuthorizationFailed"],
    [state.locked, 409, "ScopeLocked"],
    [!state.roles.has(role), 400, "RoleDefinitionDoesNotExist"],
    [state.users.get(principal)?.replicated !== true, 400, "PrincipalNotFound"],
    [state.rows.length >= state.limit, 400, "RoleAssignmentLimitExceeded"],
  ]);
}

function remove(state: Azure, { scope, name }: Call): Response {
  if (!state.mayWrite) return refuse(403, "AuthorizationFailed");
  if (state.locked) return refuse(409, "ScopeLocked");
  const found = state.rows.find((one) => same(one.name, name) && same(one.scope, scope));
  if (!found) return new Response(null, { status: 204 });
  write(state, () => {
    state.rows = state.rows.filter((one) => one !== found);
  });
  return answer(200, view(found));
}
