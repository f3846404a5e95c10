// How is access taken away? (our binding goes, nothing else moves, and the policy is read back)
import type { Assignment } from "../../core/model.ts";
import type { Revocation } from "../provider.ts";
import type { Api } from "./api.ts";
import { change, readBack } from "./change.ts";
import { memberOf, roleOf, sameMember } from "./names.ts";
import { isOurs, markOf, markOn } from "./ours.ts";
import { isExpired, titleIn, type Policy } from "./policy.ts";
import { groups, partly, verify } from "./verify.ts";

/**
 * Writes even where the policy does not show our binding: a read may be older than our own grant, and only a write
 * with its etag proves that it was not. https://cloud.google.com/iam/docs/overview#consistency
 */
export async function revoke(api: Api, assignment: Assignment): Promise<Revocation> {
  const before = await change(api, ({ bindings }) => bindings.filter((one) => !isOurs(one, assignment)));
  const after = await readBack(api, ({ bindings }) => !bindings.some((one) => isOurs(one, assignment)));
  const { standing } = verify(after, assignment);
  return {
    state: standing ? "escaped" : "absent",
    receipt: { binding: markOf(assignment), role: roleOf(assignment), member: memberOf(assignment) },
    residue: [...(before ? strange(before, assignment) : []), ...others(after, assignment)],
  };
}

/** What went with our binding that we had not put there, and what Google still honours for a while. */
function strange({ bindings, date }: Policy, assignment: Assignment): readonly string[] {
  const living = bindings.filter((one) => isOurs(one, assignment) && !isExpired(one, date));
  const added = living.flatMap(({ members }) => members.filter((m) => !sameMember(m, memberOf(assignment))));
  return [
    ...(living.length > 0 ? ["Google may honour it for 2 to 7 minutes more, or longer"] : []),
    ...(added.length > 0 ? [`${added.length} member(s) that Lapse had not put there went with it`] : []),
  ];
}

/** Where the same role may come from besides, as far as the policy shows it. */
function others(after: Policy, assignment: Assignment): readonly string[] {
  const narrowed = partly(after, assignment).length;
  const having = groups(after, assignment);
  return [
    ...(narrowed > 0 ? [`${narrowed} binding(s) give the subject the same role under conditions`] : []),
    ...(having.length > 0 ? [`the same role is with whoever is in ${having.join(", ")}`] : []),
  ];
}

/** Removes what has expired of ours, and only that. */
export async function cleanup(api: Api): Promise<readonly string[]> {
  const expired = ({ bindings, date }: Policy) =>
    bindings.filter((one) => markOn(one, api.owner) !== undefined && isExpired(one, date));
  const before = await change(api, (policy) => {
    const gone = expired(policy);
    return gone.length > 0 ? policy.bindings.filter((one) => !gone.includes(one)) : undefined;
  });
  if (!before) return [];
  await readBack(api, (policy) => expired(policy).length === 0);
  return expired(before).map((binding) => `removed ${titleIn(binding)}, which had expired`);
}
