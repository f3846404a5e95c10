// How does the pretended Azure Resource Manager answer? (paths, refusals, and pages of one)
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../core/model.ts";
import { answer, covers, expire, firstRefusal, refuse, SUB_SCOPE, type Azure } from "./fake-azure.ts";
import type { Call } from "./fake-call.ts";
import { pim } from "./fake-pim.ts";
import { rows } from "./fake-rows.ts";

const PATH = new RegExp(
  "^(?<scope>/subscriptions/[^/]+(?:/resourceGroups/(?<group>[^/]+))?)" +
    "/providers/Microsoft\\.Authorization/(?<type>\\w+)(?:/(?<name>[^/]+))?(?:/(?<action>\\w+))?$",
  "i",
);

export function arm(
  state: Azure,
  admits: (request: Request) => boolean,
): (request: Request) => Promise<Response> {
  const pages = new Map<string, readonly JsonObject[]>();
  return async (request) => {
    const url = new URL(request.url);
    expire(state);
    const call = read(request, url, await request.text());
    const refusal = firstRefusal([
      [!admits(request), 401, "InvalidAuthenticationToken"],
      // "//subscriptions/…" is what a leading slash in the scope comes to.
      [call.scope === "", 404, "InvalidResourceType"],
      [!covers(SUB_SCOPE, call.scope), 404, "SubscriptionNotFound"],
      [
        call.group !== "" && !state.resourceGroups.has(call.group.toLowerCase()),
        404,
        "ResourceGroupNotFound",
      ],
    ]);
    const answered = refusal ?? route(state, call, (listing) => paged(url, listing, pages));
    answered.headers.set("date", new Date(state.now).toUTCString());
    return answered;
  };
}

function read({ method }: Request, url: URL, text: string): Call {
  const groups: Readonly<Record<string, string | undefined>> = PATH.exec(url.pathname)?.groups ?? {};
  const part = (name: string) => groups[name] ?? "";
  return {
    ...{ method, scope: part("scope"), group: part("group") },
    ...{ type: part("type"), name: part("name"), action: part("action") },
    filter: url.searchParams.get("$filter") ?? "",
    body: (text === "" ? {} : JSON.parse(text)) as JsonObject,
  };
}

function route(state: Azure, call: Call, list: (listing: readonly JsonObject[]) => Response): Response {
  if (call.type === "roleDefinitions") return definition(state, call.name);
  const answered = call.type === "roleAssignments" ? rows(state, call) : pim(state, call);
  return answered instanceof Response ? answered : list(answered);
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
