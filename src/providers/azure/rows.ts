// Which role assignments are there, and which of them are ours?
import type { RoleAssignment } from "@azure/arm-authorization";
import { ProviderError, type Observed } from "../provider.ts";
import { pages, type Arm } from "./arm.ts";
import { isOn, namesOf, type Edge } from "./edge.ts";
import { readMark } from "./mark.ts";

/** With the resource group goes all that was assigned on it. */
export const NO_GROUP = "ResourceGroupNotFound";
const UNKNOWN: readonly string[] = ["RoleAssignmentNotFound", NO_GROUP];

/** What a listing and a look at our two names say of one edge. */
export interface Seen {
  /** Under one of our names, on our edge. */
  readonly own: readonly RoleAssignment[];
  /** Our name, but on another edge: never touched. */
  readonly foreign: readonly RoleAssignment[];
  /** The listing has it, too: what was just written reaches lists later. */
  readonly listed: boolean;
}

/** At, above and below the subscription; all of it, or an error. */
export function allRows(arm: Arm, filter?: string): Promise<readonly RoleAssignment[]> {
  return listAt(arm, `subscriptions/${arm.subscription}`, filter);
}

export function listAt(arm: Arm, scope: string, filter?: string): Promise<readonly RoleAssignment[]> {
  const how = filter === undefined ? {} : { filter };
  return pages(arm, "list role assignments", (options) =>
    arm.client.roleAssignments.listForScope(scope, { ...how, ...options }),
  );
}

/** Ids come from `edgeOf`: nothing in them can leave the quotes. */
export const ofPrincipal = ({ principal }: Edge): string => `principalId eq '${principal}'`;

export async function lookAt(arm: Arm, edge: Edge, listing?: readonly RoleAssignment[]): Promise<Seen> {
  const rows = listing ?? (await allRows(arm, ofPrincipal(edge)));
  const names = namesOf(edge, arm.tenant, arm.owner);
  const fromList = rows.filter((row) => names.includes(nameOf(row)) && isOn(row, edge));
  if (fromList.length > 0) return { own: fromList, foreign: [], listed: true };
  const direct = await Promise.all(names.map((name) => byName(arm, edge, name)));
  const there = direct.filter((row) => row !== undefined);
  return {
    own: there.filter((row) => isOn(row, edge)),
    foreign: there.filter((row) => !isOn(row, edge)),
    listed: false,
  };
}

/** Undefined: Azure knows no such name at this scope, which alone proves nothing. */
export async function byName(arm: Arm, { scope }: Edge, name: string): Promise<RoleAssignment | undefined> {
  try {
    return await arm.call("show a role assignment", (options) =>
      arm.client.roleAssignments.get(scope, name, options),
    );
  } catch (thrown) {
    if (thrown instanceof ProviderError && UNKNOWN.includes(thrown.vendorCode)) return undefined;
    throw thrown;
  }
}

export const nameOf = ({ name }: RoleAssignment): string => (name ?? "").toLowerCase();

export function judge(seen: Seen, owner: string): Observed {
  const [row] = seen.own;
  if (!row) return { state: seen.foreign.length > 0 ? "foreign" : "absent" };
  const drift = driftOf(row, owner);
  return { state: "ours", receipt: receiptOf(row), ...(drift !== "" && { drift }) };
}

export function receiptOf(row: RoleAssignment): { readonly roleAssignment: string } {
  return { roleAssignment: nameOf(row) };
}

function driftOf({ description, condition }: RoleAssignment, owner: string): string {
  const stripped = readMark(description)?.owner === owner ? [] : ["its description is not ours any more"];
  const narrowed = (condition ?? "") === "" ? [] : ["a condition was put on it"];
  return [...stripped, ...narrowed].join("; ");
}
