// How is somebody put into a group, and out of it again? (act, then look until the store shows it)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { conflictOf, notFound, refuse, refuseOver } from "./errors.ts";
import { checkContainer, groupIn, lookUp, membersOf, userOf } from "./group-look.ts";
import type { Store } from "./group-store.ts";
import { until, type Patience } from "./waiting.ts";

/** How often nobody has to be seen. */
const LOOKS = 3;

/**
 * ConflictException means "is a member already" or "changed by somebody at this moment": only a look can tell.
 * https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html
 */
export async function give(
  store: Store,
  assignment: Assignment,
  window: { readonly end: Instant; readonly now: Instant },
  patience: Patience,
): Promise<JsonObject> {
  refuseOver(window);
  const [group, user] = [groupIn(assignment), userOf(assignment)];
  const there = await lookUp(store, group, user);
  if (there !== undefined) return { membership: there, group, user };
  // Since it was resolved, somebody may have given the group another purpose.
  checkContainer(await store.group(group), assignment);
  let added = false;
  let refused: ProviderError | undefined;
  let membership: string | undefined;
  await until(patience, async () => {
    if (!added) refused = await conflictOf(() => store.add(group, user));
    added ||= refused === undefined;
    membership = await lookUp(store, group, user);
    // The list is what the next run reads first: it is given the time to catch up.
    const listed =
      membership !== undefined && (await membersOf(store, group)).some((one) => one.user === user);
    return listed ? true : undefined;
  });
  if (membership !== undefined) return { membership, group, user };
  throw (
    refused ?? new ProviderError("transient", "AWS does not show the new member yet", { vendorCode: "lag" })
  );
}

/** The id of a membership is given anew each time: one that comes after ours was removed is somebody else's, and stays. */
export async function take(store: Store, assignment: Assignment, patience: Patience): Promise<Revocation> {
  const [group, user] = [groupIn(assignment), userOf(assignment)];
  const ours = await lookUpPatiently(store, group, user, patience);
  const receipt: JsonObject = { membership: ours ?? null, group, user };
  if (ours === undefined) return { state: "absent", receipt, residue: [] };
  let refused: ProviderError | undefined;
  const state = await until(patience, async () => {
    refused = await conflictOf(() => removeOne(store, ours));
    const left = await lookUp(store, group, user);
    if (left === undefined) return "absent" as const;
    return left === ours ? undefined : ("escaped" as const);
  });
  if (state === undefined) throw refused ?? stillThere();
  const residue = state === "escaped" ? ["somebody added the subject again while it was being removed"] : [];
  return { state, receipt, residue };
}

/**
 * Only an id can be removed, and after a write whose answer was lost neither read may show one yet. AWS says nowhere for
 * how long, so "no" is believed after looks with pauses between them: 0.6 seconds, where a call may take 20.
 */
async function lookUpPatiently(
  store: Store,
  group: string,
  user: string,
  patience: Patience,
): Promise<string | undefined> {
  let looks = 0;
  const seen = await until(patience, async () => {
    const membership = await lookUp(store, group, user);
    return membership !== undefined || ++looks === LOOKS ? { membership } : undefined;
  });
  return (seen ?? refuse("transient", "there was no time to see that nobody is there", "lag")).membership;
}

async function removeOne(store: Store, membership: string): Promise<void> {
  try {
    await store.remove(membership);
  } catch (thrown) {
    if (notFound(thrown) && thrown.class !== "target-missing") return;
    throw thrown;
  }
}

function stillThere(): never {
  refuse("transient", "AWS still shows the member that was removed", "lag");
}
