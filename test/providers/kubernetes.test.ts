// Does the Kubernetes provider hold where the API server, its administrators and its subjects make trouble?
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/model.ts";
import { refusals } from "../../src/providers/kubernetes/catalogue.ts";
import { RBAC } from "../../src/providers/kubernetes/fake/site.ts";
import { provider } from "../../src/providers/kubernetes/index.ts";
import { ANN, failure, openKubernetesBench, status, WINDOW, type Bench } from "../support/kubernetes-fake.ts";

const READ_PODS = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
let bench: Bench;
beforeEach(async () => {
  bench = await openKubernetesBench();
});
afterEach(() => bench.close());

const can = () =>
  bench.site.cluster.may(`oidc:${ANN}`, {
    verb: "get",
    group: "",
    resource: "pods",
    namespace: bench.site.namespace,
  });

describe("what is written", () => {
  // An e-mail is no label: 422. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
  test("labels hold ids and hashes, annotations the rest; the user is rendered by the target's template", async () => {
    const { mark } = await bench.granted({ request: "Ann@Acme ümlaut" });
    const { body } = await bench.site.must("GET", bench.site.binding(mark));
    expect(mark).toMatch(/^lapse-[0-9a-f]{40}$/);
    for (const label of Object.values(body.metadata?.["labels"] as object))
      expect(label).toMatch(/^[A-Za-z0-9._-]{1,63}$/);
    expect(body.metadata?.["annotations"]).toMatchObject({
      "lapse.dev/request": "Ann@Acme ümlaut",
      "lapse.dev/subject": `oidc:${ANN}`,
      "lapse.dev/until": "2026-11-23T10:00:00Z",
    });
    expect(body.subjects).toEqual([
      { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: `oidc:${ANN}` },
    ]);
  });

  test("two requests, owners or targets never share a name", async () => {
    const names = new Set<unknown>();
    for (const more of [{}, { request: "ann-debug-2" }, { owner: "other" }, { target: "prod-us" }])
      names.add((await bench.session.resolve(bench.claim(more))).mark);
    expect(names.size).toBe(4);
  });

  test("the end in the mark is listed, follows a later grant, and is left out when somebody spoils it", async () => {
    const assignment = await bench.granted();
    const end = (WINDOW.end + 60_000) as typeof WINDOW.end;
    await bench.session.grant(assignment, { ...WINDOW, end });
    await bench.pause();
    expect((await bench.session.list()).items).toMatchObject([{ key: assignment.key, until: end }]);
    const path = bench.site.binding(assignment.mark);
    const { body } = await bench.site.must("GET", path);
    const annotations = { ...(body.metadata?.["annotations"] as object), "lapse.dev/until": "for ever" };
    await bench.edit(path, { metadata: { ...body.metadata, annotations } });
    const [item] = (await bench.session.list()).items;
    expect([item?.mark, item && "until" in item]).toEqual([assignment.mark, false]);
  });
});

