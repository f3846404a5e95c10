// Who lets this subject in, and through what?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { memberOf, roleOf, sameMember } from "./names.ts";
import { isOurs, markOf, markOn } from "./ours.ts";
import { endOf, isExpired, titleIn, type Binding, type Policy } from "./policy.ts";

interface Way {
  readonly via: string;
  readonly standing: boolean;
}

/**
 * Bindings of the role on this very resource. Standing is one without a condition, or with an end that somebody else
 * set. A condition of another kind narrows the role, so it is not the same access: `partly` names those.
 */
export function verify(policy: Policy, assignment: Assignment): Verdict {
  const ways = candidates(policy, assignment).flatMap((binding) => wayBy(binding, assignment) ?? []);
  return {
    allowed: ways.length > 0,
    via: [...new Set(ways.map(({ via }) => via))],
    standing: ways.some(({ standing }) => standing),
  };
}

/** Titles of bindings that give the subject the role under a condition that only Google can judge. */
export function partly(policy: Policy, assignment: Assignment): readonly string[] {
  return candidates(policy, assignment)
    .filter((binding) => wayBy(binding, assignment) === undefined)
    .map(titleIn);
}

/** Groups that have the role here; who is in them, the policy does not say. */
export function groups({ bindings, date }: Policy, assignment: Assignment): readonly string[] {
  const having = bindings.filter(({ role }) => role === roleOf(assignment));
  const members = having.filter((one) => !isExpired(one, date)).flatMap((one) => one.members);
  return [...new Set(members.filter((member) => /^(group|principalSet):/.test(member)))];
}

function candidates({ bindings, date }: Policy, assignment: Assignment): readonly Binding[] {
  const role = roleOf(assignment);
  return bindings.filter(
    (binding) =>
      binding.role === role &&
      !isExpired(binding, date) &&
      (names(binding, memberOf(assignment)) !== undefined || isOurs(binding, assignment)),
  );
}

function wayBy(binding: Binding, assignment: Assignment): Way | undefined {
  if (isOurs(binding, assignment)) return { via: markOf(assignment), standing: false };
  if (markOn(binding, assignment.owner)) return { via: titleIn(binding), standing: false };
  const member = names(binding, memberOf(assignment)) ?? "";
  if (!binding.condition) return { via: `${member}, without a condition`, standing: true };
  return endOf(binding) === undefined ? undefined : { via: `${member}, with another end`, standing: true };
}

/** The member of this binding that stands for the subject: the account itself, or its whole domain. */
function names({ members }: Binding, subject: string): string | undefined {
  const domain = /^user:[^@]*@(.*)$/.exec(subject)?.[1];
  return members.find(
    (member) =>
      sameMember(member, subject) || (domain !== undefined && sameMember(member, `domain:${domain}`)),
  );
}
