// How is one binding read, made, changed and deleted? (RoleBinding and ClusterRoleBinding in one shape)
import {
  ApiException,
  V1ClusterRoleBinding,
  V1DeleteOptions,
  V1Preconditions,
  V1RoleBinding,
} from "@kubernetes/client-node";
import { ProviderError } from "../provider.ts";
import { made, type Cluster } from "./cluster.ts";
import { statusOf } from "./errors.ts";
import { bindingOf, bodyOf, type Binding, type Draft, type Place, type Written } from "./written.ts";

/** The binding; nothing only where the API server itself says that it has none of this very name. */
export async function readBinding({ rbac, read }: Cluster, place: Place): Promise<Binding | undefined> {
  const { name, namespace } = place;
  try {
    const found = await read<Written>("show a binding", (options) =>
      namespace === undefined
        ? rbac.readClusterRoleBinding({ name }, options)
        : rbac.readNamespacedRoleBinding({ name, namespace }, options),
    );
    return bindingOf(found);
  } catch (thrown) {
    if (isGone(thrown, place)) return undefined;
    throw thrown;
  }
}

/** A proxy's 404, or that of another API, says nothing about the binding. */
function isGone(thrown: unknown, { name, namespace }: Place): boolean {
  const cause = thrown instanceof ProviderError ? thrown.cause : thrown;
  const status = statusOf(cause);
  const kind = namespace === undefined ? "clusterrolebindings" : "rolebindings";
  const missing = cause instanceof ApiException && cause.code === 404 && status?.reason === "NotFound";
  return missing && status.kind === kind && status.name === name;
}

/**
 * Create-only: a POST fails where something is there already. Server-side apply would make a revoked binding again
 * whenever an applier that is late repeats what it knew.
 */
export async function createBinding({ rbac, write }: Cluster, draft: Draft): Promise<void> {
  const body = <T extends Written>(kind: new () => T) => bodyOf(kind, draft);
  const { namespace } = draft;
  const fieldManager = "lapse";
  await write<Written>("make the binding", (options) =>
    namespace === undefined
      ? rbac.createClusterRoleBinding({ body: body(V1ClusterRoleBinding), fieldManager }, options)
      : rbac.createNamespacedRoleBinding({ namespace, body: body(V1RoleBinding), fieldManager }, options),
  );
}

/** Fails with a conflict where somebody wrote it since it was read. */
export async function replaceBinding({ rbac, write }: Cluster, binding: Binding): Promise<void> {
  const body = <T extends Written>(kind: new () => T) => bodyOf(kind, binding);
  const { name, namespace } = binding;
  const fieldManager = "lapse";
  await write<Written>("change the binding", (options) =>
    namespace === undefined
      ? rbac.replaceClusterRoleBinding({ name, body: body(V1ClusterRoleBinding), fieldManager }, options)
      : rbac.replaceNamespacedRoleBinding(
          { name, namespace, body: body(V1RoleBinding), fieldManager },
          options,
        ),
  );
}

/** Of exactly this object: one that was put in its place has another uid. Its being gone already is fine. */
export async function deleteBinding({ rbac, write }: Cluster, binding: Binding): Promise<void> {
  const { name, namespace, uid } = binding;
  const preconditions = made(V1Preconditions, { uid });
  const body = made(V1DeleteOptions, { preconditions, propagationPolicy: "Background" });
  try {
    await write("delete the binding", (options) =>
      namespace === undefined
        ? rbac.deleteClusterRoleBinding({ name, body }, options)
        : rbac.deleteNamespacedRoleBinding({ name, namespace, body }, options),
    );
  } catch (thrown) {
    if (!isGone(thrown, binding)) throw thrown;
  }
}
