// What can be asked for on a Kubernetes cluster, and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, variable, word } from "../schema.ts";
import { lint, perpetuating } from "./names.ts";

const NAME = { max: 253, pattern: "^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$" };
const LABEL = { max: 63, pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" };

export const provider: Provider = {
  kind: "kubernetes",
  grants: true,
  capabilities: {
    ownership: "object",
    expiry: "none",
    async: false,
    concurrency: 4,
    sweepable: true,
    residue: [
      "an open watch, exec or port-forward goes on until its connection ends",
      "a service account token that was issued meanwhile works until it expires",
      "workloads that were started meanwhile go on running",
      "authorizers that cache answers (webhooks, by default for 5 minutes) may let in for that long",
    ],
  },
  schemas: {
    connection: closed(
      "A cluster, and where its credentials are.",
      {
        server: text("URL of the API server", "https://k8s.example.com:6443", {
          max: 512,
          pattern: "^https://[^\\s/?#@]+(/[^\\s?#]*)?$",
        }),
        tokenEnv: variable("the applier's bearer token", "LAPSE_CLUSTER_TOKEN"),
        caEnv: variable("the API server's CA certificate in PEM", "LAPSE_CLUSTER_CA"),
        subject: text(
          "How the API server knows a person, e.g. with the prefix of its OIDC users",
          "oidc:{identity}",
          {
            max: 253,
            pattern: "^[^{}]*\\{identity\\}[^{}]*$",
          },
        ),
        groups: {
          type: "array",
          description:
            "Groups that everybody on this cluster is in: access through them counts as standing access. Other groups are not known to Lapse",
          examples: [["oidc:engineers"]],
          items: text("Name of a group", "oidc:engineers", { max: 253 }),
          maxItems: 20,
          uniqueItems: true,
        },
        namespaces: {
          type: "array",
          description:
            "The only namespaces in which Lapse may act; every namespace and the whole cluster if absent",
          examples: [["payments"]],
          items: text("Name of a namespace", "payments", LABEL),
          minItems: 1,
          maxItems: 100,
          uniqueItems: true,
        },
      },
      ["caEnv", "subject", "groups", "namespaces"],
    ),
    role: closed(
      "A ClusterRole or a Role, bound in one namespace; a ClusterRole without a namespace is bound for the whole cluster.",
      {
        clusterRole: text("Name of an existing ClusterRole", "payments-debug", NAME),
        role: text(
          "Name of an existing Role in the namespace, instead of a ClusterRole",
          "payments-debug",
          NAME,
        ),
        namespace: text("Namespace in which it is bound", "payments", LABEL),
      },
      ["clusterRole", "role", "namespace"],
    ),
    scope: NO_SCOPE,
  },
  selfPerpetuating: perpetuating,
  lint,
  howToConnect: ({ role }) => {
    const namespace = word(role["namespace"]);
    return `kubectl ${namespace === "" ? "" : `--namespace ${namespace} `}auth can-i --list`;
  },
  connect: async (connection, options) => (await import("./session.ts")).openKubernetes(connection, options),
};
