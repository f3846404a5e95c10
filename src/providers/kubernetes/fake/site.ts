// Where does a test work on a cluster, real or pretended? (a namespace of its own, and an applier with the shipped manifests)
import type { HttpFault } from "../../../conformance/loopback.ts";
import type { JsonObject } from "../../../core/model.ts";
import type { Manifest } from "./applier.ts";

/** What a test may read of an answer, whatever it is. */
export interface Body {
  readonly [field: string]: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> & { readonly name: string; readonly uid: string };
  readonly items?: readonly Body[];
  readonly subjects?: readonly unknown[];
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly body: Body;
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** What stands between the provider and the server, so that calls can be made to fail. */
export interface Front {
  readonly url: string;
  readonly calls: readonly string[];
  readonly fault: (fault: HttpFault) => void;
  readonly heal: () => void;
  /** From now on each page holds one object. */
  readonly small: () => void;
  readonly stop: () => Promise<void>;
}

export interface Cluster {
  readonly ca: string;
  readonly admin: Call;
  readonly call: (token: string, ...rest: Parameters<Call>) => Promise<Answer>;
  readonly people: readonly [string, string];
  /** Of those who can log in. */
  readonly tokenOf: (user: string) => string | undefined;
  readonly front: () => Promise<Front>;
  /** By the server's own judgement, at this very moment where that is possible. */
  readonly may: (user: string, right: Right) => Promise<boolean>;
}

export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface Site {
  readonly cluster: Cluster;
  readonly front: Front;
  readonly owner: string;
  readonly namespace: string;
  readonly clusterRole: string;
  readonly token: string;
  readonly connection: JsonObject;
  readonly secret: (name: string) => string | undefined;
  /** Path of our own or of another binding in the namespace. */
  readonly binding: (name?: string) => string;
  /** As an administrator; throws unless it succeeds. */
  readonly must: Call;
  /** Waits until the server judges so. */
  readonly until: (user: string, right: Right, allowed: boolean) => Promise<void>;
}

export const RBAC = "/apis/rbac.authorization.k8s.io/v1";
/** What is lent: reading, and one thing more than reading. */
const RULES = [
  { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] },
];
const WAIT_MS = 10_000;
let count = 0;

export async function openSite(cluster: Cluster, manifests: readonly Manifest[]): Promise<Site> {
  const n = ++count;
  const [namespace, clusterRole] = [`payments-${n}`, `payments-debug-${n}`];
  const must: Call = async (method, path, body) => {
    const answer = await cluster.admin(method, path, body);
    if (answer.status < 300) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  await must("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  await must("POST", `${RBAC}/clusterroles`, { metadata: { name: clusterRole }, rules: RULES });
  for (const manifest of manifests) await apply(cluster, localized(manifest, namespace, clusterRole));
  const token = await tokenOf(must, "lapse-applier");
  const front = await cluster.front();
  const secrets: Readonly<Record<string, string>> = { APPLIER_TOKEN: token, CLUSTER_CA: cluster.ca };
  const until: Site["until"] = async (user, right, allowed) => {
    const end = performance.now() + WAIT_MS;
    while ((await cluster.may(user, right)) !== allowed) {
      if (performance.now() > end)
        throw new Error(`${user} ${JSON.stringify(right)} never became ${String(allowed)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const bind = { verb: "bind", group: "rbac.authorization.k8s.io", resource: "clusterroles" };
  await until("system:serviceaccount:lapse:lapse-applier", { ...bind, name: clusterRole, namespace }, true);
  return {
    ...{ cluster, front, owner: `lapse-${n}`, namespace, clusterRole, token, must, until },
    connection: {
      server: front.url,
      tokenEnv: "APPLIER_TOKEN",
      caEnv: "CLUSTER_CA",
      subject: "oidc:{identity}",
    },
    secret: (name) => secrets[name],
    binding: (name) => `${RBAC}/namespaces/${namespace}/rolebindings${name === undefined ? "" : `/${name}`}`,
  };
}

/** A token of a service account that the manifests made. */
export async function tokenOf(must: Call, account: string): Promise<string> {
  const path = `/api/v1/namespaces/lapse/serviceaccounts/${account}/token`;
  const spec = { audiences: [], expirationSeconds: 3600 };
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
  const { body } = await must("POST", path, request);
  return String(body.status?.["token"]);
}

/** The shipped example's names, exchanged for those of this test. */
function localized(manifest: Manifest, namespace: string, clusterRole: string): Manifest {
  return JSON.parse(JSON.stringify(manifest), (_, value: unknown) =>
    value === "payments" ? namespace : value === "payments-debug" ? clusterRole : value,
  ) as Manifest;
}

/** Makes it, unless it is there already from another test. What the server has no API for is not made. */
async function apply({ admin }: Pick<Cluster, "admin">, manifest: Manifest): Promise<void> {
  const { apiVersion, kind, metadata } = manifest;
  if (!(apiVersion === "v1" || apiVersion.startsWith("rbac.")) || kind === "ConfigMap") return;
  const base = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const where = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const { status, body } = await admin("POST", `${base}${where}/${kind.toLowerCase()}s`, manifest);
  if (status >= 300 && status !== 409) throw new Error(`${kind} ${metadata.name}: ${JSON.stringify(body)}`);
}
