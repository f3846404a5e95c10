// What does an open connection to one cluster do?
import type { Assignment, JsonObject } from "../../core/model.ts";
import type { ConnectOptions, Listed, Observed, Session } from "../provider.ts";
import { assignmentOf, grantedBy, placedOf } from "./assignment.ts";
import { deleteBinding, readBinding } from "./bindings.ts";
import { connectCluster, inTurns, type Cluster } from "./cluster.ts";
import { doctor } from "./doctor.ts";
import { grant } from "./grant.ts";
import { judge, type RoleNow } from "./judge.ts";
import { findMarked, type Marked } from "./marked.ts";
import { untilOf } from "./names.ts";
import { resolve } from "./resolve.ts";
import { revoke } from "./revoke.ts";
import { roleNow } from "./role.ts";
import { verify } from "./verify.ts";
import type { Binding } from "./written.ts";

/** Makes no call. Throws a Problem (misconfigured) when a secret is missing. */
export function openKubernetes(connection: JsonObject, options: ConnectOptions): Session {
  const cluster = connectCluster(connection, options);
  return {
    resolve: (claim) => resolve(cluster, claim),
    observe: (assignments) => observe(cluster, assignments),
    list: async () => {
      const { marked, pretenders, complete } = await findMarked(cluster);
      const items = marked.filter(({ binding }) => gives(binding)).map((one) => listed(cluster, one));
      return { items, complete: complete && !pretenders.some(gives) };
    },
    grant: (assignment, window) => grant(cluster, assignment, window),
    revoke: (assignment) => revoke(cluster, assignment),
    verify: (assignment) => verify(cluster, assignment),
    cleanup: () => cleanup(cluster),
    doctor: () => doctor(cluster),
    close: () => {
      cluster.close();
      return Promise.resolve();
    },
  };
}

/** Each by its name, never by its label: whoever may change a binding could strip that. */
async function observe(cluster: Cluster, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const roles = new Map<string, Promise<RoleNow>>();
  return inTurns(assignments, async (assignment) => {
    const granted = placedOf(assignment);
    const binding = await readBinding(cluster, granted.place);
    if (!binding) return { state: "absent" };
    const key = JSON.stringify([granted.place.namespace, granted.roleRef]);
    const role = roles.get(key) ?? roleNow(cluster, granted);
    roles.set(key, role);
    return judge(binding, granted, await role);
  });
}

/** One with our label alone may be ours, spoiled: while it gives anything, nobody may call the list whole. */
function gives({ subjects }: Binding): boolean {
  return subjects.length > 0;
}

function listed({ connection }: Cluster, { binding, mark }: Marked): Listed {
  const until = untilOf(binding);
  const where = { provider: "kubernetes", connection, scope: {} };
  return { ...assignmentOf(grantedBy(binding, mark), where), ...(until !== undefined && { until }) };
}

/** Only what gives nothing goes; what a finalizer holds is left to whoever set it. */
async function cleanup(cluster: Cluster): Promise<readonly string[]> {
  const husks = (await findMarked(cluster)).marked.filter(
    ({ binding }) => !gives(binding) && !binding.deleting,
  );
  return inTurns(husks, async ({ binding }) => {
    await deleteBinding(cluster, binding);
    return `removed the binding ${binding.name}`;
  });
}
