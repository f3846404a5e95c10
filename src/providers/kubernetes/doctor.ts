// Can the applier do exactly what it must, and no more? (the API server is asked; nothing is written)
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { inTurns, namespacesOf, type Cluster } from "./cluster.ts";
import { findMarked } from "./marked.ts";
import type { Asked } from "./asks.ts";
import { mayI } from "./review.ts";
import { GROUP, type Binding } from "./written.ts";

interface Check extends Asked {
  /** For people: what the right is, or what could be done with it. */
  readonly words: string;
}

const rbac = (verb: string, resource: string, name?: string) => ({
  ...{ verb, group: GROUP, resource },
  ...(name !== undefined && { name }),
});
const core = (verb: string, resource: string) => ({ verb, group: "", resource });

/** Wherever Lapse grants. `bind` on each role is asked for when a request for it is resolved. */
const MUST: readonly Asked[] = ["create", "get", "list", "delete", "update"].map((verb) =>
  rbac(verb, "rolebindings"),
);
/** https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks */
const MUST_NOT: readonly Check[] = [
  { ...rbac("bind", "clusterroles", "cluster-admin"), words: "bind cluster-admin" },
  { ...rbac("bind", "clusterroles", "admin"), words: "bind admin" },
  { ...rbac("bind", "clusterroles"), words: "bind every ClusterRole: name them (resourceNames)" },
  { ...rbac("bind", "roles"), words: "bind every Role: name them (resourceNames)" },
  { ...rbac("escalate", "clusterroles"), words: "escalate ClusterRoles" },
  { ...rbac("escalate", "roles"), words: "escalate Roles" },
  { ...rbac("create", "clusterroles"), words: "make ClusterRoles" },
  { ...rbac("update", "clusterroles"), words: "change ClusterRoles" },
  { ...rbac("create", "roles"), words: "make Roles" },
  { ...rbac("update", "roles"), words: "change Roles" },
  { ...rbac("deletecollection", "rolebindings"), words: "delete all bindings at once" },
  { ...core("impersonate", "users"), words: "act as other users" },
  { ...core("impersonate", "groups"), words: "act as members of any group" },
  { ...core("impersonate", "serviceaccounts"), words: "act as service accounts" },
  { ...core("create", "serviceaccounts/token"), words: "mint tokens of service accounts" },
  { ...core("get", "secrets"), words: "read secrets" },
  { ...core("create", "pods"), words: "run pods" },
  {
    ...{ verb: "update", group: "admissionregistration.k8s.io", resource: "validatingadmissionpolicies" },
    words: "change the policy that guards its bindings",
  },
];
const EVERYTHING: Asked = { verb: "*", group: "*", resource: "*" };
const PROVE: Asked = { verb: "create", group: "authorization.k8s.io", resource: "subjectaccessreviews" };

export async function doctor(cluster: Cluster): Promise<readonly Finding[]> {
  const { marked, pretenders, complete } = await findMarked(cluster);
  const named = namespacesOf(cluster);
  const used = marked.flatMap(({ binding }) => binding.namespace ?? []);
  const places = named ?? [...new Set(used)].sort();
  const everything = await mayI(cluster, EVERYTHING);
  return [
    ...(complete ? [] : [unseen()]),
    ...(everything ? [almighty()] : await excess(cluster, places)),
    ...(await needs(cluster, places)),
    ...husks(marked.map(({ binding }) => binding).filter(({ subjects }) => subjects.length === 0)),
    ...pretending(pretenders),
  ];
}

const FIX = "apply src/providers/kubernetes/manifests/applier.yaml, with your namespaces and roles in it";

function unseen(): Finding {
  return error(
    "LPS430",
    "the applier cannot list all bindings, so access of ours may be hidden from it",
    FIX,
  );
}

function almighty(): Finding {
  return error("LPS431", "the applier can do everything on this cluster", FIX);
}

async function needs(cluster: Cluster, places: readonly string[]): Promise<readonly Finding[]> {
  const wanted = places.flatMap((namespace) => MUST.map((right) => ({ ...right, namespace })));
  const lacking = await denied(cluster, wanted);
  const proof = (await mayI(cluster, PROVE)) ? [] : ["ask who may do what (create subjectaccessreviews)"];
  const byPlace = places.flatMap((namespace) => {
    const verbs = lacking.filter((right) => right.namespace === namespace).map(({ verb }) => verb);
    return verbs.length === 0 ? [] : [`${verbs.join(", ")} rolebindings in ${namespace}`];
  });
  return [...byPlace, ...proof].map((words) => error("LPS430", `the applier cannot ${words}`, FIX));
}

async function denied<T extends Asked>(cluster: Cluster, rights: readonly T[]): Promise<readonly T[]> {
  const answers = await inTurns(rights, (right) => mayI(cluster, ask(right)));
  return rights.filter((_, i) => answers[i] !== true);
}

/** Without a namespace the question is about the whole cluster; within one it is asked where Lapse grants. */
async function excess(cluster: Cluster, places: readonly string[]): Promise<readonly Finding[]> {
  const checks = [undefined, ...places].flatMap((namespace) =>
    MUST_NOT.map((check) => ({ ...check, ...(namespace !== undefined && { namespace }) })),
  );
  const refused = new Set(await denied(cluster, checks));
  const words = checks.filter((check) => !refused.has(check)).map((check) => check.words);
  return [...new Set(words)].map((can) => error("LPS431", `the applier can ${can}`, FIX));
}

function ask({ verb, group, resource, name, namespace }: Asked): Asked {
  return {
    ...{ verb, group, resource },
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
  };
}

function husks(bindings: readonly Binding[]): readonly Finding[] {
  const held = bindings.filter(({ deleting }) => deleting).map(({ name }) => name);
  if (bindings.length === 0) return [];
  const fix =
    held.length > 0 ? `as an administrator, remove the finalizers of ${held.join(", ")}` : "lapse apply";
  return [warning("LPS433", `${bindings.length} binding(s) of Lapse's give nothing any more`, fix)];
}

function pretending(bindings: readonly Binding[]): readonly Finding[] {
  return bindings.map(({ name, namespace }) => {
    const place = namespace === undefined ? "" : ` in ${namespace}`;
    const fix = `find out who made it, then delete it; manifests/admission.yaml keeps others from using the label`;
    return error("LPS435", `the binding ${name}${place} has Lapse's label, and not its mark`, fix);
  });
}
