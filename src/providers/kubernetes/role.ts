// What are the rules of a role now?
import type { V1ClusterRole, V1Role } from "@kubernetes/client-node";
import { ProviderError } from "../provider.ts";
import type { Granted } from "./assignment.ts";
import type { Cluster } from "./cluster.ts";
import type { RoleNow } from "./judge.ts";
import { hashOf, rulesOf, type Rule } from "./rules.ts";

type Bound = Pick<Granted, "place" | "roleRef">;

/** Throws role-missing where the API server says that there is none. An aggregated role's rules are those it has now. */
export async function readRules(
  { rbac, read }: Cluster,
  { place, roleRef }: Bound,
): Promise<readonly Rule[]> {
  const { kind, name } = roleRef;
  const found = await read<V1ClusterRole | V1Role>(`show the ${kind} ${name}`, (options) =>
    kind === "ClusterRole"
      ? rbac.readClusterRole({ name }, options)
      : rbac.readNamespacedRole({ name, namespace: place.namespace ?? "" }, options),
  );
  if (found.metadata?.name === name) return rulesOf(found.rules);
  throw new ProviderError("transient", "Kubernetes answered something that is no role", {
    vendorCode: "none",
  });
}

/** The same for an observation, which must not fail over a role. */
export async function roleNow(cluster: Cluster, bound: Bound): Promise<RoleNow> {
  try {
    return { hash: hashOf(await readRules(cluster, bound)) };
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    if (thrown.class === "role-missing") return "gone";
    if (thrown.class === "forbidden") return "unreadable";
    throw thrown;
  }
}
