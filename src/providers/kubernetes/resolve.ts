// Who and what does a claim mean on this cluster, and may it be granted at all?
import type { Assignment, Claim, JsonObject } from "../../core/model.ts";
import { ProviderError, type ErrorClass } from "../provider.ts";
import { word } from "../schema.ts";
import { assignmentOf, type Granted } from "./assignment.ts";
import { refusals } from "./catalogue.ts";
import { namespacesOf, type Cluster } from "./cluster.ts";
import { bindingName, lint, reserved, userOf } from "./names.ts";
import type { Asked } from "./asks.ts";
import { mayI } from "./review.ts";
import { readRules } from "./role.ts";
import { hashOf } from "./rules.ts";
import { GROUP } from "./written.ts";

function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/** Throws malformed, role-missing, target-missing, forbidden or denied-by-policy. Kubernetes keeps no users, so none is missing. */
export async function resolve(cluster: Cluster, claim: Claim): Promise<Assignment> {
  const wanted = wantedBy(cluster, claim);
  const { place, roleRef } = wanted;
  if (place.namespace !== undefined) await isAlive(cluster, place.namespace);
  const rules = await readRules(cluster, wanted);
  const named = `the ${roleRef.kind} ${roleRef.name}`;
  if (rules.length === 0) refuse("role-missing", `${named} has no rules: bound it gives nothing`);
  const bad = refusals(rules, place.namespace);
  if (bad.length > 0) refuse("denied-by-policy", `who has ${named} ${bad.join("; ")}`, "self-perpetuating");
  await canServe(cluster, wanted);
  return assignmentOf({ ...wanted, rules: hashOf(rules) }, claim);
}

function wantedBy({ connection }: Cluster, claim: Claim): Omit<Granted, "rules"> {
  const { owner, target, request, role } = claim;
  const user = userOf(connection, claim.identity);
  const wrong = lint(claim) ?? reserved(user);
  if (wrong !== undefined) refuse("malformed", wrong);
  const namespace = word(role["namespace"]);
  const allowed = namespacesOf({ connection });
  if (allowed?.includes(namespace) === false)
    refuse("denied-by-policy", `the target's connection does not name ${namespace || "the whole cluster"}`);
  const name = bindingName({ owner, target, request });
  const place = { name, ...(namespace !== "" && { namespace }) };
  return { owner, target, request, user, roleRef: roleRefOf(role), place };
}

function roleRefOf({ clusterRole, role }: JsonObject): Granted["roleRef"] {
  return clusterRole === undefined
    ? { kind: "Role", name: word(role) }
    : { kind: "ClusterRole", name: word(clusterRole) };
}

/** An applier that may not read namespaces learns of a missing one by having no rights in it. */
async function isAlive(cluster: Cluster, name: string): Promise<void> {
  try {
    const found = await cluster.read(`show the namespace ${name}`, (options) =>
      cluster.core.readNamespace({ name }, options),
    );
    if (found.status?.phase === "Terminating")
      refuse("target-missing", `the namespace ${name} is being deleted`, "Terminating");
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && thrown.class === "forbidden")) throw thrown;
  }
}

/** What cannot be taken away and proved is not given: each right is asked for by itself, so that the fix names it. */
async function canServe(cluster: Cluster, { place, roleRef }: Omit<Granted, "rules">): Promise<void> {
  const { namespace } = place;
  const where = namespace === undefined ? {} : { namespace };
  const resource = namespace === undefined ? "clusterrolebindings" : "rolebindings";
  const bound = roleRef.kind === "ClusterRole" ? "clusterroles" : "roles";
  const needed: readonly Asked[] = [
    ...["create", "get", "list", "delete"].map((verb) => ({ verb, group: GROUP, resource, ...where })),
    { verb: "bind", group: GROUP, resource: bound, name: roleRef.name, ...where },
    { verb: "create", group: "authorization.k8s.io", resource: "subjectaccessreviews" },
  ];
  const has = await Promise.all(needed.map((right) => mayI(cluster, right)));
  const lacking = needed.filter((_, i) => has[i] !== true);
  if (lacking.length === 0) return;
  const words = lacking.map((right) => `${right.verb} ${right.resource} ${right.name ?? ""}`.trim());
  const inPlace = namespace === undefined ? "in the whole cluster" : `in the namespace ${namespace}`;
  refuse(
    "forbidden",
    `the applier may not ${words.join(", ")} ${inPlace}: give it that (manifests/applier.yaml) if the place is there`,
    "lacks-rights",
  );
}
