// Who and what does a claim mean on this resource, and may it be granted at all?
import type { Assignment, Claim } from "../../core/model.ts";
import { fromEpoch } from "../../core/time.ts";
import { ProviderError, type ErrorClass } from "../provider.ts";
import { word } from "../schema.ts";
import type { Api, Role } from "./api.ts";
import { keeping } from "./keeping.ts";
import { DESCRIPTION_MAX, titleOf } from "./mark.ts";
import { misnamed } from "./names.ts";
import { descriptionOf } from "./ours.ts";
import { patiently } from "./patience.ts";
import { unlendable } from "./roles.ts";

/** An end that takes as many letters as any. */
const LONGEST = fromEpoch(1);

function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/**
 * Throws malformed, role-missing, target-missing, forbidden or denied-by-policy. Whether the account exists, Google
 * says only when it is written: then `grant` throws subject-missing.
 */
export async function resolve(api: Api, claim: Claim): Promise<Assignment> {
  const wrong = misnamed(claim);
  if (wrong !== undefined) refuse("malformed", wrong);
  const role = word(claim.role["role"]);
  const never = unlendable(role);
  if (never !== undefined) refuse("denied-by-policy", never);
  const found = await roleNamed(api, role);
  const strong = keeping(found.permissions);
  if (strong.length > 0)
    refuse(
      "denied-by-policy",
      `${role} holds ${strong.slice(0, 3).join(", ")}: it would outlive any time limit`,
    );
  await patiently(api.timeout, () => api.read());
  const { owner, target, provider, connection, scope } = claim;
  const mark = titleOf(owner, claim.request);
  const principal = { member: claim.identity };
  const key = `${target}/${mark}`;
  const assignment = { key, owner, target, provider, connection, principal, role: { role }, scope, mark };
  if (descriptionOf(assignment, LONGEST).length > DESCRIPTION_MAX)
    refuse("malformed", "the names of the owner and the target are too long for a condition's description");
  return assignment;
}

async function roleNamed(api: Api, name: string): Promise<Role> {
  try {
    const role = await patiently(api.timeout, () => api.role(name));
    if (role.alive) return role;
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && thrown.class === "target-missing")) throw thrown;
  }
  return refuse("role-missing", `there is no role ${name}`, "NOT_FOUND");
}
