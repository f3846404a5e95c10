// How is a role taken away? (by its name, and gone only when neither the name nor the list shows it any more)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { patiently, type Arm } from "./arm.ts";
import { edgeOf, namesOf, type Edge } from "./edge.ts";
import { lookAt, nameOf, NO_GROUP } from "./rows.ts";
import { verify } from "./verify.ts";

/**
 * DELETE answers 204 for what is not there, and for the wrong scope: it is never believed. A name that was just given
 * may not be shown yet, so both are deleted even unseen, unless something foreign stands there.
 */
export async function revoke(arm: Arm, assignment: Assignment): Promise<Revocation> {
  const edge = edgeOf(assignment);
  const before = await lookAt(arm, edge);
  const foreign = before.foreign.map(nameOf);
  const names = namesOf(edge, arm.tenant, arm.owner).filter((name) => !foreign.includes(name));
  for (const name of names) await remove(arm, edge, name);
  const after = await patiently(
    arm.timeout,
    () => lookAt(arm, edge),
    ({ own }) => own.length === 0,
  );
  const receipt: JsonObject = { roleAssignments: before.own.map(nameOf) };
  const residue = foreign.map((name) => `the role assignment ${name} is not ours and was left alone`);
  if (after.own.length > 0) return { state: "sent", receipt, residue };
  const { standing } = await verify(arm, assignment);
  return { state: standing ? "escaped" : "absent", receipt, residue };
}

async function remove(arm: Arm, { scope }: Edge, name: string): Promise<void> {
  try {
    await arm.call("remove the role assignment", (options) =>
      arm.client.roleAssignments.delete(scope, name, options),
    );
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && thrown.vendorCode === NO_GROUP)) throw thrown;
  }
}
