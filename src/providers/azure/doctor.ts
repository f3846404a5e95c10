// Can the applier do exactly what it must, and no more?
import type { RoleAssignment } from "@azure/arm-authorization";
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import type { Arm } from "./arm.ts";
import { grantsOn, permits, type Permission } from "./catalogue.ts";
import { lastPart } from "./edge.ts";
import { objectIdOf } from "./login.ts";
import { readMark } from "./mark.ts";
import { allRows, nameOf } from "./rows.ts";
import { isGenuine } from "./verify.ts";

const SETUP = "see src/providers/azure/setup.json";
/** Nobody: Graph answers that it knows no such user, or that we may not ask. */
const NOBODY = "00000000-0000-0000-0000-000000000000";
const CHANGES = "Microsoft.Resources/subscriptions/resourceGroups/write";

/** One role assignment of the applier's own, with what it permits. */
interface Held {
  readonly row: RoleAssignment;
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** Each need with what meets it: whoever may assign roles may also order them. */
const NEEDS = {
  roleAssignments: [
    ["Microsoft.Authorization/roleAssignments/write"],
    ["Microsoft.Authorization/roleAssignments/delete"],
  ],
  roleAssignmentScheduleRequests: [
    [
      "Microsoft.Authorization/roleAssignmentScheduleRequests/write",
      "Microsoft.Authorization/roleAssignments/write",
    ],
  ],
} as const;

export async function doctor(arm: Arm, writes: keyof typeof NEEDS): Promise<readonly Finding[]> {
  const applier = objectIdOf(await arm.token());
  const held = applier === undefined ? undefined : await heldBy(arm, applier);
  const { status } = await arm.graph(`/v1.0/users/${NOBODY}?$select=id`, "show the user");
  const blind = error(
    "LPS430",
    "the applier may not read users, so that it cannot tell who a subject is",
    "grant its application the Graph permission User.Read.All",
  );
  const rights = held ? [...needs(held, NEEDS[writes]), ...excess(held)] : [];
  return [...rights, ...(status === 403 ? [blind] : [])];
}

async function heldBy(arm: Arm, applier: string): Promise<readonly Held[]> {
  const rows = await allRows(arm, `assignedTo('${applier}')`);
  const held: Held[] = [];
  for (const row of rows) {
    const id = (row.roleDefinitionId ?? "").replace(/^\//, "");
    const { roleName, permissions } = await arm.call("show the applier's role", (options) =>
      arm.client.roleDefinitions.getById(id, options),
    );
    held.push({ row, name: roleName ?? lastPart(id), permissions: permissions ?? [] });
  }
  return held;
}

function needs(held: readonly Held[], all: readonly (readonly string[])[]): readonly Finding[] {
  return all
    .filter((ways) => !held.some(({ permissions }) => ways.some((way) => permits(permissions, way))))
    .map(([way = ""]) => error("LPS430", `the applier has no role that permits ${way}`, SETUP));
}

function excess(held: readonly Held[]): readonly Finding[] {
  return held.flatMap(({ row, name, permissions }) => {
    const who = `as ${name} at ${row.scope ?? "?"} the applier`;
    const free = error("LPS431", `${who} can give any role to anybody`, `${SETUP}: put its condition on it`);
    const more = warning("LPS431", `${who} can change resources`, SETUP);
    return [
      ...(grantsOn(permissions) !== undefined && (row.condition ?? "") === "" ? [free] : []),
      ...(permits(permissions, CHANGES) ? [more] : []),
    ];
  });
}

/** Our mark, but not under the name that Lapse would have given it. */
export function pretenders(rows: readonly RoleAssignment[], arm: Arm): readonly Finding[] {
  return rows
    .filter((row) => readMark(row.description)?.owner === arm.owner && !isGenuine(row, arm))
    .map((row) =>
      error(
        "LPS435",
        `the role assignment ${nameOf(row)} at ${row.scope ?? "?"} pretends to be made by Lapse`,
        `after finding out who made it: az role assignment delete --ids ${row.id ?? nameOf(row)}`,
      ),
    );
}
