// Is there room for one more binding? (asked before writing, so that the refusal says what to do)
import { ProviderError } from "../provider.ts";
import { sameMember } from "./names.ts";
import type { Binding } from "./policy.ts";

/** https://cloud.google.com/iam/quotas#limits */
const SAME_ROLE_AND_MEMBER = 20;
const MEMBERS = 1_500;
/** https://cloud.google.com/iam/docs/conditions-overview#limitations */
const CONDITIONAL = 100;

/** Throws denied-by-policy where Google would refuse the binding beside these others, or soon be slow about it. */
export function mayAdd(others: readonly Binding[], { role, members }: Binding): void {
  const conditional = others.filter(({ condition }) => condition !== undefined);
  const alike = conditional.filter(
    (one) => one.role === role && one.members.some((a) => members.some((b) => sameMember(a, b))),
  );
  const named = others.reduce((sum, one) => sum + one.members.length, 0);
  if (conditional.length >= CONDITIONAL) full(`${CONDITIONAL} conditional bindings`);
  if (alike.length >= SAME_ROLE_AND_MEMBER)
    full(`${SAME_ROLE_AND_MEMBER} conditional bindings of this role and subject`);
  if (named >= MEMBERS) full(`${MEMBERS} members`);
}

function full(what: string): never {
  const message = `the policy has ${what}, the most that it may have: remove some that have expired`;
  throw new ProviderError("denied-by-policy", message, { vendorCode: "limit" });
}