describe("roles", () => {
  // https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
  test.each([
    ["rbac.authorization.k8s.io", "rolebindings", "create"],
    ["rbac.authorization.k8s.io", "roles", "escalate"],
    ["rbac.authorization.k8s.io", "clusterroles", "bind"],
    ["", "serviceaccounts", "impersonate"],
    ["", "serviceaccounts/token", "create"],
    ["", "secrets", "list"],
    ["", "secrets", "patch"],
    ["", "secrets", "update"],
    ["", "*", "get"],
    ["*", "*", "*"],
    ["certificates.k8s.io", "certificatesigningrequests/approval", "update"],
    ["admissionregistration.k8s.io", "validatingadmissionpolicies", "delete"],
    ["", "nodes/proxy", "get"],
    ["apiregistration.k8s.io", "apiservices", "create"],
    ["apiregistration.k8s.io", "apiservices", "update"],
    ["apiregistration.k8s.io", "apiservices", "patch"],
  ])("a role with %s/%s %s makes access that does not end, and is refused", async (group, resource, verb) => {
    await bench.makeRole("strong", [{ apiGroups: [group], resources: [resource], verbs: [verb] }]);
    const role = { clusterRole: "strong", namespace: bench.site.namespace };
    expect(await failure(bench.session.resolve(bench.claim({ role })))).toMatchObject({
      class: "denied-by-policy",
    });
  });

  test.each([
    ["pods/exec", "create", undefined],
    ["pods", "create", undefined],
    ["secrets", "get", "one-by-name"],
    ["secrets", "patch", "one-by-name"],
    ["configmaps", "update", undefined],
  ])("a role with %s %s (%s) is what people ask for, and is lent", async (resource, verb, name) => {
    const resourceNames = name === undefined ? {} : { resourceNames: [name] };
    await bench.makeRole("useful", [
      { apiGroups: [""], resources: [resource], verbs: [verb], ...resourceNames },
    ]);
    const role = { clusterRole: "useful", namespace: bench.site.namespace };
    await bench.granted({ role });
  });

  // On EKS the ConfigMap aws-auth says who is whom. https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html
  test("settings may be written anywhere but among those of the cluster itself", () => {
    const rule = { verbs: ["update"], groups: [""], resources: ["configmaps"], names: [], paths: [] };
    expect(refusals([rule], "payments")).toEqual([]);
    expect([refusals([rule], "kube-system").length, refusals([rule], undefined).length]).toEqual([1, 1]);
  });

  test("what was widened between resolve and grant is not granted", async () => {
    const assignment = await bench.session.resolve(bench.claim());
    await bench.edit(`${RBAC}/clusterroles/${bench.site.clusterRole}`, {
      rules: [{ ...READ_PODS, verbs: ["*"] }],
    });
    expect(await failure(bench.session.grant(assignment, WINDOW))).toMatchObject({
      class: "denied-by-policy",
    });
    expect(await bench.session.observe([assignment])).toEqual([{ state: "absent" }]);
  });

  test("what was widened after the grant is shown; the same rules in another order are the same", async () => {
    const assignment = await bench.granted();
    const path = `${RBAC}/clusterroles/${bench.site.clusterRole}`;
    const { body } = await bench.site.must("GET", path);
    await bench.edit(path, { rules: [...(body["rules"] as object[])].reverse() });
    expect((await bench.session.observe([assignment]))[0]).not.toHaveProperty("drift");
    await bench.edit(path, { rules: [{ ...READ_PODS, verbs: ["*"] }] });
    expect((await bench.session.observe([assignment]))[0]).toMatchObject({
      drift: expect.stringContaining("rules") as string,
    });
  });

  test("a Role is bound in its namespace; a ClusterRole for the whole cluster only by an applier that may", async () => {
    await bench.makeRole("local", [READ_PODS], bench.site.namespace);
    await bench.granted({ role: { role: "local", namespace: bench.site.namespace } });
    expect(await can()).toBe(true);
    const wide = bench.session.resolve(bench.claim({ role: { clusterRole: bench.site.clusterRole } }));
    expect(await failure(wide)).toMatchObject({
      class: "forbidden",
      message: expect.stringContaining("whole cluster") as string,
    });
  });

  test("without `bind` nothing is resolved; taken away in between, the escalation guard's refusal is understood", async () => {
    const assignment = await bench.session.resolve(bench.claim());
    const path = `${RBAC}/namespaces/${bench.site.namespace}/roles/lapse:applier`;
    const { body } = await bench.site.must("GET", path);
    await bench.edit(path, { rules: (body["rules"] as object[]).slice(0, 2) });
    expect(await failure(bench.session.grant(assignment, WINDOW))).toMatchObject({
      ...{ class: "forbidden", message: expect.stringContaining("`bind`") as string },
    });
    expect(await failure(bench.session.resolve(bench.claim({ request: "next" })))).toMatchObject({
      ...{
        class: "forbidden",
        message: expect.stringContaining(`bind clusterroles ${bench.site.clusterRole}`) as string,
      },
    });
  });

  test("an applier that could not take it away is not let give it", async () => {
    const path = `${RBAC}/namespaces/${bench.site.namespace}/roles/lapse:applier`;
    const { body } = await bench.site.must("GET", path);
    const [bindings, ...rest] = body["rules"] as { verbs: string[] }[];
    const verbs = bindings?.verbs.filter((verb) => verb !== "delete");
    await bench.edit(path, { rules: [{ ...bindings, verbs }, ...rest] });
    expect((await failure(bench.session.resolve(bench.claim()))).message).toContain("delete rolebindings");
  });
});

