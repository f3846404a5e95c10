// What can be asked for on a Kubernetes cluster? (declared: policies and checks know it)
import { declared } from "../declared.ts";
import { closed, NO_SCOPE, text, variable, word } from "../schema.ts";

const NAME = { max: 253, pattern: "^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$" };
const LABEL = { max: 63, pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" };
/** Roles that let their holder write bindings, or do anything. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const GRANTING: ReadonlySet<unknown> = new Set(["cluster-admin", "admin"]);
/** `edit` and system roles can act as service accounts, read secrets or both. */
const IMPERSONATING = /^(edit$|system:)/;

export const provider = declared({
  kind: "kubernetes",
  capabilities: {
    ownership: "object",
    expiry: "none",
    async: false,
    concurrency: 4,
    sweepable: false,
    residue: [
      "an open watch, exec or port-forward goes on until its connection ends",
      "a service account token that was issued meanwhile works until it expires",
    ],
  },
  schemas: {
    connection: closed(
      "A cluster, and where its credentials are.",
      {
        server: text("URL of the API server", "https://k8s.example.com:6443", {
          max: 512,
          pattern: "^https://[^\\s/]+/?$",
        }),
        tokenEnv: variable("the applier's bearer token", "LAPSE_CLUSTER_TOKEN"),
        caEnv: variable("the API server's CA certificate in PEM", "LAPSE_CLUSTER_CA"),
      },
      ["caEnv"],
    ),
    role: closed("A ClusterRole, bound in one namespace.", {
      clusterRole: text("Name of an existing ClusterRole", "payments-debug", NAME),
      namespace: text("Namespace in which it is bound", "payments", LABEL),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: ({ clusterRole }) => {
    if (GRANTING.has(clusterRole)) return "its holder can create bindings that do not end";
    if (typeof clusterRole === "string" && IMPERSONATING.test(clusterRole))
      return "its holder can use or mint credentials of service accounts";
    return undefined;
  },
  lint: ({ identity }) =>
    identity.startsWith("system:") ? `the user ${identity} is reserved by Kubernetes` : undefined,
  howToConnect: ({ role }) => `kubectl --namespace ${word(role["namespace"])} get pods`,
});
