// What does the API server say about who may do what?
import {
  V1NonResourceAttributes,
  V1ResourceAttributes,
  V1SelfSubjectAccessReview,
  V1SelfSubjectAccessReviewSpec,
  V1SubjectAccessReview,
  V1SubjectAccessReviewSpec,
  type V1SubjectAccessReviewStatus,
} from "@kubernetes/client-node";
import { ProviderError } from "../provider.ts";
import type { Ask, Asked } from "./asks.ts";
import { made, type Cluster } from "./cluster.ts";
import type { Place } from "./written.ts";

export interface Answer {
  readonly allowed: boolean;
  /** The binding that lets in, where RBAC does and says so. */
  readonly by?: Place;
  /** What else lets in: the server's own words, cut short. */
  readonly said: string;
}

/** `RBAC: allowed by RoleBinding "name/namespace" of ClusterRole "debug" to User "ann"`, the names as Go quotes them. */
const BINDING = /^RBAC: allowed by (ClusterRoleBinding|RoleBinding) "((?:[^"\\]|\\.)*)"/;
const SHORT = 120;
/** Whoever has logged in is in it. https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
const EVERYBODY = "system:authenticated";

/** Groups that every subject of this target is in: the API server does not know them without a login. */
export function groupsOf({ connection }: Pick<Cluster, "connection">): readonly string[] {
  const groups = connection["groups"];
  return [EVERYBODY, ...(Array.isArray(groups) ? groups.filter((one) => typeof one === "string") : [])];
}

export async function reviewOf(cluster: Cluster, user: string, { about }: Ask): Promise<Answer> {
  const asked =
    "path" in about
      ? { nonResourceAttributes: made(V1NonResourceAttributes, about) }
      : { resourceAttributes: attributesOf(about) };
  const spec = made(V1SubjectAccessReviewSpec, { ...asked, user, groups: [...groupsOf(cluster)] });
  const body = made(V1SubjectAccessReview, { spec });
  const review = await cluster.read("say who may do what", (options) =>
    cluster.authorization.createSubjectAccessReview({ body }, options),
  );
  return answerOf(review.status);
}

/** May the applier itself do this? */
export async function mayI(cluster: Cluster, about: Asked): Promise<boolean> {
  const spec = made(V1SelfSubjectAccessReviewSpec, { resourceAttributes: attributesOf(about) });
  const body = made(V1SelfSubjectAccessReview, { spec });
  const review = await cluster.read("say what the applier may do", (options) =>
    cluster.authorization.createSelfSubjectAccessReview({ body }, options),
  );
  return answerOf(review.status).allowed;
}

function attributesOf({ resource: full, ...rest }: Asked): V1ResourceAttributes {
  const [resource = "", subresource] = full.split("/");
  return made(V1ResourceAttributes, { ...rest, resource, ...(subresource !== undefined && { subresource }) });
}

function answerOf(status: V1SubjectAccessReviewStatus | undefined): Answer {
  if (typeof status?.allowed !== "boolean")
    throw new ProviderError("transient", "Kubernetes answered something that is no review", {
      vendorCode: "none",
    });
  const reason = status.reason ?? "";
  const [, kind, quoted = ""] = BINDING.exec(reason) ?? [];
  const allowed = status.allowed && status.denied !== true;
  const said = reason.replace(/[^\x20-\x7e]/g, "?").slice(0, SHORT);
  return { allowed, said, ...(kind !== undefined && { by: placeOf(kind, quoted) }) };
}

/** Names of bindings cannot hold a slash, so the last one parts name and namespace. */
function placeOf(kind: string, quoted: string): Place {
  const name = unquote(quoted);
  const cut = name.lastIndexOf("/");
  if (kind === "ClusterRoleBinding" || cut === -1) return { name };
  return { name: name.slice(0, cut), namespace: name.slice(cut + 1) };
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(`"${quoted}"`) as string;
  } catch {
    return quoted;
  }
}
