// Who is this person on a target?
import type { Claim, Person } from "./model.ts";

/** Kinds that know people by their account on the forge, so that nobody has to write it twice. */
const ON_THE_FORGE: readonly string[] = ["gate"];

/** By the target's name, the provider's kind, or the kind's family (`aws` for `aws-iam`): the closest one counts. */
export function identityOn(
  { target, provider }: Pick<Claim, "target" | "provider">,
  { identities, forge }: Pick<Person, "identities" | "forge">,
): string | undefined {
  const [family = provider] = provider.split("-");
  const own = identities[target] ?? identities[provider] ?? identities[family];
  return own ?? (ON_THE_FORGE.includes(provider) ? forge.login : undefined);
}
