// Which bindings are ours, and what became of them?
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import { ProviderError, type Observed } from "../provider.ts";
import { claimsOwner, readMark, titleStart, writeMark, type Mark } from "./mark.ts";
import { memberOf, roleOf, sameMember } from "./names.ts";
import { descriptionIn, endOf, isExpired, titleIn, type Binding, type Policy } from "./policy.ts";

export function markOf({ mark }: Assignment): string {
  if (mark !== undefined) return mark;
  throw new ProviderError("malformed", "the assignment names no binding of ours", { vendorCode: "no-mark" });
}

export function descriptionOf(assignment: Assignment, until: Instant): string {
  const { owner, target } = assignment;
  return writeMark({ owner, target, until }, sealedBy(assignment));
}

function sealedBy(assignment: Assignment) {
  return { title: markOf(assignment), role: roleOf(assignment) };
}

/** What the description says about this assignment, if it is about it and whole. */
function describes(binding: Binding, assignment: Assignment): Mark | undefined {
  const mark = readMark(descriptionIn(binding), sealedBy(assignment));
  return mark?.owner === assignment.owner && mark.target === assignment.target ? mark : undefined;
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
    describes(binding, assignment) !== undefined,
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
  const mark = describes(binding, assignment);
  return [
    ...(titleIn(binding) === markOf(assignment) ? [] : ["its title was changed"]),
    ...(mark ? [] : ["its description was changed"]),
    ...(hasEnd(binding, mark) ? [] : ["its end was changed"]),
    ...strangers(binding, memberOf(assignment)),
  ];
}

function hasEnd(binding: Binding, mark: Mark | undefined): boolean {
  const end = endOf(binding);
  return end !== undefined && end === (mark?.until ?? end);
}

function strangers({ members }: Binding, subject: string): readonly string[] {
  const others = members.filter((member) => !sameMember(member, subject)).length;
  if (others === members.length) return ["its member was deleted, renamed or replaced"];
  return others > 0 ? [`${others} more member(s)`] : [];
}
