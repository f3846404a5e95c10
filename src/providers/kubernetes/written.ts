// What does a binding look like on the wire? (RoleBinding and ClusterRoleBinding in one shape)
import {
  RbacV1Subject,
  V1ObjectMeta,
  V1RoleRef,
  type V1ClusterRoleBinding,
  type V1RoleBinding,
} from "@kubernetes/client-node";
import { ProviderError } from "../provider.ts";
import { made } from "./cluster.ts";

export const GROUP = "rbac.authorization.k8s.io";

/** Without a namespace it is bound for the whole cluster. */
export interface Place {
  readonly name: string;
  readonly namespace?: string;
}

export interface Subject {
  readonly kind: string;
  readonly name: string;
}

export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

export interface Binding extends Place {
  readonly uid: string;
  /** Changes with every write: what a PUT may replace. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  /** Deleted, and kept by finalizers: it goes on giving access. */
  readonly deleting: boolean;
  readonly subjects: readonly (Subject & { readonly namespace?: string })[];
  readonly roleRef: RoleRef;
  /** As it was read: a replacement hands back what we know nothing of. */
  readonly read: V1ObjectMeta;
}

export type Written = V1RoleBinding | V1ClusterRoleBinding;
export type Draft = Pick<Binding, "name" | "namespace" | "labels" | "annotations" | "subjects" | "roleRef">;

/** Throws where the answer is no binding: then nothing may be concluded from it. */
export function bindingOf({ metadata, roleRef, subjects }: Partial<Written>): Binding {
  const read = metadata ?? made(V1ObjectMeta, {});
  const { name, uid, resourceVersion: version } = read;
  if (name === undefined || uid === undefined || version === undefined || roleRef === undefined)
    throw new ProviderError("transient", "Kubernetes answered something that is no binding", {
      vendorCode: "none",
    });
  return {
    ...{ name, uid, version },
    ...marksOf(read),
    read,
    subjects: (subjects ?? []).map(subjectOf),
    roleRef: { kind: roleRef.kind, name: roleRef.name },
  };
}

function subjectOf({ kind, name, namespace }: RbacV1Subject): Binding["subjects"][number] {
  return { kind, name, ...(namespace !== undefined && { namespace }) };
}

type Marks = Pick<Binding, "namespace" | "labels" | "annotations" | "finalizers" | "deleting">;

function marksOf(metadata: V1ObjectMeta): Marks {
  const { namespace, labels = {}, annotations = {}, finalizers = [], deletionTimestamp } = metadata;
  const deleting = deletionTimestamp !== undefined;
  return { ...(namespace !== undefined && { namespace }), labels, annotations, finalizers, deleting };
}

/**
 * Both kinds of bindings have the same fields. A replacement keeps all of the metadata that was read: without `bind`
 * only finalizers may be changed, and nothing else may be missing.
 */
export function bodyOf<T extends Written>(
  kind: new () => T,
  { name, namespace, labels, annotations, subjects, roleRef, read, finalizers }: Draft & Partial<Binding>,
): T {
  const place = { name, ...(namespace !== undefined && { namespace }) };
  const kept = finalizers === undefined ? {} : { finalizers: [...finalizers] };
  const marks = { labels: { ...labels }, annotations: { ...annotations }, ...kept };
  const fields: Partial<Written> = {
    metadata: Object.assign(made(V1ObjectMeta, read ?? {}), place, marks),
    subjects: subjects.map((one) =>
      made(RbacV1Subject, { ...one, ...(one.kind !== "ServiceAccount" && { apiGroup: GROUP }) }),
    ),
    roleRef: made(V1RoleRef, { apiGroup: GROUP, ...roleRef }),
  };
  return made(kind, fields as Partial<T>);
}
