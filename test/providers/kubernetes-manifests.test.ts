// Do the shipped manifests say what they promise? (parsed, compared with the fake's set-up, and the policy's CEL run)
import { readdirSync, readFileSync } from "node:fs";
import { evaluate } from "@marcbachmann/cel-js";
import { parse, parseAllDocuments } from "yaml";
import { afterEach, describe, expect, test } from "vitest";
import { SCHEMAS, type Kind } from "../../src/core/schemas.ts";
import { validator } from "../../src/core/validators.ts";
import { APPLIER_MANIFESTS, type Manifest } from "../../src/providers/kubernetes/fake/applier.ts";
import { RBAC, tokenOf } from "../../src/providers/kubernetes/fake/site.ts";
import { provider } from "../../src/providers/kubernetes/index.ts";
import type { Session } from "../../src/providers/provider.ts";
import { ANN, failure, openKubernetesBench, WINDOW, type Bench } from "../support/kubernetes-fake.ts";

const FOLDER = "src/providers/kubernetes/manifests";
const files = readdirSync(FOLDER).sort();
const read = (file: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(`${FOLDER}/${file}`, "utf8"), { strict: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
const rulesIn = (manifests: readonly Manifest[]) =>
  manifests.flatMap(
    ({ rules }) => (rules ?? []) as { resources: string[]; verbs: string[]; resourceNames?: string[] }[],
  );

test("every manifest is whole, and every object is named once", () => {
  expect(files).toEqual([
    "admission.yaml",
    "applier-cluster.yaml",
    "applier.yaml",
    "sweeper-cluster.yaml",
    "sweeper.yaml",
  ]);
  const names = files.flatMap(read).map(({ apiVersion, kind, metadata }) => {
    expect(apiVersion).toMatch(/^(v1|[a-z.0-9]+\/v1)$/);
    return `${kind} ${metadata.namespace ?? ""} ${metadata.name}`;
  });
  expect(new Set(names).size).toBe(names.length);
});

test("the applier of the fake, and so of the conformance suite, is the shipped one", () => {
  expect(APPLIER_MANIFESTS).toEqual(read("applier.yaml"));
});

test("F7: the applier never escalates, impersonates or binds what is not named; the sweeper makes and binds nothing", () => {
  const applier = rulesIn([...read("applier.yaml"), ...read("applier-cluster.yaml")]);
  const verbs = applier.flatMap((rule) => rule.verbs);
  for (const verb of ["*", "escalate", "impersonate", "patch", "deletecollection"])
    expect(verbs).not.toContain(verb);
  for (const rule of applier.filter(({ verbs: can }) => can.includes("bind")))
    expect(rule.resourceNames).toHaveLength(1);
  const sweeper = rulesIn([...read("sweeper.yaml"), ...read("sweeper-cluster.yaml")]);
  expect([...new Set(sweeper.flatMap((rule) => rule.verbs))].sort()).toEqual([
    "delete",
    "get",
    "list",
    "update",
  ]);
  expect([...new Set(sweeper.flatMap((rule) => rule.resources))].sort()).toEqual([
    "clusterrolebindings",
    "rolebindings",
  ]);
});

describe("access for the whole cluster, with the shipped manifests alone", () => {
  const nodes = { verb: "get", group: "", resource: "nodes" };
  let bench: Bench;
  afterEach(() => bench.close());

  /** Granted by the applier; the path of its binding, and a sweeper's session. */
  const granted = async (...sweeper: readonly string[]) => {
    bench = await openKubernetesBench(["applier.yaml", "applier-cluster.yaml", ...sweeper].flatMap(read));
    const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }];
    await bench.site.must("POST", `${RBAC}/clusterroles`, { metadata: { name: "nodes-reader" }, rules });
    const assignment = await bench.granted({ role: { clusterRole: "nodes-reader" } });
    const path = `${RBAC}/clusterrolebindings/${assignment.mark ?? ""}`;
    const session = await bench.connect({}, { token: await tokenOf(bench.site.must, "lapse-sweeper") });
    return { assignment, path, session };
  };
  const over = async (session: Session) => {
    const { complete, items } = await session.list();
    expect([complete, items.map(({ until }) => until)]).toEqual([true, [WINDOW.end]]);
    return items;
  };
  const can = () => bench.site.cluster.may(`oidc:${ANN}`, nodes);

  test("is ended by the sweeper, with a finalizer on it too, and not made by it", async () => {
    const { assignment, path, session } = await granted("sweeper.yaml", "sweeper-cluster.yaml");
    const { body } = await bench.site.must("GET", path);
    await bench.edit(path, { metadata: { ...body.metadata, finalizers: ["example.com/keep"] } });
    expect(await can()).toBe(true);
    for (const item of await over(session)) expect((await session.revoke(item)).state).toBe("absent");
    expect(await can()).toBe(false);
    expect((await bench.site.cluster.admin("GET", path)).status).toBe(404);
    expect(await failure(session.grant(assignment, WINDOW))).toMatchObject({ class: "forbidden" });
  });

  test("is not said to have ended by a sweeper that has only what it needs in namespaces", async () => {
    const { session } = await granted("sweeper.yaml");
    for (const item of await over(session))
      expect(await failure(session.revoke(item))).toMatchObject({ class: "forbidden" });
    expect(await can()).toBe(true);
  });

  test("has its way out named where it is let in", () => {
    for (const file of ["applier-cluster.yaml", "sweeper.yaml"])
      expect(readFileSync(`${FOLDER}/${file}`, "utf8")).toContain("sweeper-cluster.yaml");
  });
});