describe("places", () => {
  test("a namespace that is being deleted takes nothing new, seen early and late", async () => {
    const assignment = await bench.session.resolve(bench.claim());
    await bench.edit(`/api/v1/namespaces/${bench.site.namespace}`, { status: { phase: "Terminating" } });
    expect(await failure(bench.session.grant(assignment, WINDOW))).toMatchObject({ class: "target-missing" });
    expect(await failure(bench.session.resolve(bench.claim({ request: "next" })))).toMatchObject({
      class: "target-missing",
    });
  });

  test("a connection that names namespaces allows no other, and no whole cluster", async () => {
    const session = await bench.connect({ namespaces: ["elsewhere"] });
    expect(await failure(session.resolve(bench.claim()))).toMatchObject({ class: "denied-by-policy" });
    const narrow = await bench.connect({ namespaces: [bench.site.namespace] });
    const wide = bench.claim({ role: { clusterRole: bench.site.clusterRole } });
    expect(await failure(narrow.resolve(wide))).toMatchObject({ class: "denied-by-policy" });
    await narrow.grant(await narrow.resolve(bench.claim()), WINDOW);
    expect(await narrow.list()).toMatchObject({ complete: true, items: [{ target: "prod-eu" }] });
  });

  test("an address that is no API server, a wrong token and an unknown certificate are told apart", async () => {
    const claim = bench.claim();
    const nowhere = await bench.connect({ server: `${bench.site.front.url}/k8s/none` });
    expect(await failure(nowhere.resolve(claim))).toMatchObject({ class: "target-missing" });
    const stranger = await bench.connect({}, { token: "wrong" });
    expect(await failure(stranger.resolve(claim))).toMatchObject({
      class: "forbidden",
      message: expect.stringContaining("token") as string,
    });
    const { server = "", tokenEnv = "" } = bench.site.connection;
    const connection = { server, tokenEnv };
    const options = { owner: bench.site.owner, secret: bench.site.secret, timeout: 2_000 };
    const untrusted = await provider.connect(connection, options);
    expect(await failure(untrusted.resolve(claim))).toMatchObject({
      class: "forbidden",
      message: expect.stringContaining("certificate") as string,
    });
    const unset = provider.connect({ ...connection, tokenEnv: "UNSET" }, options);
    expect(await failure(unset)).toMatchObject({
      kind: "misconfigured",
      message: expect.stringContaining("UNSET") as string,
    });
  });
});

describe("ends", () => {
  // A finalizer keeps a deleted binding, and it goes on giving access: observed on a real API server.
  test("a finalizer keeps neither the binding nor the access", async () => {
    const assignment = await bench.granted();
    const path = bench.site.binding(assignment.mark);
    const { body } = await bench.site.must("GET", path);
    await bench.edit(path, { metadata: { ...body.metadata, finalizers: ["example.com/keep"] } });
    await bench.site.must("DELETE", path);
    expect(await can()).toBe(true);
    expect((await bench.session.observe([assignment]))[0]).toMatchObject({
      state: "ours",
      drift: expect.stringContaining("example.com/keep") as string,
    });
    expect((await bench.session.revoke(assignment)).state).toBe("absent");
    expect(await can()).toBe(false);
    expect((await bench.site.cluster.admin("GET", path)).status).toBe(404);
  });

  test("D15: one that was replaced while it was deleted (409 on its uid) is looked at again", async () => {
    const assignment = await bench.granted();
    const reason = {
      reason: "Conflict",
      message: "Precondition failed: UID in precondition: 1, UID in object meta: 2",
    };
    bench.site.front.fault({ on: /^DELETE /, do: status(409, reason) });
    expect((await bench.session.revoke(assignment)).state).toBe("absent");
    expect(await can()).toBe(false);
  });

  test("one that is changed again and again is never said to be gone", async () => {
    const assignment = await bench.granted();
    bench.site.front.fault({ on: /^DELETE /, do: status(409, { reason: "Conflict" }), times: Infinity });
    expect(await failure(bench.session.revoke(assignment))).toMatchObject({
      class: "conflict",
      retryable: true,
    });
    expect(await can()).toBe(true);
  });

  test("stripped and with somebody else in it, only the subject is taken out, and that is said", async () => {
    const assignment = await bench.granted();
    const path = bench.site.binding(assignment.mark);
    const { body } = await bench.site.must("GET", path);
    const bob = { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "oidc:bob" };
    await bench.edit(path, {
      metadata: { ...body.metadata, labels: {}, annotations: {} },
      subjects: [...(body.subjects ?? []), bob],
    });
    const { residue } = await bench.session.revoke(assignment);
    expect(residue.join("; ")).toContain("only the subject was taken out");
    expect(await can()).toBe(false);
    expect((await bench.site.must("GET", path)).body.subjects).toEqual([bob]);
  });

  test("D20: what remains of the role by another way is said, and so is what outlives it", async () => {
    await bench.makeRole("reader", [{ ...READ_PODS, verbs: ["get", "list", "watch"] }]);
    await bench.bind("standing-reader", "reader");
    const assignment = await bench.session.resolve(bench.claim());
    expect(await bench.session.verify(assignment)).toMatchObject({ allowed: false, standing: false });
    await bench.session.grant(assignment, WINDOW);
    const { state, residue } = await bench.session.revoke(assignment);
    expect(state).toBe("absent");
    expect(residue).toEqual(
      expect.arrayContaining([
        "still allowed: get pods, by RoleBinding standing-reader",
        expect.stringContaining("session in a pod"),
      ]),
    );
  });

  // Whoever may edit a binding may empty what the mark says of its subject.
  test.each([
    ["nobody, in a mark of ours", { kind: "User", apiGroup: "rbac.authorization.k8s.io" }],
    ["nobody, and bound to a service account", { kind: "ServiceAccount", namespace: "default" }],
  ])("one that says it was made for %s is listed, and what is listed can be ended", async (_, subject) => {
    const assignment = await bench.granted();
    const path = bench.site.binding(assignment.mark);
    const { body } = await bench.site.must("GET", path);
    const annotations = { ...(body.metadata?.["annotations"] as object), "lapse.dev/subject": "" };
    const subjects = [{ ...subject, name: `oidc:${ANN}` }];
    await bench.edit(path, { metadata: { ...body.metadata, annotations }, subjects });
    const [item] = (await bench.session.list()).items;
    if (!item) throw new Error("it is not listed");
    expect(item.principal).toEqual({ user: `oidc:${ANN}` });
    expect((await bench.session.revoke(item)).state).toBe("absent");
    expect((await bench.site.cluster.admin("GET", path)).status).toBe(404);
    expect(await can()).toBe(false);
  });

  test("without a subject in the assignment it is ended by its mark, and granted to nobody", async () => {
    const assignment = { ...(await bench.granted()), principal: { user: "" } };
    expect(await failure(bench.session.grant(assignment, WINDOW))).toMatchObject({ class: "malformed" });
    expect((await bench.session.observe([assignment]))[0]?.state).toBe("ours");
    expect((await bench.session.revoke(assignment)).state).toBe("absent");
    expect(await can()).toBe(false);
  });

  test("after its role is gone the binding is ended all the same", async () => {
    const assignment = await bench.granted();
    await bench.site.must("DELETE", `${RBAC}/clusterroles/${bench.site.clusterRole}`);
    await bench.pause();
    expect((await bench.session.observe([assignment]))[0]).toMatchObject({
      drift: expect.stringContaining("gone") as string,
    });
    expect((await bench.session.revoke(assignment)).state).toBe("absent");
    expect((await bench.site.cluster.admin("GET", bench.site.binding(assignment.mark))).status).toBe(404);
  });
});

