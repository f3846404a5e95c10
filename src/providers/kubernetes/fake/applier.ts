// What has the applier on the pretended cluster? (what manifests/applier.yaml gives it: a test compares the two)

const RBAC = "rbac.authorization.k8s.io";
const APPLIER = { kind: "ServiceAccount", name: "lapse-applier", namespace: "lapse" };

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

const role = (kind: string, name: string, rules: readonly object[], namespace?: string): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  rules,
});
const binding = (kind: string, name: string, namespace?: string): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: `${kind}Binding`,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  roleRef: { apiGroup: RBAC, kind, name },
  subjects: [APPLIER],
});

export const APPLIER_MANIFESTS: readonly Manifest[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "lapse" } },
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "lapse-applier", namespace: "lapse" },
    automountServiceAccountToken: false,
  },
  role("ClusterRole", "lapse:applier-reads", [
    { apiGroups: [RBAC], resources: ["rolebindings", "clusterrolebindings"], verbs: ["get", "list"] },
    { apiGroups: [RBAC], resources: ["clusterroles"], verbs: ["get"] },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  ]),
  binding("ClusterRole", "lapse:applier-reads"),
  role(
    "Role",
    "lapse:applier",
    [
      {
        apiGroups: [RBAC],
        resources: ["rolebindings"],
        verbs: ["create", "get", "list", "update", "delete"],
      },
      { apiGroups: [RBAC], resources: ["roles"], verbs: ["get"] },
      { apiGroups: [RBAC], resources: ["clusterroles"], resourceNames: ["payments-debug"], verbs: ["bind"] },
    ],
    "payments",
  ),
  binding("Role", "lapse:applier", "payments"),
];
