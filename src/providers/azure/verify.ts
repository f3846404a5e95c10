// Who lets this subject use this role here, and through what?
import type { RoleAssignment } from "@azure/arm-authorization";
import type { Assignment } from "../../core/model.ts";
import { ProviderError, type Verdict } from "../provider.ts";
import type { Arm } from "./arm.ts";
import { edgeOf, edgeOfRow, lastPart, namesOf, plain, type Edge } from "./edge.ts";
import { listAt, nameOf, NO_GROUP } from "./rows.ts";

/**
 * The same role, at this scope or above, to the subject or to a group of his. Roles that include it are other roles:
 * whoever owns the resource group and asks to read it gets that. An activation in Privileged Identity Management shows
 * up among these as any other assignment: it is not ours, and ours follows once it has ended.
 */
export async function verify(arm: Arm, assignment: Assignment): Promise<Verdict> {
  const ways = await waysIn(arm, edgeOf(assignment));
  return {
    allowed: ways.length > 0,
    via: ways.map((row) => wordsFor(row, edgeOf(assignment))),
    standing: ways.some((row) => !isGenuine(row, arm)),
  };
}

/** `assignedTo` knows the groups of the subject, also nested ones. */
export async function waysIn(arm: Arm, edge: Edge): Promise<readonly RoleAssignment[]> {
  const rows = await listAt(arm, edge.scope, `atScope() and assignedTo('${edge.principal}')`).catch(none);
  return rows.filter((row) => lastPart(row.roleDefinitionId) === edge.role);
}

/** Where the resource group or the user is gone, so is every way in. */
const GONE: readonly string[] = [NO_GROUP, "PrincipalNotFound"];

function none(thrown: unknown): readonly RoleAssignment[] {
  if (thrown instanceof ProviderError && GONE.includes(thrown.vendorCode)) return [];
  throw thrown;
}

/** Made by this installation, for this edge or any other: the name says so, whatever the description says. */
export function isGenuine(row: RoleAssignment, { tenant, owner }: Pick<Arm, "tenant" | "owner">): boolean {
  const edge = edgeOfRow(row);
  return edge !== undefined && namesOf(edge, tenant, owner).includes(nameOf(row));
}

export function wordsFor(row: RoleAssignment, edge: Edge): string {
  const where = plain(row.scope) === plain(edge.scope) ? "" : ` at ${row.scope ?? "?"}`;
  const through =
    row.principalId?.toLowerCase() === edge.principal ? "" : ` of the group ${row.principalId ?? "?"}`;
  return `role assignment ${nameOf(row)}${through}${where}`;
}
