// What does a test of the Kubernetes provider do on the pretended cluster? (a site, a session on it, and words for both)
import type { Assignment, Claim, Instant, JsonObject } from "../../src/core/model.ts";
import { Problem } from "../../src/core/problem.ts";
import { fakeSite, LAG_MS } from "../../src/providers/kubernetes/fake.ts";
import type { Manifest } from "../../src/providers/kubernetes/fake/applier.ts";
import { RBAC, type Answer, type Site } from "../../src/providers/kubernetes/fake/site.ts";
import type { State } from "../../src/providers/kubernetes/fake/state.ts";
import { provider } from "../../src/providers/kubernetes/index.ts";
import { ProviderError, type Session } from "../../src/providers/provider.ts";

const NOW = Date.UTC(2026, 10, 23, 9) as Instant;
export const WINDOW = { now: NOW, end: (NOW + 3_600_000) as Instant };
export const ANN = "ann@acme.example";

export interface Bench {
  readonly site: Site & { readonly state: State };
  readonly session: Session;
  readonly connect: (
    more?: JsonObject,
    options?: Readonly<{ timeout?: number; token?: string }>,
  ) => Promise<Session>;
  readonly claim: (more?: Partial<Claim>) => Claim;
  readonly granted: (more?: Partial<Claim>) => Promise<Assignment>;
  /** Until authorizers and lists have heard of it. */
  readonly pause: () => Promise<void>;
  readonly bind: (name: string, role: string, more?: object) => Promise<void>;
  readonly makeRole: (name: string, rules: readonly object[], namespace?: string) => Promise<void>;
  readonly edit: (path: string, change: object) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** With the shipped applier, or with other manifests. */
export async function openKubernetesBench(manifests?: readonly Manifest[]): Promise<Bench> {
  const site = await fakeSite(manifests);
  const sessions: Session[] = [];
  const connect: Bench["connect"] = async (more = {}, { timeout = 2_000, token } = {}) => {
    const secret = (name: string) =>
      name === "APPLIER_TOKEN" && token !== undefined ? token : site.secret(name);
    const session = await provider.connect(
      { ...site.connection, ...more },
      { owner: site.owner, secret, timeout },
    );
    sessions.push(session);
    return session;
  };
  const session = await connect();
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 2 * LAG_MS));
  const claim: Bench["claim"] = (more = {}) => ({
    ...{ request: "ann-debug-1", owner: site.owner, target: "prod-eu", provider: "kubernetes" },
    ...{ connection: site.connection, identity: ANN, scope: {} },
    role: { clusterRole: site.clusterRole, namespace: site.namespace },
    ...more,
  });
  return {
    ...{ site, session, connect, claim, pause },
    granted: async (more) => {
      const assignment = await session.resolve(claim(more));
      await session.grant(assignment, WINDOW);
      return assignment;
    },
    bind: async (name, role, more = {}) => {
      const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role };
      const subjects = [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: `oidc:${ANN}` }];
      await site.must("POST", site.binding(), { metadata: { name }, roleRef, subjects, ...more });
      await pause();
    },
    makeRole: async (name, rules, namespace) => {
      const path = namespace === undefined ? "clusterroles" : `namespaces/${namespace}/roles`;
      await site.must("POST", `${RBAC}/${path}`, { metadata: { name }, rules });
      await lendable(site, name, namespace === undefined ? "clusterroles" : "roles");
      await pause();
    },
    edit: async (path, change) => {
      const { body } = await site.must("GET", path);
      const answer = await site.must("PUT", path, { ...body, ...change });
      await pause();
      return answer;
    },
    close: async () => {
      for (const one of sessions) await one.close();
      await site.front.stop();
    },
  };
}

/** The applier may bind it, too. */
async function lendable(site: Site, name: string, resource: string): Promise<void> {
  const path = `${RBAC}/namespaces/${site.namespace}/roles/lapse:applier`;
  const { body } = await site.must("GET", path);
  const more = {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: [resource],
    resourceNames: [name],
    verbs: ["bind"],
  };
  await site.must("PUT", path, { ...body, rules: [...(body["rules"] as object[]), more] });
}

/** What a promise failed with. */
export async function failure(promise: Promise<unknown>): Promise<ProviderError | Problem> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (thrown instanceof ProviderError || thrown instanceof Problem) return thrown;
  throw new Error("it did not fail as a provider does", { cause: thrown });
}

export const status = (code: number, more: object = {}, headers: Readonly<Record<string, string>> = {}) => ({
  is: "status" as const,
  status: code,
  headers,
  body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, ...more }),
});
