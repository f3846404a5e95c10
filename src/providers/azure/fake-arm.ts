// How does the pretended Azure Resource Manager answer? (paths, pages of one, and role assignments)
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/model.ts";
import {
  answer,
  APPLIER,
  covers,
  expire,
  groupsOf,
  onEdge,
  refuse,
  same,
  SUB_SCOPE,
  SUBSCRIPTION,
  write,
  type Azure,
  type Stored,
} from "./fake-azure.ts";
import { pim } from "./fake-pim.ts";

export interface Call {
  readonly method: string;
  /** With a leading slash, as it was written. */
  readonly scope: string;
  readonly type: string;
  readonly name: string;
  readonly action: string;
  readonly filter: string;
  readonly body: JsonObject;
}

const PATH =
  /^(\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?)\/providers\/Microsoft\.Authorization\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/i;

export function arm(
  state: Azure,
  admits: (request: Request) => boolean,
): (request: Request) => Promise<Response> {
  const pages = new Map<string, readonly JsonObject[]>();
  return async (request) => {
    const url = new URL(request.url);
    expire(state);
    if (!admits(request)) return refuse(401, "InvalidAuthenticationToken");
    // "//subscriptions/…" is what a leading slash in the scope comes to.
    const [, scope = "", subscription = "", group, type = "", name = "", action = ""] =
      PATH.exec(url.pathname) ?? [];
    if (scope === "") return refuse(404, "InvalidResourceType");
    if (!same(subscription, SUBSCRIPTION)) return refuse(404, "SubscriptionNotFound");
    if (group !== undefined && !state.resourceGroups.has(group.toLowerCase()))
      return refuse(404, "ResourceGroupNotFound");
    const text = await request.text();
    const body = (text === "" ? {} : JSON.parse(text)) as JsonObject;
    const filter = url.searchParams.get("$filter") ?? "";
    const call: Call = { method: request.method, scope, type, name, action, filter, body };
    const listing = type === "roleAssignments" ? rows(state, call) : pim(state, call);
    if (listing instanceof Response) return listing;
    if (type === "roleDefinitions") return definition(state, name);
    return paged(url, listing, pages);
  };
}

/** One item a page, whatever was asked for; what a list showed at its beginning, it shows to its end. */
function paged(
  url: URL,
  listing: readonly JsonObject[],
  pages: Map<string, readonly JsonObject[]>,
): Response {
  const [kept = "", at = "0"] = (url.searchParams.get("$skiptoken") ?? "")
    .split("~")
    .filter((part) => part !== "");
  const id = kept === "" ? randomUUID() : kept;
  const items = pages.get(id) ?? listing;
  pages.set(id, items);
  const next = Number(at) + 1;
  url.searchParams.set("$skiptoken", `${id}~${next}`);
  const more = next < items.length ? { nextLink: url.href } : {};
  return answer(200, { value: items.slice(next - 1, next), ...more });
}

function definition({ roles }: Azure, name: string): Response {
  const role = roles.get(name.toLowerCase());
  if (!role) return refuse(404, "RoleDefinitionDoesNotExist");
  const { roleName, permissions } = role;
  return answer(200, {
    name,
    properties: {
      roleName,
      permissions: permissions.map(({ actions, notActions }) => ({ actions, notActions })),
    },
  });
}

function rows(state: Azure, call: Call): Response | readonly JsonObject[] {
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
function view({ name, scope, role, principal, description, condition, createdBy }: Stored): JsonObject {
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
      description: description ?? null,
      condition: condition ?? null,
    },
  };
}

function get(state: Azure, { scope, name }: Call): Response {
  const found = state.rows.find((one) => same(one.name, name) && same(one.scope, scope));
  const unseen = state.unseen.get(name.toLowerCase()) ?? 0;
  state.unseen.set(name.toLowerCase(), unseen - 1);
  return found && unseen <= 0 ? answer(200, view(found)) : refuse(404, "RoleAssignmentNotFound");
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function put(state: Azure, { scope, name, body }: Call): Response {
  const properties = (body["properties"] ?? {}) as JsonObject;
  const wanted = {
    scope,
    role: text(properties["roleDefinitionId"]).split("/").at(-1) ?? "",
    principal: text(properties["principalId"]),
  };
  const description = text(properties["description"]) || undefined;
  const refusal = refused(state, wanted, properties);
  if (refusal) return refusal;
  const named = state.rows.find((one) => same(one.name, name));
  if (named && !onEdge(wanted)(named)) return refuse(400, "RoleAssignmentUpdateNotPermitted");
  const there = named ?? state.rows.find(onEdge(wanted));
  // Also to the very same request: "create or update" is not idempotent on every day.
  if (there && (!named || named.description === description)) return exists(there);
  if (state.unlucky.has(name.toLowerCase())) return refuse(400, "HashConflictOnDifferentRoleAssignmentIds");
  const made: Stored = named ?? { ...wanted, name, description, condition: undefined, createdBy: APPLIER };
  write(state, () => {
    made.description = description;
    if (!named) state.rows.push(made);
    if (!named) state.unseen.set(name.toLowerCase(), 2);
  });
  return answer(named ? 200 : 201, view(made));
}

function exists({ name }: Stored): Response {
  const id = name.replaceAll("-", "");
  return refuse(
    409,
    "RoleAssignmentExists",
    `The role assignment already exists. The ID of the existing role assignment is ${id}.`,
  );
}

function refused(
  state: Azure,
  { role, principal }: Pick<Stored, "role" | "principal">,
  properties: JsonObject,
) {
  if (!state.mayWrite) return refuse(403, "AuthorizationFailed");
  // The condition on the applier's own role assignment: these roles, to users only.
  if (role !== "" && [...state.roles.keys()].indexOf(role) > 0) return refuse(403, "AuthorizationFailed");
  if (properties["principalType"] !== "User") return refuse(403, "AuthorizationFailed");
  if (state.locked) return refuse(409, "ScopeLocked");
  if (!state.roles.has(role)) return refuse(400, "RoleDefinitionDoesNotExist");
  if (state.users.get(principal)?.replicated !== true) return refuse(400, "PrincipalNotFound");
  return state.rows.length >= state.limit ? refuse(400, "RoleAssignmentLimitExceeded") : undefined;
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
