// Which edge of Azure does an assignment stand for, and what is it called? (scope, role, principal; ids in one spelling)
import { createHash } from "node:crypto";
import type { Assignment } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { word } from "../schema.ts";
import { isGroup, isId } from "./words.ts";

/** There is at most one role assignment for each of these. */
export interface Edge {
  /** `subscriptions/…/resourceGroups/…`: the SDK adds the leading slash, and a second one is an error. */
  readonly scope: string;
  readonly subscription: string;
  /** Ids in lower case: Azure answers in any. */
  readonly role: string;
  readonly principal: string;
}

/** Of anything that Azure lists. */
export interface Row {
  readonly scope?: string | undefined;
  readonly roleDefinitionId?: string | undefined;
  readonly principalId?: string | undefined;
}

const SCOPE = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i;
/** Namespace of our names, made once at random: a UUID of version 5 under it is ours. */
const NAMESPACE = "6d0f9c5e-2b1a-4c6b-8f0e-5a7d3f1e9b24";

export function scopeId(subscription: string, group: string): string {
  return `/subscriptions/${subscription.toLowerCase()}/resourceGroups/${group}`;
}

/** The edge of what Azure lists, if it is one that an assignment of ours can stand for. */
export function edgeOfRow({ scope, roleDefinitionId, principalId }: Row): Edge | undefined {
  const role = lastPart(roleDefinitionId);
  const principal = (principalId ?? "").toLowerCase();
  return edge(scope ?? "", role, principal);
}

function edge(id: string, role: string, principal: string): Edge | undefined {
  const [, subscription = "", group = ""] = SCOPE.exec(id) ?? [];
  if (![subscription, role, principal].every(isId) || !isGroup(group)) return undefined;
  return {
    scope: scopeId(subscription, group).slice(1),
    subscription: subscription.toLowerCase(),
    role: role.toLowerCase(),
    principal: principal.toLowerCase(),
  };
}

/** The path is sent unencoded, so whatever is in the ledger is looked at again. */
export function edgeOf({ principal, role, scope }: Assignment): Edge {
  const found = edge(word(scope["id"]), word(role["roleDefinition"]), word(principal["id"]));
  if (found) return found;
  throw new ProviderError("malformed", "the assignment names no edge of Azure", { vendorCode: "edge" });
}

/** The last part of an id, in lower case: a role definition has another prefix at each scope. */
export function lastPart(id: string | undefined): string {
  return (id ?? "").slice((id ?? "").lastIndexOf("/") + 1).toLowerCase();
}

export function definitionId({ subscription, role }: Edge): string {
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}

/** Scopes without the leading slash and in lower case, to be compared. */
export function plain(scope: string | undefined): string {
  return (scope ?? "").replace(/^\//, "").toLowerCase();
}

export function isOn(row: Row, edge: Edge): boolean {
  return (
    plain(row.scope) === plain(edge.scope) &&
    lastPart(row.roleDefinitionId) === edge.role &&
    row.principalId?.toLowerCase() === edge.principal
  );
}

/**
 * The names that our role assignment of this edge can have. The second is for the rare day on which Azure refuses the
 * first ("A hash conflict was encountered"). https://github.com/Azure/azure-cli/issues/23770
 */
export function namesOf(edge: Edge, tenant: string, owner: string): readonly [string, string] {
  const seed = [tenant.toLowerCase(), owner, plain(edge.scope), edge.role, edge.principal];
  return [uuid5(JSON.stringify(seed)), uuid5(JSON.stringify([...seed, 2]))];
}

/** Of the edge alone: targets that name one subscription, and requests that want one access, share what is there. */
export const keyOf = (kind: string, name: string): string => `${kind}:${name}`;

/** https://www.rfc-editor.org/rfc/rfc9562#section-5.5 */
export function uuid5(name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(NAMESPACE.replaceAll("-", ""), "hex"))
    .update(name)
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
