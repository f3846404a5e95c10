// How is the Kubernetes provider put to the test without a cluster? (a pretended API server with RBAC, over https)
import { serveLoopback } from "../../conformance/loopback.ts";
import { loopbackTls } from "../../conformance/tls.ts";
import type { WorldMaker } from "../../conformance/world.ts";
import { APPLIER_MANIFESTS, type Manifest } from "./fake/applier.ts";
import { judge } from "./fake/rbac.ts";
import { apiServer } from "./fake/server.ts";
import { openSite, type Answer, type Body, type Cluster, type Site } from "./fake/site.ts";
import { newState, type State } from "./fake/state.ts";
import { siteWorld } from "./fake/world.ts";

/** What authorizers and lists lag behind, in real milliseconds. */
export const LAG_MS = 15;
const PEOPLE = ["oidc:ann@acme.example", "oidc:bob@acme.example"] as const;

/** A pretended cluster with two people and an administrator on it. */
async function fakeCluster(lag = LAG_MS): Promise<Cluster & { readonly state: State }> {
  const state = newState(lag);
  const server = apiServer(state);
  const tls = await loopbackTls();
  server.admit("admin", { name: "admin", groups: ["system:masters"] });
  for (const name of PEOPLE) server.admit(`token of ${name}`, { name, groups: ["oidc:engineers"] });
  const call = async (token: string, method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${token}` };
    const response = await server.handle(
      new Request(`https://127.0.0.1${path}`, { method, headers, ...sent }),
    );
    return { status: response.status, body: (await response.json()) as Body };
  };
  return {
    ...{ state, call, ca: tls.cert, people: PEOPLE },
    admin: (...rest) => call("admin", ...rest),
    tokenOf: (user) => `token of ${user}`,
    front: async () => ({ ...(await serveLoopback(server.handle, tls)), small: () => undefined }),
    may: (name, right) => {
      const user = { name, groups: ["system:authenticated"] };
      return Promise.resolve(judge(state.now(), user, right).allowed);
    },
  };
}

export async function fakeSite(
  manifests: readonly Manifest[] = APPLIER_MANIFESTS,
): Promise<Site & { readonly state: State }> {
  const cluster = await fakeCluster();
  const site = await openSite(cluster, manifests);
  await new Promise((resolve) => setTimeout(resolve, LAG_MS));
  return { ...site, state: cluster.state };
}

export const worlds: readonly WorldMaker[] = [
  { kind: "kubernetes", name: "kubernetes", make: async () => siteWorld(await fakeSite(), LAG_MS) },
];
