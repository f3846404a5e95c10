// Does the Kubernetes provider keep its word on a real API server? (opt-in: LAPSE_REAL=1, built by .ci/install-kubernetes)
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Assignment, Instant } from "../../src/core/model.ts";
import { RBAC, tokenOf, type Right, type Site } from "../../src/providers/kubernetes/fake/site.ts";
import { provider } from "../../src/providers/kubernetes/index.ts";
import type { Session } from "../../src/providers/provider.ts";
import { livesItsLife } from "../contract/life.ts";
import { obeysProviderContract } from "../contract/provider.ts";
import {
  makeSite,
  makeWorld,
  PROGRAMS,
  startKubernetes,
  type KubernetesServer,
} from "../support/kubernetes.ts";
import { missing } from "./real.ts";

const NOW = Date.UTC(2026, 10, 23, 9) as Instant;
const WINDOW = { now: NOW, end: (NOW + 3_600_000) as Instant };
const ANN = "oidc:ann@acme.example";
const BOB = "oidc:bob@acme.example";
const GROUP = { group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" };
const reason = missing(".ci/install-kubernetes", PROGRAMS);

describe.skipIf(reason !== undefined)(
  `a real API server${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let server: KubernetesServer;
    beforeAll(async () => {
      server = await startKubernetes();
    }, 90_000);
    afterAll(() => server.stop());

    const make = () => makeWorld(server);
    obeysProviderContract("a real API server", { make });
    livesItsLife({ kind: "kubernetes", name: "a real API server", make });

    describe("with the shipped manifests alone", () => {
      let site: Site;
      let session: Session;
      const connect = (env: string, more: Readonly<Record<string, string>> = {}) => {
        const connection = { ...site.connection, tokenEnv: env };
        const secret = (name: string) => more[name] ?? site.secret(name);
        return provider.connect(connection, { owner: site.owner, secret, timeout: 5_000 });
      };
      beforeEach(async () => {
        site = await makeSite(server);
        session = await connect("APPLIER_TOKEN");
        return async () => {
          await session.close();
          await site.front.stop();
        };
      });

      const resolve = (request = "ann-debug-1", role?: Readonly<Record<string, string>>) =>
        session.resolve({
          ...{ request, owner: site.owner, target: "prod-eu", provider: "kubernetes" },
          ...{ connection: site.connection, identity: "ann@acme.example", scope: {} },
          role: role ?? { clusterRole: site.clusterRole, namespace: site.namespace },
        });
      const granted = async (): Promise<Assignment> => {
        const assignment = await resolve();
        await session.grant(assignment, WINDOW);
        return assignment;
      };
      /** By the person's own token, and by an administrator who acts as him. */
      const canI = async (verb: string, resource: string) => {
        const [whole = "", part] = resource.split("/");
        const sub = part === undefined ? [] : ["--subresource", part];
        const asked = ["auth", "can-i", verb, whole, ...sub, "--namespace", site.namespace];
        const own = await server.kubectl(server.tokenOf(ANN) ?? "", ...asked);
        const as = await server.kubectl(server.tokenOf("admin") ?? "", ...asked, "--as", ANN);
        return [own.out, as.out];
      };
      const edit = async (name: string, change: object) => {
        const { body } = await site.must("GET", site.binding(name));
        await site.must("PUT", site.binding(name), { ...body, ...change });
      };
      const exec: Pick<Right, "verb" | "group" | "resource" | "subresource"> = {
        ...{ verb: "create", group: "", resource: "pods", subresource: "exec" },
      };

      test("kubectl says no before, yes during and no after", async () => {
        expect(await canI("create", "pods/exec")).toEqual(["no", "no"]);
        const assignment = await granted();
        expect(await canI("create", "pods/exec")).toEqual(["yes", "yes"]);
        expect(await canI("get", "pods")).toEqual(["yes", "yes"]);
        expect(await canI("delete", "pods")).toEqual(["no", "no"]);
        expect(await session.verify(assignment)).toEqual({
          allowed: true,
          via: [assignment.mark],
          standing: false,
        });
        expect((await session.revoke(assignment)).state).toBe("absent");
        expect(await canI("create", "pods/exec")).toEqual(["no", "no"]);
        expect(await canI("get", "pods")).toEqual(["no", "no"]);
      });

      test("the doctor has nothing to say", async () => {
        await granted();
        expect(await session.doctor()).toEqual([]);
      });

      test("the applier can write nothing else", async () => {
        const base = `${RBAC}/namespaces/${site.namespace}`;
        const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
        const tried = [
          await server.call(site.token, "POST", `${base}/rolebindings`, { metadata: { name: "x" }, roleRef }),
          await server.call(site.token, "POST", `${RBAC}/clusterrolebindings`, {
            metadata: { name: "x" },
            roleRef,
          }),
          await server.call(site.token, "POST", `${base}/roles`, { metadata: { name: "x" }, rules: [] }),
          await server.call(site.token, "DELETE", `${base}/rolebindings`),
          await server.call(site.token, "GET", "/api/v1/secrets"),
        ];
        expect(tried.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
        expect(String(tried[0]?.body["message"])).toContain(
          "attempting to grant RBAC permissions not currently held",
        );
      });

      test("a role that it may not bind is refused before anything is written, with the fix", async () => {
        await site.must("POST", `${RBAC}/clusterroles`, {
          metadata: { name: `${site.clusterRole}-other` },
          rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
        });
        const role = { clusterRole: `${site.clusterRole}-other`, namespace: site.namespace };
        await expect(resolve("other", role)).rejects.toMatchObject({
          class: "forbidden",
          message: expect.stringMatching(/bind clusterroles .*applier\.yaml/) as string,
        });
      });

      test("a role that was widened since it was resolved is not granted", async () => {
        const assignment = await resolve();
        const { body } = await site.must("GET", `${RBAC}/clusterroles/${site.clusterRole}`);
        const rules = [
          ...(body["rules"] as object[]),
          { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
        ];
        await site.must("PUT", `${RBAC}/clusterroles/${site.clusterRole}`, { ...body, rules });
        await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "denied-by-policy" });
        expect(await canI("get", "pods")).toEqual(["no", "no"]);
      });

      test("a stripped label hides nothing", async () => {
        const assignment = await granted();
        await edit(assignment.mark ?? "", { metadata: { ...(await metadata(assignment)), labels: {} } });
        expect((await session.list()).items).toEqual([]);
        expect((await session.observe([assignment]))[0]).toMatchObject({
          state: "ours",
          drift: expect.anything() as string,
        });
        await session.revoke(assignment);
        expect(await canI("get", "pods")).toEqual(["no", "no"]);
      });
      const metadata = async ({ mark }: Assignment) =>
        (await site.must("GET", site.binding(mark))).body.metadata;

      test("a finalizer does not keep the access", async () => {
        const assignment = await granted();
        const held = { ...(await metadata(assignment)), finalizers: ["example.com/keep"] };
        await edit(assignment.mark ?? "", { metadata: held });
        await site.must("DELETE", site.binding(assignment.mark));
        expect(await canI("get", "pods")).toEqual(["yes", "yes"]);
        expect((await session.observe([assignment]))[0]).toMatchObject({
          drift: expect.stringContaining("example.com/keep") as string,
        });
        expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
        expect((await server.admin("GET", site.binding(assignment.mark))).status).toBe(404);
        expect(await canI("get", "pods")).toEqual(["no", "no"]);
      });

      test("what was put in its place is somebody else's", async () => {
        const assignment = await granted();
        await site.must("DELETE", site.binding(assignment.mark));
        const { clusterRole: name } = site;
        await site.must("POST", site.binding(), {
          metadata: { name: assignment.mark },
          subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: BOB }],
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
        });
        expect((await session.observe([assignment]))[0]).toEqual({ state: "foreign" });
        expect(await session.revoke(assignment)).toMatchObject({
          residue: expect.arrayContaining([expect.stringContaining("not ours")]) as string[],
        });
        expect((await server.admin("GET", site.binding(assignment.mark))).status).toBe(200);
      });

      test("a backdoor that the subject made is found when the access ends", async () => {
        const assignment = await granted();
        const own = `${site.clusterRole}-own`;
        const rules = [{ apiGroups: [""], resources: ["*"], verbs: ["*"] }];
        await site.must("POST", `${RBAC}/clusterroles`, { metadata: { name: own }, rules });
        await site.must("POST", site.binding(), {
          metadata: { name: "backdoor" },
          subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: ANN }],
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: own },
        });
        await site.until(ANN, { ...exec, verb: "delete", namespace: site.namespace }, true);
        expect((await session.revoke(assignment)).state).toBe("escaped");
        expect(await session.verify(assignment)).toEqual({
          ...{ allowed: true, standing: true },
          via: ["RoleBinding backdoor"],
        });
      });

      test("the sweeper can end what is over, with a finalizer on it too, and make nothing", async () => {
        const assignment = await granted();
        const held = { ...(await metadata(assignment)), finalizers: ["example.com/keep"] };
        await edit(assignment.mark ?? "", { metadata: held });
        const token = await tokenOf(site.must, "lapse-sweeper");
        const sweeper = await connect("SWEEPER", { SWEEPER: token });
        const { items, complete } = await sweeper.list();
        expect([complete, items.map(({ until }) => until)]).toEqual([true, [WINDOW.end]]);
        const [item] = items;
        if (!item) throw new Error("nothing listed");
        expect(await sweeper.revoke(item)).toMatchObject({ state: "absent" });
        expect(await canI("get", "pods")).toEqual(["no", "no"]);
        await expect(sweeper.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "forbidden" });
        const body = {
          metadata: { name: "x" },
          roleRef: { ...{ kind: "ClusterRole", name: site.clusterRole } },
        };
        expect((await server.call(token, "POST", site.binding(), body)).status).toBe(403);
        await sweeper.close();
      });

      test("one whose mark was spoiled makes the list incomplete, and is ended all the same", async () => {
        const assignment = await granted();
        const read = await metadata(assignment);
        const annotations = { ...(read?.["annotations"] as object), "lapse.dev/target": undefined };
        await edit(assignment.mark ?? "", { metadata: { ...read, annotations } });
        expect(await session.list()).toEqual({ items: [], complete: false });
        expect((await session.revoke(assignment)).state).toBe("absent");
        expect(await session.list()).toEqual({ items: [], complete: true });
      });

      test("one that names no subject any more is ended by its mark", async () => {
        const assignment = { ...(await granted()), principal: { user: "" } };
        expect((await session.revoke(assignment)).state).toBe("absent");
        expect(await canI("get", "pods")).toEqual(["no", "no"]);
      });

      // The last: these manifests stay on the server.
      test("access to the whole cluster is ended by the sweeper with its partner's manifest, not without", async () => {
        const wide = await makeSite(server, "applier-cluster.yaml");
        const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }];
        await wide.must("POST", `${RBAC}/clusterroles`, { metadata: { name: "nodes-reader" }, rules });
        const right = { ...GROUP, verb: "create" };
        await wide.until("system:serviceaccount:lapse:lapse-applier", right, true);
        const assignment = await resolve("ann-nodes-1", { clusterRole: "nodes-reader" });
        await session.grant(assignment, WINDOW);
        const sweeper = await connect("SWEEPER", { SWEEPER: await tokenOf(site.must, "lapse-sweeper") });
        const [item] = (await sweeper.list()).items;
        if (!item) throw new Error("nothing listed");
        await expect(sweeper.revoke(item)).rejects.toMatchObject({ class: "forbidden" });
        await (await makeSite(server, "sweeper-cluster.yaml")).front.stop();
        await wide.until("system:serviceaccount:lapse:lapse-sweeper", { ...GROUP, verb: "delete" }, true);
        const path = `${RBAC}/clusterrolebindings/${assignment.mark ?? ""}`;
        const { body } = await site.must("GET", path);
        const held = { ...body.metadata, finalizers: ["example.com/keep"] };
        await site.must("PUT", path, { ...body, metadata: held });
        expect((await sweeper.revoke(item)).state).toBe("absent");
        expect((await server.admin("GET", path)).status).toBe(404);
        await site.until(ANN, { verb: "get", group: "", resource: "nodes" }, false);
        await sweeper.close();
        await wide.front.stop();
      });
    });
  },
);
