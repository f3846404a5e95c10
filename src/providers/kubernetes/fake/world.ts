// How is a site on a cluster put to the conformance suite? (the same for the pretended server and for a real one)
import type { World } from "../../../conformance/world.ts";
import { fromEpoch } from "../../../core/time.ts";
import { provider } from "../index.ts";
import { RBAC, type Body, type Right, type Site } from "./site.ts";

const BINDINGS = /rolebindings/;
const APPLIER = "system:serviceaccount:lapse:lapse-applier";

/** Long enough for every cache to have heard of a change. */
export function siteWorld(site: Site, lag = 0): World {
  const { cluster, namespace, clusterRole, front, must, binding } = site;
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole };
  const user = (identity: string) => `oidc:${identity}`;
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, lag));
  const rights: readonly Right[] = [
    { verb: "get", group: "", resource: "pods", subresource: "log", namespace },
    { verb: "create", group: "", resource: "pods", subresource: "exec", namespace },
  ];
  const subject = (identity: string) => ({
    ...{ kind: "User", apiGroup: "rbac.authorization.k8s.io" },
    name: user(identity),
  });
  const can = async (identity: string) => {
    const answers = await Promise.all(rights.map((right) => cluster.may(user(identity), right)));
    return answers.every(Boolean);
  };
  const make = async (name: string, identity: string) => {
    await must("POST", binding(), { metadata: { name }, subjects: [subject(identity)], roleRef });
    for (const right of rights) await site.until(user(identity), right, true);
    await pause();
  };
  let others = 0;
  const standing = (identity: string) => make(`standing-${++others}`, identity);
  const edit = async (name: string, change: (old: Body) => object) => {
    const { body } = await must("GET", binding(name));
    await must("PUT", binding(name), { ...body, ...change(body) });
    await pause();
  };
  return {
    provider,
    owner: site.owner,
    connection: site.connection,
    secret: site.secret,
    timeout: 3_000,
    subjects: [cluster.people[0].replace(/^oidc:/, ""), cluster.people[1].replace(/^oidc:/, "")],
    stranger: {
      skip: "Kubernetes keeps no users: any name can be bound, and whoever logs in under it has the access",
    },
    role: { clusterRole, namespace },
    missingRole: { clusterRole: "nobody-made-me", namespace },
    now: fromEpoch(Date.UTC(2026, 10, 23, 9)),
    advance: { skip: "bindings have no end of their own, so the cluster's clock does not matter" },
    nowhere: async () => {
      const { owner, connection, secret } = site;
      const session = await provider.connect(connection, { owner, secret, timeout: 3_000 });
      const role = { clusterRole, namespace: "nowhere" };
      const address = { target: "target", provider: "kubernetes", connection, scope: {} };
      await session
        .resolve({ ...address, request: "ann-1", owner, identity: "ann", role })
        .finally(() => session.close());
      return session;
    },
    can,
    standing,
    otherWay: standing,
    endStanding: async (identity) => {
      const { body } = await must("GET", binding());
      const names = (body.items ?? []).map(({ metadata }) => metadata?.name ?? "");
      for (const name of names.filter((one) => one.startsWith("standing-")))
        await must("DELETE", binding(name));
      for (const right of rights) await site.until(user(identity), right, false);
      await pause();
    },
    addSubject: () => Promise.resolve(),
    rename: {
      skip: "Kubernetes keeps no users: a renamed person is another one to it, and has no access any more",
    },
    hinder: () => {
      // Longer than the bound on a call: that is not waited for.
      const headers = { "retry-after": "5" };
      const busy = {
        is: "status",
        status: 429,
        headers,
        body: "Too many requests, please try again later.\n",
      } as const;
      front.fault({ on: /^(POST|PUT|DELETE) .*rolebindings/, do: busy, times: Infinity });
      return Promise.resolve(() => {
        front.heal();
        return Promise.resolve();
      });
    },
    disarm: async () => {
      await must("DELETE", binding("lapse:applier"));
      const right = {
        verb: "delete",
        group: "rbac.authorization.k8s.io",
        resource: "rolebindings",
        namespace,
      };
      await site.until(APPLIER, right, false);
      await pause();
    },
    strip: ({ mark = "" }) =>
      edit(mark, ({ metadata }) => ({ metadata: { ...metadata, labels: {}, annotations: {} } })),
    addMember: ({ mark = "" }, identity) =>
      edit(mark, ({ subjects = [] }) => ({ subjects: [...subjects, subject(identity)] })),
    replace: async ({ mark = "" }, identity) => {
      await must("DELETE", binding(mark));
      await make(mark, identity);
    },
    snapshot: async () => {
      const kinds = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"];
      const lists = await Promise.all(kinds.map((kind) => must("GET", `${RBAC}/${kind}`)));
      return lists.map(({ body }) => body.items);
    },
    breakListing: () => {
      front.small();
      const old = {
        is: "status",
        status: 410,
        body: JSON.stringify({ kind: "Status", reason: "Expired" }),
      } as const;
      front.fault({ on: new RegExp(`^GET .*${BINDINGS.source}\\?.*continue=`), do: old, times: Infinity });
    },
    settle: { skip: "bindings are written at once" },
    tooSoon: { skip: "a binding can be deleted at any time" },
    close: () => front.stop(),
  };
}
