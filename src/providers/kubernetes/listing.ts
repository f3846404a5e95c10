// Which bindings are there? (all pages or none: parts of two listings are never put together)
import type { V1ClusterRoleBindingList, V1RoleBindingList } from "@kubernetes/client-node";
import { ProviderError } from "../provider.ts";
import type { Cluster } from "./cluster.ts";
import { bindingOf, type Binding } from "./written.ts";

/** Where to look: for the whole cluster's bindings, those of one namespace, or those of every namespace. */
export type Range = "cluster" | "namespaces" | { readonly namespace: string };

export interface Listing {
  readonly bindings: readonly Binding[];
  readonly complete: boolean;
}

const PAGE = 500;
const RESTARTS = 3;
/** A server that always has another page does not keep us for ever. */
const PAGES = 1000;

/**
 * A listing that breaks off in the middle is returned as far as it went and is not complete; one that does not even
 * begin throws. When the server has forgotten where we were (410), it begins anew.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export async function listBindings(cluster: Cluster, range: Range, labelSelector?: string): Promise<Listing> {
  for (let tried = 1; ; tried++) {
    const bindings: Binding[] = [];
    const broken = await allPages(cluster, range, labelSelector, bindings);
    if (!broken) return { bindings, complete: true };
    if (broken.vendorCode.startsWith("410") && tried < RESTARTS) continue;
    if (bindings.length === 0) throw broken;
    return { bindings, complete: false };
  }
}

/** Adds to `bindings`; what went wrong, if something did. */
async function allPages(
  cluster: Cluster,
  range: Range,
  labelSelector: string | undefined,
  bindings: Binding[],
): Promise<ProviderError | undefined> {
  let next = "";
  try {
    for (let page = 0; page < PAGES; page++) {
      const { items, next: following } = await onePage(cluster, range, { labelSelector, next });
      bindings.push(...items);
      next = following;
      if (next === "") return undefined;
    }
    return new ProviderError("transient", "Kubernetes lists without end", { vendorCode: "pages" });
  } catch (thrown) {
    if (thrown instanceof ProviderError) return thrown;
    throw thrown;
  }
}

async function onePage(
  { rbac, read }: Cluster,
  range: Range,
  { labelSelector, next }: { readonly labelSelector: string | undefined; readonly next: string },
): Promise<{ readonly items: readonly Binding[]; readonly next: string }> {
  const page = {
    limit: PAGE,
    ...(labelSelector !== undefined && { labelSelector }),
    ...(next !== "" && { _continue: next }),
  };
  const list = await read<V1RoleBindingList | V1ClusterRoleBindingList>("list bindings", (options) => {
    if (range === "cluster") return rbac.listClusterRoleBinding(page, options);
    if (range === "namespaces") return rbac.listRoleBindingForAllNamespaces(page, options);
    return rbac.listNamespacedRoleBinding({ ...page, namespace: range.namespace }, options);
  });
  if (Array.isArray(list.items))
    return { items: list.items.map(bindingOf), next: list.metadata?._continue ?? "" };
  throw new ProviderError("transient", "Kubernetes answered something that is no list", {
    vendorCode: "none",
  });
}
