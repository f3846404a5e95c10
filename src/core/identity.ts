// Who is this person on a target?
import type { Claim, Person } from "./model.ts";

/** By the target's name, the provider's kind, or the kind's family (`aws` for `aws-iam`): the closest one counts. */
export function identityOn(
  { target, provider }: Pick<Claim, "target" | "provider">,
  { identities }: Pick<Person, "identities">,
): string | undefined {
  const [family = provider] = provider.split("-");
  return identities[target] ?? identities[provider] ?? identities[family];
}
