// Does the Kubernetes provider stay truthful and bounded when calls fail, and does its doctor see what is wrong?
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RBAC } from "../../src/providers/kubernetes/fake/site.ts";
import type { Session } from "../../src/providers/provider.ts";
import { ANN, failure, openKubernetesBench, status, WINDOW, type Bench } from "../support/kubernetes-fake.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await openKubernetesBench();
});
afterEach(() => bench.close());

const can = () => {
  const { cluster, namespace } = bench.site;
  return cluster.may(`oidc:${ANN}`, { verb: "get", group: "", resource: "pods", namespace });
};
const text = (words: string) => expect.stringContaining(words) as string;

describe("calls that fail", () => {
  // https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
  test.each([[{ "retry-after": "1" }], [{}]])(
    "`not now` %j is waited for within the bound on a call",
    async (headers) => {
      const assignment = await bench.granted();
      bench.site.front.fault({
        on: /^DELETE /,
        do: { is: "status", status: 429, headers, body: "Too many requests" },
      });
      expect((await bench.session.revoke(assignment)).state).toBe("absent");
      expect(await can()).toBe(false);
    },
  );

  test("`not now` for longer than the bound is throttled, and quickly so", async () => {
    const assignment = await bench.granted();
    const headers = { "retry-after": "3600" };
    bench.site.front.fault({ on: /^DELETE /, do: { is: "status", status: 429, headers }, times: Infinity });
    const started = performance.now();
    expect(await failure(bench.session.revoke(assignment))).toMatchObject({
      class: "throttled",
      retryable: true,
    });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  // A proxy's page and a path that is no API answer 404 as well.
  test.each([
    ["a page", { is: "status", status: 404, body: "<html>not found</html>" }],
    ["no such path", status(404, { reason: "NotFound", details: {} })],
    ["another object", status(404, { reason: "NotFound", details: { kind: "rolebindings", name: "other" } })],
    ["no right", status(403, { reason: "Forbidden" })],
    [
      "an empty object",
      { is: "status", status: 200, headers: { "content-type": "application/json" }, body: "{}" },
    ],
  ] as const)("%s where the binding should be does not mean that it is gone", async (_, answer) => {
    const assignment = await bench.granted();
    bench.site.front.fault({ on: /^GET .*\/rolebindings\/lapse-/, do: answer, times: Infinity });
    await failure(bench.session.observe([assignment]));
    await failure(bench.session.revoke(assignment));
    bench.site.front.heal();
    expect((await bench.session.observe([assignment]))[0]?.state).toBe("ours");
  });

  test.each(["before", "after"] as const)(
    "a connection that breaks %s the effect leaves one binding after the next try",
    async (effect) => {
      const assignment = await bench.session.resolve(bench.claim());
      bench.site.front.fault({ on: /^POST .*\/rolebindings/, do: { is: "reset", effect } });
      expect(await failure(bench.session.grant(assignment, WINDOW))).toMatchObject({ class: "transient" });
      await bench.session.grant(assignment, WINDOW);
      await bench.pause();
      expect((await bench.session.list()).items.map(({ key }) => key)).toEqual([assignment.key]);
      bench.site.front.fault({ on: /^DELETE /, do: { is: "reset", effect } });
      await failure(bench.session.revoke(assignment));
      expect((await bench.session.revoke(assignment)).state).toBe("absent");
      expect(await can()).toBe(false);
    },
  );

  test("a server that never answers is given up in time, whatever was asked", async () => {
    const assignment = await bench.granted();
    const short = await bench.connect({}, { timeout: 200 });
    bench.site.front.fault({ on: /./, do: { is: "hang", effect: "before" }, times: Infinity });
    const asked: readonly ((session: Session) => Promise<unknown>)[] = [
      (session) => session.resolve(bench.claim()),
      (session) => session.observe([assignment]),
      (session) => session.list(),
      (session) => session.grant(assignment, WINDOW),
      (session) => session.revoke(assignment),
      (session) => session.verify(assignment),
      (session) => session.doctor(),
    ];
    const started = performance.now();
    for (const ask of asked) expect(await failure(ask(short))).toMatchObject({ class: "transient" });
    expect(performance.now() - started).toBeLessThan(asked.length * 1_000);
  });

  test("a listing whose place was forgotten (410) begins anew; one that breaks off is not complete", async () => {
    await bench.granted();
    await bench.granted({ request: "ann-debug-2" });
    await bench.pause();
    bench.site.front.fault({ on: /continue=/, do: status(410, { reason: "Expired" }) });
    const whole = await bench.session.list();
    expect([whole.complete, whole.items.length]).toEqual([true, 2]);
    bench.site.front.fault({ on: /\/rolebindings\?.*continue=/, do: status(500), times: Infinity });
    const broken = await bench.session.list();
    expect([broken.complete, broken.items.length]).toEqual([false, 1]);
    bench.site.front.heal();
    bench.site.front.fault({
      on: /\/clusterrolebindings\?/,
      do: status(403, { reason: "Forbidden" }),
      times: Infinity,
    });
    expect(await bench.session.list()).toMatchObject({ complete: false, items: [{}, {}] });
  });

  test("what an authorizer still remembers is sent, and not said to be gone", async () => {
    const assignment = await bench.granted();
    const { mark } = assignment;
    const reason = `RBAC: allowed by RoleBinding "${mark}/${bench.site.namespace}" of ClusterRole "x" to User "y"`;
    const body = JSON.stringify({ kind: "SubjectAccessReview", spec: {}, status: { allowed: true, reason } });
    const headers = { "content-type": "application/json" };
    bench.site.front.fault({
      on: /subjectaccessreviews$/,
      do: { is: "status", status: 201, headers, body },
      times: Infinity,
    });
    expect((await bench.session.revoke(assignment)).state).toBe("sent");
    bench.site.front.heal();
    expect((await bench.session.revoke(assignment)).state).toBe("absent");
  });

  test("what lets in without RBAC is named by the server's words", async () => {
    const assignment = await bench.session.resolve(bench.claim());
    const reason = "access granted by IAM permissions.\u001b[31m";
    const body = JSON.stringify({ kind: "SubjectAccessReview", spec: {}, status: { allowed: true, reason } });
    const headers = { "content-type": "application/json" };
    bench.site.front.fault({
      on: /subjectaccessreviews$/,
      do: { is: "status", status: 201, headers, body },
      times: Infinity,
    });
    expect(await bench.session.verify(assignment)).toEqual({
      ...{ allowed: true, standing: true, via: ["access granted by IAM permissions.?[31m"] },
    });
  });

  test("a refusal of an admission policy is one of policy; the vendor's words stay in the cause", async () => {
    const assignment = await bench.session.resolve(bench.claim());
    const message = "ValidatingAdmissionPolicy 'x' with binding 'x' denied request: no bindings on Fridays";
    bench.site.front.fault({ on: /^POST .*\/rolebindings/, do: status(422, { reason: "Invalid", message }) });
    const error = await failure(bench.session.grant(assignment, WINDOW));
    expect(error).toMatchObject({ class: "denied-by-policy", vendorCode: "422 Invalid" });
    expect(error.message).not.toContain("Fridays");
  });
});

describe("a mark that somebody spoiled", () => {
  const spoil = async (mark: string | undefined, subjects?: readonly object[]) => {
    const path = bench.site.binding(mark);
    const { metadata } = (await bench.site.must("GET", path)).body;
    const annotations = { ...(metadata?.["annotations"] as object), "lapse.dev/target": undefined };
    await bench.edit(path, { metadata: { ...metadata, annotations }, ...(subjects && { subjects }) });
  };

  // The label says that it is ours, and nothing says for which request: what is left of it cannot be listed.
  test("and that still gives access makes the list incomplete; the rest is listed, and the doctor names it", async () => {
    const spoiled = await bench.granted();
    const whole = await bench.granted({ request: "ann-debug-2" });
    await spoil(spoiled.mark);
    const { items, complete } = await bench.session.list();
    expect([complete, items.map(({ key }) => key)]).toEqual([false, [whole.key]]);
    expect((await bench.session.doctor()).map(({ code, message }) => [code, message])).toEqual([
      ["LPS435", text(String(spoiled.mark))],
    ]);
    const nobody = { ...spoiled, principal: { user: "" } };
    expect(await failure(bench.session.revoke(nobody))).toMatchObject({ class: "conflict" });
    await bench.session.revoke(spoiled);
    await bench.pause();
    expect(await bench.session.observe([spoiled])).toEqual([{ state: "absent" }]);
    expect((await bench.session.list()).complete).toBe(true);
  });

  test("and that gives nothing leaves it complete", async () => {
    const { mark } = await bench.granted();
    await spoil(mark, []);
    expect(await bench.session.list()).toEqual({ items: [], complete: true });
  });
});

describe("the doctor", () => {
  const said = async (session = bench.session) =>
    (await session.doctor()).map(({ code, message }) => `${code} ${message}`);

  test("has nothing to say about the shipped set-up", async () => {
    await bench.granted();
    expect(await said()).toEqual([]);
    expect(await said(await bench.connect({ namespaces: [bench.site.namespace] }))).toEqual([]);
  });

  test("sees an applier that can do everything", async () => {
    await bench.site.must("POST", `${RBAC}/clusterroles`, {
      metadata: { name: "cluster-admin" },
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
    });
    await bench.site.must("POST", `${RBAC}/clusterrolebindings`, {
      metadata: { name: "careless" },
      subjects: [{ kind: "ServiceAccount", name: "lapse-applier", namespace: "lapse" }],
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
    });
    await bench.pause();
    expect(await said()).toEqual([text("LPS431 the applier can do everything")]);
  });

  test.each([
    [["clusterroles"], ["bind"], "bind cluster-admin"],
    [["clusterroles"], ["escalate"], "escalate ClusterRoles"],
    [["rolebindings"], ["deletecollection"], "delete all bindings at once"],
  ])("sees one that can too much: %j %j", async (resources, verbs, words) => {
    const path = `${RBAC}/namespaces/${bench.site.namespace}/roles/lapse:applier`;
    const { body } = await bench.site.must("GET", path);
    const more = { apiGroups: ["rbac.authorization.k8s.io"], resources, verbs };
    await bench.edit(path, { rules: [...(body["rules"] as object[]), more] });
    const session = await bench.connect({ namespaces: [bench.site.namespace] });
    expect(await said(session)).toContainEqual(`LPS431 the applier can ${words}`);
  });

  test("sees one that can too little", async () => {
    const path = `${RBAC}/namespaces/${bench.site.namespace}/roles/lapse:applier`;
    const { body } = await bench.site.must("GET", path);
    await bench.edit(path, { rules: (body["rules"] as object[]).slice(1) });
    await bench.edit(`${RBAC}/clusterroles/lapse:applier-reads`, {
      rules: [
        { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings"], verbs: ["get", "list"] },
      ],
    });
    const found = await said(await bench.connect({ namespaces: [bench.site.namespace] }));
    expect(found).toContainEqual(text("LPS430 the applier cannot create, delete, update rolebindings"));
    expect(found).toContainEqual(text("subjectaccessreviews"));
  });

  test("sees who copied our label, and what gives nothing; neither is listed, and only the latter is cleaned up", async () => {
    const assignment = await bench.granted();
    const { body } = await bench.site.must("GET", bench.site.binding(assignment.mark));
    const { labels, annotations }: Readonly<Record<string, unknown>> = body.metadata ?? {};
    const copy = { name: "backdoor", labels, annotations };
    await bench.bind("backdoor", bench.site.clusterRole, { metadata: copy });
    await bench.edit(bench.site.binding(assignment.mark), { subjects: [] });
    expect(await said()).toEqual([text("LPS433 1 binding(s)"), text("LPS435 the binding backdoor")]);
    expect(await bench.session.list()).toEqual({ items: [], complete: false });
    expect((await bench.session.observe([assignment]))[0]?.state).toBe("tombstone");
    expect(await bench.session.cleanup()).toEqual([`removed the binding ${String(assignment.mark)}`]);
    await bench.pause();
    expect(await bench.session.cleanup()).toEqual([]);
    expect((await bench.site.must("GET", bench.site.binding("backdoor"))).status).toBe(200);
  });
});
