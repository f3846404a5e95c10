// Which bindings are ours, and what became of them?
import type { Assignment, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import { ProviderError, type Observed } from "../provider.ts";
import {
  claimsOwner,
  memberOf,
  readMark,
  roleOf,
  sameMember,
  titleStart,
  writeMark,
  type Mark,
} from "./names.ts";
import { descriptionIn, endOf, isExpired, titleIn, type Binding, type Policy } from "./policy.ts";

export function markOf({ mark }: Assignment): string {
  if (mark !== undefined) return mark;
  throw new ProviderError("malformed", "the assignment names no binding of ours", { vendorCode: "no-mark" });
}

export function descriptionOf(assignment: Assignment): string {
  return writeMark(assignment, { title: markOf(assignment), role: roleOf(assignment) });
}

/** The mark of a binding that this installation made for some request. */
export function markOn(binding: Binding, owner: string): Mark | undefined {
  const mark = readMark(descriptionIn(binding), { title: titleIn(binding), role: binding.role });
  return mark?.owner === owner ? mark : undefined;
}

/** Carries our words in a form that we do not write: somebody copied them. */
export function pretends(binding: Binding, owner: string): boolean {
  const claims = titleIn(binding).startsWith(titleStart(owner)) || claimsOwner(descriptionIn(binding), owner);
  return claims && markOn(binding, owner) === undefined;
}

function isSubjectAlone({ members }: Binding, assignment: Assignment): boolean {
  return members.length === 1 && members.every((member) => sameMember(member, memberOf(assignment)));
}

/**
 * Two of the three must agree: title, description, subject. So access is found although somebody stripped one mark or
 * the subject has another address now, and whatever was put in its place for somebody else stays foreign.
 */
export function isOurs(binding: Binding, assignment: Assignment): boolean {
  if (binding.role !== roleOf(assignment) || !binding.condition) return false;
  const agreed = [
    titleIn(binding) === markOf(assignment),
    descriptionIn(binding) === descriptionOf(assignment),
    isSubjectAlone(binding, assignment),
  ];
  return agreed.filter(Boolean).length >= 2;
}

/** What the policy shows of this assignment. What has expired gives nothing, so it is absent. */
export function judge({ bindings, date }: Policy, assignment: Assignment): Observed {
  const ours = bindings.filter((binding) => isOurs(binding, assignment));
  const [first, ...more] = ours.filter((binding) => !isExpired(binding, date));
  if (first) {
    const drift = [...drifts(first, assignment), ...(more.length > 0 ? ["it is there more than once"] : [])];
    const receipt = receiptOf(first, assignment);
    return { state: "ours", receipt, ...(drift.length > 0 && { drift: drift.join("; ") }) };
  }
  const taken = bindings.some((binding) => titleIn(binding) === markOf(assignment));
  return { state: taken && ours.length === 0 ? "foreign" : "absent" };
}

export function receiptOf(binding: Binding, assignment: Assignment): JsonObject {
  const end = endOf(binding);
  return {
    binding: markOf(assignment),
    role: binding.role,
    member: memberOf(assignment),
    ...(end !== undefined && { until: printInstant(end) }),
  };
}

function drifts(binding: Binding, assignment: Assignment): readonly string[] {
  const { members } = binding;
  const others = members.filter((member) => !sameMember(member, memberOf(assignment))).length;
  return [
    ...(titleIn(binding) === markOf(assignment) ? [] : ["its title was changed"]),
    ...(descriptionIn(binding) === descriptionOf(assignment) ? [] : ["its description was changed"]),
    ...(endOf(binding) === undefined ? ["its condition was changed"] : []),
    ...(others < members.length ? [] : ["its member was deleted, renamed or replaced"]),
    ...(others > 0 && others < members.length ? [`${others} more member(s)`] : []),
  ];
}
