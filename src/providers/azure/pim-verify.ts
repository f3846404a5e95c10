// Who lets this subject use this role here, if Privileged Identity Management gave it to him?
import type { RoleAssignment } from "@azure/arm-authorization";
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import type { Arm } from "./arm.ts";
import { edgeOf, isOn, type Edge } from "./edge.ts";
import { isOurMaking, lastEnd } from "./pim-ours.ts";
import { lookAtPim, type PimSeen } from "./pim-read.ts";
import { byName, nameOf } from "./rows.ts";
import { waysIn, wordsFor } from "./verify.ts";

/** Ordinary role assignments by which the subject gets in. */
export interface Ways {
  readonly ours: readonly RoleAssignment[];
  readonly others: readonly RoleAssignment[];
}

export async function verifyPim(arm: Arm, assignment: Assignment): Promise<Verdict> {
  const edge = edgeOf(assignment);
  const seen = await lookAtPim(arm, edge);
  const { ours, others } = await waysOf(arm, edge, seen);
  const words = (rows: readonly RoleAssignment[]) => rows.map((row) => wordsFor(row, edge));
  const own = seen.active ? [`PIM assignment ${seen.active.schedule}`] : words(ours);
  const via = [...own, ...words(others)];
  return { allowed: via.length > 0, via, standing: others.length > 0 };
}

/**
 * What is active also appears among the ordinary role assignments, as there is only one for each edge: before the lists
 * of Privileged Identity Management have it, and after they do not have it any more. `row` was ours a moment ago.
 * https://github.com/humanascode/azure-rbac-controller/issues/2
 */
export async function waysOf(arm: Arm, edge: Edge, seen: PimSeen, row?: string): Promise<Ways> {
  const rows = await waysIn(arm, edge);
  const end = lastEnd(seen.requests, arm.owner);
  const isOurs = (one: RoleAssignment): boolean =>
    isOn(one, edge) &&
    !seen.foreignRows.includes(nameOf(one)) &&
    (seen.active !== undefined || nameOf(one) === row || isOurMaking(one, end, arm.now()));
  const others = rows.filter((one) => !isOurs(one));
  return { ours: rows.filter(isOurs), others: await stillThere(arm, edge, others) };
}

/** A list may go on showing for a while what others have just removed from this edge. */
async function stillThere(
  arm: Arm,
  edge: Edge,
  rows: readonly RoleAssignment[],
): Promise<readonly RoleAssignment[]> {
  const found = await Promise.all(
    rows.map((row) => (isOn(row, edge) ? byName(arm, edge, nameOf(row)) : Promise.resolve(row))),
  );
  return found.filter((row) => row !== undefined);
}
