// What does an open connection to one Azure subscription do?
import type { RoleAssignment } from "@azure/arm-authorization";
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type ConnectOptions, type Listed, type Observed, type Session } from "../provider.ts";
import { openArm, type Arm } from "./arm.ts";
import { doctor, pretenders } from "./doctor.ts";
import { edgeOf, edgeOfRow, keyOf, namesOf } from "./edge.ts";
import { grant } from "./grant.ts";
import { readMark } from "./mark.ts";
import { resolve } from "./resolve.ts";
import { revoke } from "./revoke.ts";
import { allRows, judge, lookAt, ofPrincipal } from "./rows.ts";
import { isGenuine, verify } from "./verify.ts";

/** Throws a Problem (misconfigured) when a variable is unset, else ProviderErrors. */
export function openAzure(connection: JsonObject, options: ConnectOptions): Session {
  const arm = openArm(connection, options);
  return {
    resolve: (claim) => resolve(arm, claim),
    observe: (assignments) => observe(arm, assignments),
    list: () => list(arm),
    grant: (assignment, window) => grant(arm, assignment, window),
    revoke: (assignment) => revoke(arm, assignment),
    verify: (assignment) => verify(arm, assignment),
    cleanup: () => Promise.resolve([]),
    doctor: async () => [...(await doctor(arm, "roleAssignments")), ...pretenders(await allRows(arm), arm)],
    close: () => Promise.resolve(),
  };
}

/** One listing for all; whoever is not in it is looked for by name, since a list may lag behind. */
async function observe(arm: Arm, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const edges = assignments.map(edgeOf);
  const [first, ...others] = edges;
  if (!first) return [];
  const alone = others.every(({ principal }) => principal === first.principal);
  const rows = await allRows(arm, alone ? ofPrincipal(first) : undefined);
  const seen: Observed[] = [];
  for (const edge of edges) seen.push(judge(await lookAt(arm, edge, rows), arm.owner));
  return seen;
}

/** Azure may refuse half way: what it showed until then is no list. */
async function list(arm: Arm): Promise<{ readonly items: readonly Listed[]; readonly complete: boolean }> {
  try {
    return { items: (await allRows(arm)).flatMap((row) => listed(arm, row)), complete: true };
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.retryable) return { items: [], complete: false };
    throw thrown;
  }
}

/** Our mark under a name that is not ours is a pretender, which `doctor` shows. */
function listed(arm: Arm, row: RoleAssignment): readonly Listed[] {
  const mark = readMark(row.description);
  const edge = edgeOfRow(row);
  if (mark?.owner !== arm.owner || !edge || !isGenuine(row, arm)) return [];
  const [name] = namesOf(edge, arm.tenant, arm.owner);
  const { owner, target, until } = mark;
  return [
    {
      key: keyOf("azure", name),
      ...{ owner, target, provider: "azure", connection: arm.connection },
      principal: { id: edge.principal },
      role: { roleDefinition: edge.role },
      scope: { id: `/${edge.scope}` },
      mark: name,
      ...(until !== undefined && { until }),
    },
  ];
}
