// How is access given? (one binding with an end of its own, created and read back)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { isOver } from "../../core/time.ts";
import { ProviderError } from "../provider.ts";
import type { Api } from "./api.ts";
import { change, readBack } from "./change.ts";
import { wordsOf } from "./errors.ts";
import { mayAdd } from "./limits.ts";
import { expressionUntil } from "./mark.ts";
import { memberOf, roleOf, sameMember } from "./names.ts";
import { descriptionOf, isOurs, judge, markOf, receiptOf } from "./ours.ts";
import { descriptionIn, titleIn, type Binding, type Policy } from "./policy.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

export async function grant(api: Api, assignment: Assignment, window: Window): Promise<JsonObject> {
  if (!(window.end > window.now)) refuse("malformed", "the window is over", "past");
  const binding = bindingOf(assignment, window.end);
  try {
    await change(api, (policy) => withOurs(policy, assignment, { binding, end: window.end }));
  } catch (thrown) {
    throw missing(thrown, assignment);
  }
  await readBack(api, ({ bindings }) => bindings.some((one) => isSame(one, binding)));
  return receiptOf(binding, assignment);
}

function bindingOf(assignment: Assignment, end: Instant): Binding {
  return {
    role: roleOf(assignment),
    members: [memberOf(assignment)],
    condition: {
      title: markOf(assignment),
      description: descriptionOf(assignment, end),
      expression: expressionUntil(end),
    },
  };
}

/**
 * The policy with our binding, and nothing else changed. Ours with another end, or without one of its marks, is made
 * whole; who was added to it, or put in the subject's place, is never let in again by us.
 */
function withOurs(
  policy: Policy,
  assignment: Assignment,
  { binding, end }: { readonly binding: Binding; readonly end: Instant },
): readonly Binding[] | undefined {
  if (policy.date !== undefined && isOver(end, policy.date))
    refuse("malformed", "the window is over by Google's clock", "past");
  const ours = policy.bindings.filter((one) => isOurs(one, assignment));
  if (ours.length === 1 && ours.every((one) => isSame(one, binding))) return undefined;
  const altered = ours.some((one) => !sameMembers(one, binding));
  if (altered || judge(policy, assignment).state === "foreign")
    refuse("conflict", "a binding of that title is there and differs", "taken");
  const others = policy.bindings.filter((one) => !ours.includes(one));
  mayAdd(others, binding);
  return [...others, binding];
}

function isSame(one: Binding, wanted: Binding): boolean {
  return (
    one.role === wanted.role &&
    titleIn(one) === titleIn(wanted) &&
    descriptionIn(one) === descriptionIn(wanted) &&
    one.condition?.expression === wanted.condition?.expression &&
    sameMembers(one, wanted)
  );
}

function sameMembers(one: Binding, wanted: Binding): boolean {
  const among = (member: string) => wanted.members.some((other) => sameMember(member, other));
  return one.members.length === wanted.members.length && one.members.every(among);
}

/** Whether an account exists, Google says only when it is written, in words alone. */
function missing(thrown: unknown, assignment: Assignment): unknown {
  if (!(thrown instanceof ProviderError && thrown.class === "malformed")) return thrown;
  const { vendorCode, cause } = thrown;
  const words = wordsOf(cause).toLowerCase();
  const names = (name: string) => words.includes(name.toLowerCase());
  if (names(memberOf(assignment).replace(/^\w+:/, "")) && /does not exist|is invalid|is deleted/.test(words))
    return new ProviderError("subject-missing", "Google Cloud knows no such account", { vendorCode, cause });
  if (names(roleOf(assignment)) && /not supported for this resource|does not exist/.test(words))
    return new ProviderError("role-missing", "the role cannot be given here", { vendorCode, cause });
  return thrown;
}

function refuse(cls: "malformed" | "conflict", message: string, vendorCode: string): never {
  throw new ProviderError(cls, message, { vendorCode });
}
