// Whom and what can a binding name?
import type { Assignment, Claim } from "../../core/model.ts";
import { word } from "../schema.ts";
import { unlendable } from "./roles.ts";

export const ROLE =
  /^(roles\/[A-Za-z0-9_.]{1,100}|(projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]|organizations\/[0-9]{1,25})\/roles\/[A-Za-z0-9_.]{3,64})$/;

const EMAIL = "[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+";
/** One account each. https://cloud.google.com/iam/docs/principal-identifiers */
const SUBJECT = new RegExp(
  `^((user|serviceAccount):${EMAIL}|principal://iam\\.googleapis\\.com/locations/global/workforcePools/[a-z0-9-]{4,63}/subject/[A-Za-z0-9._%+@=-]{1,127})$`,
);
const MANY = /^(group:|domain:|principalSet:|project(Owner|Editor|Viewer):|allUsers$|allAuthenticatedUsers$)/;

/** What is wrong with these names, judged without asking Google. */
export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  return misnamed({ identity, role }) ?? unlendable(word(role["role"]));
}

/**
 * A group is refused as a subject: who is in it can change after the approval without another one, and leaving it
 * takes up to hours to have an effect. https://cloud.google.com/iam/docs/access-change-propagation
 */
export function misnamed({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  const subject = JSON.stringify(identity);
  if (MANY.test(identity)) return `${subject} is more than one account: a request is for one`;
  if (!SUBJECT.test(identity) || identity.length > 300)
    return `${subject} is not user:ADDRESS, serviceAccount:ADDRESS or one principal:// of a workforce pool`;
  const name = word(role["role"]);
  return ROLE.test(name) ? undefined : `${JSON.stringify(name)} is not the full name of a role`;
}

/** Google spells an address as the account does. https://github.com/hashicorp/terraform-provider-google/issues/4276 */
export function sameMember(a: string, b: string): boolean {
  return a === b || (!a.startsWith("principal:") && a.toLowerCase() === b.toLowerCase());
}

export function memberOf(assignment: Assignment): string {
  return word(assignment.principal["member"]);
}

export function roleOf(assignment: Assignment): string {
  return word(assignment.role["role"]);
}
