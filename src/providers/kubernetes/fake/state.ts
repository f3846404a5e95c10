// What is stored on the pretended API server? (objects by kind, namespace and name; reads may lag behind writes)

export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

export interface Rules {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Meta;
  readonly rules?: readonly Rules[];
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
  readonly roleRef?: { readonly kind: string; readonly name: string; readonly apiGroup?: string };
  readonly status?: Readonly<Record<string, unknown>>;
}

export type Objects = ReadonlyMap<string, Stored>;

/** Resources by the name in their path; what is not here is not served. */
export const RESOURCES: Readonly<Record<string, { kind: string; group: string; namespaced: boolean }>> = {
  namespaces: { kind: "Namespace", group: "", namespaced: false },
  serviceaccounts: { kind: "ServiceAccount", group: "", namespaced: true },
  roles: { kind: "Role", group: "rbac.authorization.k8s.io", namespaced: true },
  rolebindings: { kind: "RoleBinding", group: "rbac.authorization.k8s.io", namespaced: true },
  clusterroles: { kind: "ClusterRole", group: "rbac.authorization.k8s.io", namespaced: false },
  clusterrolebindings: { kind: "ClusterRoleBinding", group: "rbac.authorization.k8s.io", namespaced: false },
};

export function keyOf(resource: string, namespace: string | undefined, name: string): string {
  return JSON.stringify([resource, namespace ?? "", name]);
}

/** All of one resource, in one namespace or in all, by name. */
export function all(objects: Objects, resource: string, namespace?: string): readonly Stored[] {
  const found = [...objects].filter(([key]) => {
    const [is, where] = JSON.parse(key) as [string, string];
    return is === resource && (namespace === undefined || where === namespace);
  });
  return found.map(([, object]) => object);
}

export interface State {
  /** What is stored. */
  readonly now: () => Objects;
  /** What authorizers and lists know of it: as it was a moment ago. */
  readonly lagging: () => Objects;
  readonly put: (key: string, object: Stored) => Stored;
  readonly remove: (key: string) => void;
  /** Numbers for uids and versions; never used twice. */
  readonly next: () => number;
  readonly lag: number;
}

/** `lag` in real milliseconds: watch caches do not wait for a test's clock. */
export function newState(lag: number): State {
  let count = 0;
  let current: Objects = new Map();
  let history: { readonly at: number; readonly objects: Objects }[] = [{ at: -Infinity, objects: current }];
  const write = (change: (objects: Map<string, Stored>) => void): void => {
    const objects = new Map(current);
    change(objects);
    current = objects;
    const known = performance.now() - lag;
    const first = history.findLastIndex(({ at }) => at <= known);
    history = [...history.slice(Math.max(0, first)), { at: performance.now(), objects }];
  };
  return {
    lag,
    now: () => current,
    lagging: () => history.findLast(({ at }) => at <= performance.now() - lag)?.objects ?? current,
    next: () => ++count,
    put: (key, object) => {
      const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(++count) } };
      write((objects) => objects.set(key, written));
      return written;
    },
    remove: (key) => {
      write((objects) => objects.delete(key));
    },
  };
}