describe("ways in", () => {
  // The API server knows a user's groups only from his login.
  test("a group that the connection names lets in as standing access", async () => {
    const subjects = [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "oidc:engineers" }];
    await bench.bind("everybody", bench.site.clusterRole, { subjects });
    const assignment = await bench.session.resolve(bench.claim());
    expect(await bench.session.verify(assignment)).toEqual({ allowed: false, standing: false, via: [] });
    const knowing = await bench.connect({ groups: ["oidc:engineers"] });
    expect(await knowing.verify(assignment)).toEqual({
      allowed: true,
      standing: true,
      via: ["RoleBinding everybody"],
    });
  });

  test("a binding for the whole cluster that is Lapse's own is no standing access", async () => {
    const reads = `${RBAC}/clusterroles/lapse:applier-reads`;
    const { body } = await bench.site.must("GET", reads);
    const rules = [
      {
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["clusterrolebindings"],
        verbs: ["create", "update", "delete"],
      },
      {
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["clusterroles"],
        resourceNames: [bench.site.clusterRole],
        verbs: ["bind"],
      },
    ];
    await bench.edit(reads, { rules: [...(body["rules"] as object[]), ...rules] });
    const wide = await bench.granted({ request: "wide", role: { clusterRole: bench.site.clusterRole } });
    const assignment = await bench.session.resolve(bench.claim());
    expect(await bench.session.verify(assignment)).toEqual({
      allowed: true,
      standing: false,
      via: [wide.mark],
    });
    expect((await bench.session.revoke(wide)).state).toBe("absent");
    expect(await can()).toBe(false);
  });
});

test.each([
  [{ identity: "system:admin" }, "reserved"],
  [{ identity: "" }, "no name"],
  [{ role: { clusterRole: "cluster-admin" } }, "cluster-admin"],
  [{ role: { clusterRole: "system:node", namespace: "a" } }, "system:node"],
  [{ role: { clusterRole: "a", role: "b", namespace: "a" } }, "either"],
  [{ role: { role: "b" } }, "namespace"],
  [{ role: { clusterRole: "debug", namespace: "a" } }, undefined],
] as readonly [{ identity?: string; role?: JsonObject }, string | undefined][])(
  "offline, %j is judged",
  (more, words) => {
    const wrong = provider.lint({ identity: ANN, role: { clusterRole: "debug" }, scope: {}, ...more });
    if (words === undefined) expect(wrong).toBeUndefined();
    else expect(wrong).toContain(words);
  },
);

test("a template cannot render a reserved user", async () => {
  const connection = { ...bench.site.connection, subject: "system:serviceaccount:{identity}" };
  const session = await bench.connect({ subject: connection.subject });
  expect(await failure(session.resolve(bench.claim({ connection })))).toMatchObject({ class: "malformed" });
});
