// Who may do what on the pretended API server? (RBAC as the real one evaluates it, written without a look at the provider)
import { all, keyOf, type Objects, type Rules, type Stored } from "./state.ts";

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What somebody wants to do; either on a resource or on a path. */
export interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
}

export interface Judgement {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Bindings are looked through in no certain order, so the one that is named changes: `turn` turns the list. */
export function judge(objects: Objects, user: User, asked: Attributes, turn = 0): Judgement {
  if (user.groups.includes("system:masters")) return { allowed: true, reason: "" };
  const mine = bindingsFor(objects, asked.namespace, turn).flatMap((binding) => {
    const subject = binding.subjects?.find((one) => isSubject(one, user, binding.metadata.namespace));
    return subject ? [{ binding, subject, rules: rulesOf(objects, binding) }] : [];
  });
  const way = mine.find(({ rules = [] }) => rules.some((rule) => permits(rule, asked)));
  if (way) return { allowed: true, reason: reasonOf(way.binding, way.subject) };
  const missing = mine.flatMap(({ rules, binding: { roleRef } }) =>
    rules ? [] : [`clusterrole.rbac.authorization.k8s.io "${roleRef?.name ?? ""}" not found`],
  );
  return { allowed: false, reason: missing.length > 0 ? `RBAC: ${missing.join(", ")}` : "" };
}

/** The cluster's come first. */
function bindingsFor(objects: Objects, namespace: string | undefined, turn: number): readonly Stored[] {
  const turned = (list: readonly Stored[]) => {
    const at = list.length === 0 ? 0 : turn % list.length;
    return [...list.slice(at), ...list.slice(0, at)];
  };
  const own = namespace === undefined || namespace === "" ? [] : all(objects, "rolebindings", namespace);
  return [...turned(all(objects, "clusterrolebindings")), ...turned(own)];
}

function isSubject(
  subject: { readonly kind: string; readonly name: string; readonly namespace?: string },
  user: User,
  namespace: string | undefined,
): boolean {
  if (subject.kind === "User") return subject.name === user.name;
  if (subject.kind === "Group") return user.groups.includes(subject.name);
  const where = subject.namespace ?? namespace ?? "";
  return user.name === `system:serviceaccount:${where}:${subject.name}`;
}

export function rulesOf(objects: Objects, { roleRef, metadata }: Stored): readonly Rules[] | undefined {
  const name = roleRef?.name ?? "";
  const key =
    roleRef?.kind === "Role"
      ? keyOf("roles", metadata.namespace, name)
      : keyOf("clusterroles", undefined, name);
  const role = objects.get(key);
  return role && (role.rules ?? []);
}

const any = (list: readonly string[] = [], word = ""): boolean =>
  list.some((one) => one === "*" || one === word);

function permits(rule: Rules, asked: Attributes): boolean {
  if (!any(rule.verbs, asked.verb)) return false;
  return asked.path === undefined ? permitsResource(rule, asked) : permitsPath(rule, asked.path);
}

function permitsPath({ nonResourceURLs = [] }: Rules, path: string): boolean {
  return nonResourceURLs.some((url) =>
    url.endsWith("*") ? path.startsWith(url.slice(0, -1)) : url === path,
  );
}

function permitsResource(rule: Rules, asked: Attributes): boolean {
  const { resources, resourceNames = [] } = rule;
  const named = resourceNames.length === 0 || resourceNames.includes(asked.name ?? "");
  return named && any(rule.apiGroups, asked.group) && waysTo(asked).some((way) => any(resources, way));
}

function waysTo({ resource = "", subresource = "" }: Attributes): readonly string[] {
  return subresource === "" ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`];
}

function reasonOf({ kind, metadata, roleRef }: Stored, subject: { kind: string; name: string }): string {
  const name = metadata.namespace === undefined ? metadata.name : `${metadata.name}/${metadata.namespace}`;
  const role = `${roleRef?.kind ?? ""} ${quoted(roleRef?.name ?? "")}`;
  return `RBAC: allowed by ${kind} ${quoted(name)} of ${role} to ${subject.kind} ${quoted(subject.name)}`;
}

/** As Go's %q does, near enough. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** The rights in these rules that the user does not hold: who lacks `bind` may give away only what he has. */
export function notHeld(
  objects: Objects,
  user: User,
  rules: readonly Rules[],
  namespace: string | undefined,
): readonly string[] {
  const rights = rules.flatMap((rule) =>
    (rule.verbs ?? []).flatMap((verb) =>
      (rule.apiGroups ?? []).flatMap((group) =>
        (rule.resources ?? []).map((full) => ({ verb, group, full })),
      ),
    ),
  );
  const where = namespace === undefined ? {} : { namespace };
  return rights.flatMap(({ verb, group, full }) => {
    const [resource = "", subresource = ""] = full.split("/");
    if (judge(objects, user, { verb, group, resource, subresource, ...where }).allowed) return [];
    return [`{APIGroups:["${group}"], Resources:["${full}"], Verbs:["${verb}"]}`];
  });
}
