// What may be written on the pretended API server, and what becomes of it? (names, labels, finalizers, the escalation guard)
import { judge, notHeld, rulesOf, type User } from "./rbac.ts";
import { keyOf, RESOURCES, type Meta, type State, type Stored } from "./state.ts";
import { conflict, escalates, exists, invalid, notFound, terminating } from "./status.ts";

/** The server's time; nothing on it depends on the hour. */
const TIME = "2026-11-23T09:00:00Z";
const LABEL = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const CHANGED = "the object has been modified; please apply your changes to the latest version and try again";

export interface Target {
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

const keyFor = ({ resource, namespace, name }: Target) => keyOf(resource, namespace, name);
const isBinding = (resource: string) => resource.endsWith("bindings");

export function create(state: State, user: User, target: Target, body: Stored): Stored {
  const { resource, namespace, name } = target;
  inLiveNamespace(state, target);
  check(target, body);
  if (isBinding(resource)) guard(state, user, target, body);
  if (state.now().has(keyFor(target))) throw exists(resource, name);
  const metadata: Meta = {
    ...body.metadata,
    name,
    ...(namespace !== undefined && { namespace }),
    uid: uid(state.next()),
    resourceVersion: "",
    creationTimestamp: TIME,
  };
  return state.put(keyFor(target), { ...shape(resource), ...body, metadata });
}

function uid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

export function shape(resource: string): { readonly apiVersion: string; readonly kind: string } {
  const { group = "", kind = "" } = RESOURCES[resource] ?? {};
  return { apiVersion: group === "" ? "v1" : `${group}/v1`, kind };
}

function inLiveNamespace(state: State, { resource, namespace, name }: Target): void {
  if (namespace === undefined) return;
  const found = state.now().get(keyOf("namespaces", undefined, namespace));
  if (!found) throw notFound("namespaces", namespace);
  if (found.status?.["phase"] === "Terminating") throw terminating(resource, name, namespace);
}

function check(target: Target, body: Stored): void {
  const wrong = wrongIn(target, body);
  if (wrong !== undefined) throw invalid(target.resource, target.name, wrong);
}

function wrongIn({ resource, name }: Target, { metadata, ...body }: Stored): string | undefined {
  const label = Object.values(metadata.labels ?? {}).find((value) => value.length > 63 || !LABEL.test(value));
  if (label !== undefined) return `metadata.labels: Invalid value: ${JSON.stringify(label)}`;
  if (/[/%]|^\.{1,2}$/.test(name))
    return `metadata.name: Invalid value: ${JSON.stringify(name)}: may not contain '/'`;
  return isBinding(resource) ? wrongBinding(body) : undefined;
}

function wrongBinding({ subjects = [], roleRef }: Pick<Stored, "subjects" | "roleRef">): string | undefined {
  if (roleRef === undefined) return "roleRef: Required value";
  return subjects.some((one) => one.name === "") ? "subjects[0].name: Required value" : undefined;
}

/** Who may `bind` the role need not have its rights; then nobody looks whether it exists, either. */
function guard(state: State, user: User, { resource, namespace, name }: Target, body: Stored): void {
  const objects = state.lagging();
  const { roleRef = { kind: "", name: "" } } = body;
  const bound = roleRef.kind === "Role" ? "roles" : "clusterroles";
  const where = namespace === undefined ? {} : { namespace };
  const asked = {
    verb: "bind",
    group: "rbac.authorization.k8s.io",
    resource: bound,
    name: roleRef.name,
    ...where,
  };
  if (judge(objects, user, asked).allowed) return;
  const rules = rulesOf(state.now(), { ...body, metadata: { ...body.metadata, ...where } });
  if (!rules) throw notFound(bound, roleRef.name);
  const lacking = notHeld(objects, user, rules, namespace);
  if (lacking.length > 0) throw escalates(resource, name, user.name, lacking);
}

export function replace(state: State, user: User, target: Target, body: Stored): Stored {
  const old = current(state, target);
  unchanged(target, old, body.metadata);
  check(target, body);
  if (isBinding(target.resource)) guardReplacement(state, user, target, { old, body });
  const { labels = {}, annotations = {}, finalizers = [] } = body.metadata;
  const next = {
    ...shape(target.resource),
    ...body,
    metadata: { ...old.metadata, labels, annotations, finalizers },
  };
  if (old.metadata.deletionTimestamp === undefined || finalizers.length > 0)
    return state.put(keyFor(target), next);
  state.remove(keyFor(target));
  return next;
}

function current(state: State, target: Target): Stored {
  const old = state.now().get(keyFor(target));
  if (old) return old;
  throw notFound(target.resource, target.name);
}

function unchanged({ resource, name }: Target, { metadata: is }: Stored, said: Partial<Meta>): void {
  if ((said.uid ?? is.uid) !== is.uid) throw conflict(resource, name, mismatch(said.uid ?? "", is.uid));
  if ((said.resourceVersion ?? is.resourceVersion) !== is.resourceVersion)
    throw conflict(resource, name, CHANGED);
}

function mismatch(wanted: string, is: string): string {
  return `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${is}`;
}

/** Only what the garbage collector may change is let pass without a look. */
function guardReplacement(
  state: State,
  user: User,
  target: Target,
  { old, body }: { readonly old: Stored; readonly body: Stored },
): void {
  const { roleRef: was } = old;
  const { roleRef: is } = body;
  if (was?.kind !== is?.kind || was?.name !== is?.name)
    throw invalid(target.resource, target.name, "roleRef: Invalid value: cannot change roleRef");
  const second = (time: string | undefined) => time?.replace(".000Z", "Z");
  const rest = ({
    subjects,
    metadata: { labels, annotations, creationTimestamp, deletionTimestamp },
  }: Stored) =>
    JSON.stringify([
      subjects ?? [],
      labels ?? {},
      annotations ?? {},
      second(creationTimestamp),
      second(deletionTimestamp),
    ]);
  if (rest(old) !== rest(body)) guard(state, user, target, body);
}

/** A finalizer keeps it, and it goes on giving access. */
export function remove(state: State, target: Target, wantedUid: string | undefined): Stored | undefined {
  const old = current(state, target);
  unchanged(target, old, { ...(wantedUid !== undefined && { uid: wantedUid }) });
  if ((old.metadata.finalizers ?? []).length > 0)
    return state.put(keyFor(target), { ...old, metadata: { ...old.metadata, deletionTimestamp: TIME } });
  state.remove(keyFor(target));
  return undefined;
}