const connection = (spec: unknown) =>
  validator(
    "kubernetes:connection",
    provider.schemas.connection,
  )((spec as { connection: unknown }).connection);

test("the sweeper's configuration is mounted where the command looks for it, and is valid", () => {
  const manifests = read("sweeper.yaml");
  const config = manifests.find(({ kind }) => kind === "ConfigMap")?.["data"] as Readonly<
    Record<string, string>
  >;
  const text = JSON.stringify(manifests.find(({ kind }) => kind === "CronJob"));
  for (const [key, written] of Object.entries(config)) {
    const { kind, metadata } = parse(written) as Manifest;
    const path = kind === "Settings" ? "policies/lapse.yaml" : `policies/targets/${metadata.name}.yaml`;
    expect(text).toContain(JSON.stringify({ key, path }));
    expect(text).toContain("lapse -C /etc/lapse sweep --target prod-eu");
    expect(validator(kind, SCHEMAS[kind as Kind])(parse(written))).toEqual([]);
    if (kind === "Target") expect(connection((parse(written) as Manifest)["spec"])).toEqual([]);
  }
});

// ---- the admission policy ------------------------------------------------------------------------------------

const APPLIER = "system:serviceaccount:lapse:lapse-applier";
const OURS = { name: "lapse-ann-1-00c0ffee", labels: { "app.kubernetes.io/managed-by": "lapse" } };
const BARE = { name: "lapse-ann-1-00c0ffee" };
const THEIRS = { name: "team-a", labels: { app: "shop" } };
const HIDDEN = { name: "team-a", labels: { "app.kubernetes.io/managed-by": "lapse" } };

interface Policy {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly { readonly expression: string }[];
}

/** As the API server does it: variables in order, then every validation must be true. */
function admits(username: string, operation: string, was: object | null, is: object | null): boolean {
  const [policy] = read("admission.yaml");
  const { variables, validations } = policy?.["spec"] as Policy;
  const variable: Record<string, unknown> = {};
  const context = {
    request: { operation, userInfo: { username } },
    object: is && { metadata: is },
    oldObject: was && { metadata: was },
    variables: variable,
  };
  for (const { name, expression } of variables) variable[name] = evaluate(expression, context);
  return validations.every(({ expression }) => evaluate(expression, context) === true);
}

describe("the admission policy", () => {
  test.each([
    ["the applier makes a binding of ours", APPLIER, "CREATE", null, OURS, true],
    ["the applier changes one", APPLIER, "UPDATE", OURS, OURS, true],
    ["the applier empties one that lost its label", APPLIER, "UPDATE", BARE, BARE, true],
    ["the applier deletes one", APPLIER, "DELETE", OURS, null, true],
    ["the applier deletes one that lost its label", APPLIER, "DELETE", BARE, null, true],
    ["the sweeper deletes one", "system:serviceaccount:lapse:lapse-sweeper", "DELETE", OURS, null, true],
    ["the applier makes one without our label", APPLIER, "CREATE", null, BARE, false],
    ["the applier makes somebody else's", APPLIER, "CREATE", null, THEIRS, false],
    ["the applier changes somebody else's", APPLIER, "UPDATE", THEIRS, THEIRS, false],
    ["the applier deletes somebody else's", APPLIER, "DELETE", THEIRS, null, false],
    ["the applier takes somebody else's over", APPLIER, "UPDATE", THEIRS, HIDDEN, false],
    ["somebody makes a binding of his own", "ann", "CREATE", null, THEIRS, true],
    ["somebody deletes one of ours", "ann", "DELETE", OURS, null, true],
    ["somebody hides behind our label", "ann", "CREATE", null, HIDDEN, false],
    ["somebody hides behind our name", "ann", "CREATE", null, BARE, false],
    ["somebody puts our label on his own", "ann", "UPDATE", THEIRS, HIDDEN, false],
    ["somebody strips our label", "ann", "UPDATE", OURS, BARE, false],
    ["somebody edits one of ours", "system:masters-member", "UPDATE", OURS, OURS, false],
    [
      "the namespace's end takes ours with it",
      "system:serviceaccount:kube-system:namespace-controller",
      "UPDATE",
      OURS,
      OURS,
      true,
    ],
  ] as const)("%s", (_, user, operation, was, is, allowed) => {
    expect(admits(user, operation, was, is)).toBe(allowed);
  });
});
