// What are our bindings called, and what do the labels and annotations on each say?
import { createHash } from "node:crypto";
import type { Claim, Instant, JsonObject } from "../../core/model.ts";
import { instant, printInstant } from "../../core/time.ts";
import { word } from "../schema.ts";

const PLAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const MANAGED_BY = "app.kubernetes.io/managed-by";

function digest(...words: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex");
}

/** Whose a binding is. Everybody who may read bindings can read it: ids, no secrets, no free text. */
export interface Mark {
  readonly owner: string;
  readonly target: string;
  readonly request: string;
}

/** `lapse-<request>-<hash>`, readable where it can be; the annotations hold the whole request. */
export function bindingName({ owner, target, request }: Mark): string {
  const hash = digest(owner, target, request);
  return PLAIN.test(request) ? `lapse-${request}-${hash.slice(0, 8)}` : `lapse-${hash.slice(0, 40)}`;
}

function label(text: string): string {
  return LABEL.test(text) ? text : digest(text).slice(0, 40);
}

/** Selects what says that this installation made it. */
export function selector(owner: string): string {
  return `${MANAGED_BY}=lapse,lapse.dev/owner=${label(owner)}`;
}

export function labelsFor({ owner, request }: Mark): Readonly<Record<string, string>> {
  return { [MANAGED_BY]: "lapse", "lapse.dev/owner": label(owner), "lapse.dev/request": label(request) };
}

export function annotationsFor(
  { owner, target, request }: Mark,
  { user, until, rules }: { readonly user: string; readonly until: Instant; readonly rules: string },
): Readonly<Record<string, string>> {
  return {
    "lapse.dev/owner": owner,
    "lapse.dev/target": target,
    "lapse.dev/request": request,
    "lapse.dev/subject": user,
    "lapse.dev/until": printInstant(until),
    "lapse.dev/rules": rules,
  };
}

/** What stands on a binding. */
export interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The mark, if it is whole and belongs to a binding of this name: copied to another binding it is none. */
export function readMark({ name, labels, annotations }: Labelled): Mark | undefined {
  const [owner, target, request] = ["owner", "target", "request"].map(
    (key) => annotations[`lapse.dev/${key}`],
  );
  if (owner === undefined || target === undefined || request === undefined) return undefined;
  const mark = { owner, target, request };
  const labelled = Object.entries(labelsFor(mark)).every(([key, value]) => labels[key] === value);
  return labelled && bindingName(mark) === name ? mark : undefined;
}

/** The planned end that the mark carries; anybody may have edited it. */
export function untilOf({ annotations }: Pick<Labelled, "annotations">): Instant | undefined {
  return instant(annotations["lapse.dev/until"] ?? "");
}

/** The user as the API server knows him, e.g. with the prefix that it puts before OIDC names. */
export function userOf(connection: JsonObject, identity: string): string {
  const template = word(connection["subject"]) || "{identity}";
  return template.split("{identity}").join(identity);
}

/** Reserved by the API server: service accounts, nodes, its own components. */
const SYSTEM = "system:";
/** Each can make access that does not end. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const BUILT_IN: Readonly<Record<string, string>> = {
  "cluster-admin": "its holder can do anything, also make bindings that do not end",
  admin: "its holder can create bindings that do not end",
  edit: "its holder can act as service accounts and read their secrets",
};

/** Judged by name alone; `resolve` reads the rules and judges by them. */
export function perpetuating({ clusterRole }: JsonObject): string | undefined {
  const name = word(clusterRole);
  if (name.startsWith(SYSTEM)) return "it is meant for a component of Kubernetes, not for a person";
  return Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
}

export function reserved(user: string): string | undefined {
  return user.startsWith(SYSTEM) ? `the user ${user} is reserved by Kubernetes` : undefined;
}

/** What is wrong with this claim, judged without a cluster. */
export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  if (identity === "") return "the subject has no name";
  const bad = perpetuating(role);
  const refused = bad === undefined ? undefined : `${word(role["clusterRole"])}: ${bad}`;
  return reserved(identity) ?? misnamed(role) ?? refused;
}

function misnamed(role: JsonObject): string | undefined {
  const [clusterRole, own] = ["clusterRole" in role, "role" in role];
  if (clusterRole === own) return "name either a clusterRole or a role";
  return own && !("namespace" in role) ? "a Role lives in a namespace: name it" : undefined;
}
