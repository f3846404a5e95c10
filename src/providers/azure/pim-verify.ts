// Who lets this subject use this role here, if Privileged Identity Management gave it to him?
import type { RoleAssignment } from "@azure/arm-authorization";
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import type { Arm } from "./arm.ts";
import { edgeOf, isOn, type Edge } from "./edge.ts";
import { lookAtPim } from "./pim-read.ts";
import { byName, nameOf } from "./rows.ts";
import { waysIn, wordsFor } from "./verify.ts";

/**
 * What is active also appears among the ordinary role assignments: as there is only one for each edge, the one on ours
 * is it. https://github.com/humanascode/azure-rbac-controller/issues/2
 */
export async function verifyPim(arm: Arm, assignment: Assignment): Promise<Verdict> {
  const edge = edgeOf(assignment);
  const { active } = await lookAtPim(arm, edge);
  const rows = await waysIn(arm, edge);
  const others = rows.filter((row) => !isOn(row, edge));
  const here = active
    ? []
    : await stillThere(
        arm,
        edge,
        rows.filter((row) => isOn(row, edge)),
      );
  const ways = [...here, ...others];
  const own = active ? [`PIM assignment ${active.schedule}`] : [];
  return {
    allowed: ways.length + own.length > 0,
    via: [...own, ...ways.map((row) => wordsFor(row, edge))],
    standing: ways.length > 0,
  };
}

/** A list may go on showing for a while what has just been removed. */
async function stillThere(
  arm: Arm,
  edge: Edge,
  rows: readonly RoleAssignment[],
): Promise<readonly RoleAssignment[]> {
  const found = await Promise.all(rows.map((row) => byName(arm, edge, nameOf(row))));
  return found.filter((row) => row !== undefined);
}
