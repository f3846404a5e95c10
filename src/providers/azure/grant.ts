// How is a role assigned? (create-only, under a name that only this edge can have, and read back)
import type { RoleAssignment, RoleAssignmentCreateParameters } from "@azure/arm-authorization";
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { patiently, type Arm } from "./arm.ts";
import { definitionId, edgeOf, namesOf, type Edge } from "./edge.ts";
import { readMark, writeMark, type Mark } from "./mark.ts";
import { byName, judge, lookAt, nameOf, receiptOf, type Seen } from "./rows.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

const HASH_CONFLICT = "HashConflictOnDifferentRoleAssignmentIds";
const EXISTS = "RoleAssignmentExists";

export async function grant(arm: Arm, assignment: Assignment, window: Window): Promise<JsonObject> {
  if (!(window.end > window.now))
    throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const edge = edgeOf(assignment);
  const names = namesOf(edge, arm.tenant, arm.owner);
  const there = await lookAt(arm, edge);
  if (there.foreign.length > 0) throw taken();
  const [row] = there.own;
  if (row) return converge(arm, assignment, row, window.end);
  await create(arm, edge, names, bodyOf(edge, assignment, window.end));
  return readBack(arm, edge, window.end);
}

/** Azure's newest truth may be a while in coming: what was just written is looked for, not taken as missing. */
async function readBack(arm: Arm, edge: Edge, until: Instant): Promise<JsonObject> {
  const seen = await patiently(
    arm.timeout,
    () => lookAt(arm, edge),
    ({ own: [row], foreign, listed }) =>
      foreign.length > 0 || (listed && (readMark(row?.description)?.until ?? 0) >= until),
  );
  return receipt(seen, arm);
}

function receipt(seen: Seen, arm: Arm): JsonObject {
  const state = judge(seen, arm.owner);
  if (state.state === "ours") return state.receipt;
  if (state.state === "foreign") throw taken();
  throw new ProviderError("transient", "Azure took the role assignment and does not show it yet", {
    vendorCode: "not-read-back",
  });
}

/** Granting again is granting once; at most the description is written anew. A list may still show the old one. */
async function converge(
  arm: Arm,
  assignment: Assignment,
  shown: RoleAssignment,
  end: Instant,
): Promise<JsonObject> {
  const edge = edgeOf(assignment);
  const row = (await byName(arm, edge, nameOf(shown))) ?? shown;
  const mark = readMark(row.description);
  const until = latest(end, mark);
  const ours = mark?.owner === arm.owner ? mark : undefined;
  if (ours?.until === until) return receiptOf(row);
  await put(arm, edge, nameOf(row), bodyOf(edge, ours ?? assignment, until));
  return readBack(arm, edge, until);
}

/** Only a later end is written down: another request may want the one that is there. */
function latest(end: Instant, mark: Mark | undefined): Instant {
  return mark?.until !== undefined && mark.until > end ? mark.until : end;
}

/** principalType: without it Azure looks the user up, and may not have heard of a new one yet. */
function bodyOf(edge: Edge, { owner, target }: Mark, until: Instant): RoleAssignmentCreateParameters {
  return {
    roleDefinitionId: definitionId(edge),
    principalId: edge.principal,
    principalType: "User",
    description: writeMark({ owner, target }, until),
  };
}

async function create(
  arm: Arm,
  edge: Edge,
  [name, second]: readonly [string, string],
  body: RoleAssignmentCreateParameters,
): Promise<void> {
  try {
    await put(arm, edge, name, body);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    if (thrown.vendorCode === HASH_CONFLICT) await put(arm, edge, second, body);
    else if (thrown.vendorCode !== EXISTS || !(await isByUs(arm, edge, thrown))) throw thrown;
  }
}

/**
 * Azure has answered so to a request that it had carried out itself, naming our own id without dashes; any other id
 * is standing access. https://github.com/Azure/azure-cli/pull/8599 https://github.com/Azure/azure-cli/issues/31995
 */
async function isByUs(arm: Arm, edge: Edge, { cause }: ProviderError): Promise<boolean> {
  const said = cause instanceof Error ? cause.message.toLowerCase() : "";
  const names = namesOf(edge, arm.tenant, arm.owner).map((name) => name.replaceAll("-", ""));
  if (names.some((name) => said.replaceAll("-", "").includes(name))) return true;
  return (await lookAt(arm, edge)).own.length > 0;
}

async function put(
  arm: Arm,
  { scope }: Edge,
  name: string,
  body: RoleAssignmentCreateParameters,
): Promise<void> {
  await arm.call("assign the role", (options) =>
    arm.client.roleAssignments.create(scope, name, body, options),
  );
}

function taken(): ProviderError {
  return new ProviderError("conflict", "our name is taken by another role assignment", {
    vendorCode: "foreign",
  });
}
