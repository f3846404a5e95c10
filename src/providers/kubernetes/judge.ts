// Is this binding ours, and what is strange about it?
import type { Observed } from "../provider.ts";
import type { Granted } from "./assignment.ts";
import { labelsFor, readMark } from "./names.ts";
import type { Binding, Subject } from "./written.ts";

/** Somebody of whom the API server says `kind` and `name`. */
export function isUser({ kind, name }: Subject, user: string): boolean {
  return kind === "User" && name === user;
}

/** Does the mark on this binding prove that we made it for this assignment? */
export function isMarked(binding: Binding, { owner, request }: Granted): boolean {
  const mark = readMark(binding);
  return mark?.owner === owner && mark.request === request;
}

/** Does it give the subject the role? Whoever may strip a mark must not be able to hide the access with it. */
function gives(binding: Binding, { user, roleRef }: Granted): boolean {
  const same = binding.roleRef.kind === roleRef.kind && binding.roleRef.name === roleRef.name;
  return same && binding.subjects.some((subject) => isUser(subject, user));
}

export function isOurs(binding: Binding, granted: Granted): boolean {
  return isMarked(binding, granted) || gives(binding, granted);
}

/** May the whole binding go with the assignment? It is marked, or there is nothing in it that was not granted. */
export function endsWith(binding: Binding, granted: Granted): boolean {
  return isMarked(binding, granted) || (gives(binding, granted) && binding.subjects.length === 1);
}

/** What was written down when the role was resolved, against what it is now. */
export type RoleNow = { readonly hash: string } | "gone" | "unreadable";

/** What the binding looks like against what was granted. */
export function judge(binding: Binding | undefined, granted: Granted, role: RoleNow): Observed {
  if (!binding) return { state: "absent" };
  if (!isOurs(binding, granted)) return { state: "foreign" };
  if (binding.subjects.length === 0)
    return { state: "tombstone", reason: `the binding ${binding.name} is left and gives nothing` };
  const drift = [...drifts(binding, granted), ...roleDrifts(granted, role)];
  return { state: "ours", receipt: receiptOf(binding), ...(drift.length > 0 && { drift: drift.join("; ") }) };
}

export function receiptOf({ name, namespace, uid }: Binding): Readonly<Record<string, string>> {
  return { binding: name, ...(namespace !== undefined && { namespace }), uid };
}

/** How the binding itself differs from what we made. */
export function drifts(binding: Binding, granted: Granted): readonly string[] {
  const { user, roleRef } = granted;
  const others = binding.subjects.filter((subject) => !isUser(subject, user));
  const missing = others.length === binding.subjects.length;
  const otherRole = binding.roleRef.kind !== roleRef.kind || binding.roleRef.name !== roleRef.name;
  const labelled = Object.keys(labelsFor(granted)).some((key) => key in binding.labels);
  return [
    ...(isMarked(binding, granted) ? [] : [labelled ? "its mark was changed" : "its mark was removed"]),
    ...(missing ? ["the subject was taken out of it"] : []),
    ...others.map(({ kind, name }) => `${kind} ${name} was put into it`),
    ...(otherRole ? [`it was made for another role, ${binding.roleRef.name}`] : []),
    ...(binding.deleting
      ? [`it was deleted and goes on giving access: ${binding.finalizers.join(", ")} holds it`]
      : []),
  ];
}

function roleDrifts({ rules, roleRef }: Granted, role: RoleNow): readonly string[] {
  if (role === "gone") return [`the ${roleRef.kind} ${roleRef.name} is gone: it gives nothing`];
  if (role === "unreadable") return [`whether the ${roleRef.kind} ${roleRef.name} changed cannot be read`];
  const same = rules === "" || rules === role.hash;
  return same ? [] : [`the rules of the ${roleRef.kind} ${roleRef.name} changed since it was granted`];
}
