// How is an inline policy written, and removed? (look, act, look again)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import type { ProviderError, Revocation } from "../provider.ts";
import { word } from "../schema.ts";
import { conflictOf, notFound, refuse, refuseOver } from "./errors.ts";
import type { Iam } from "./iam-api.ts";
import { inlinePolicy, locate, markOf, ownPolicy } from "./iam-look.ts";
import { endOf, writePolicy } from "./iam-policy.ts";
import type { Entity } from "./iam-entities.ts";
import { checkAccount, lendable } from "./iam-resolve.ts";
import { otherWays } from "./iam-ways.ts";
import { until, type Patience } from "./waiting.ts";

/** All inline policies of one together; white space is not counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ROOM = { user: 2_048, role: 10_240 } as const;

/** Writing is an upsert for AWS, so what stands under our name is looked at before it is written over. */
export async function put(
  iam: Iam,
  assignment: Assignment,
  window: { readonly end: Instant; readonly now: Instant },
  patience: Patience,
): Promise<JsonObject> {
  const end = endOf(window.end);
  refuseOver({ end, now: window.now });
  const [mark, sha256] = [markOf(assignment), word(assignment.role["sha256"])];
  const entity = await locate(iam, assignment);
  if (!entity) refuse("subject-missing", "the subject is gone from the account", "NoSuchEntity");
  checkAccount(entity, word(assignment.connection["account"]));
  const text = writePolicy(await frozen(iam, assignment), mark, end);
  if (text.replaceAll(/\s/g, "").length > ROOM[entity.kind])
    refuse(
      "malformed",
      `the policy is too long for a ${entity.kind}: ${ROOM[entity.kind]} characters are all`,
      "size",
    );
  const there = await ownPolicy(iam, entity, assignment, patience);
  if (there.is === "foreign")
    refuse("conflict", "an inline policy of that name is there and is not ours", "foreign");
  if (there.text !== text) await insist(patience, () => iam.put(entity, mark, text));
  const shown = await until(patience, async () =>
    (await iam.policy(entity, mark)) === text ? true : undefined,
  );
  if (shown !== true) refuse("transient", "IAM does not show the policy yet", "lag");
  return { policy: mark, principal: entity.id, sha256, end: printInstant(end) };
}

/** The document as it was when the assignment was resolved: a version never changes, but a policy can be made anew. */
async function frozen(
  iam: Iam,
  { role }: Assignment,
): Promise<Awaited<ReturnType<typeof lendable>>["document"]> {
  const { document, sha256 } = await lendable(iam, word(role["policy"]), word(role["version"]));
  if (sha256 === role["sha256"]) return document;
  refuse("conflict", "the policy is another one than when it was resolved: ask again", "changed");
}

/** Two changes of one user at once are refused, and may be tried again. */
async function insist(patience: Patience, act: () => Promise<void>): Promise<void> {
  let refused: ProviderError | undefined;
  const done = await until(patience, async () => {
    refused = await conflictOf(act);
    return refused ? undefined : true;
  });
  if (done !== true && refused) throw refused;
}

/** `escaped`: something else allows all of it, by policies that Lapse did not write. */
export async function remove(iam: Iam, assignment: Assignment, patience: Patience): Promise<Revocation> {
  const mark = markOf(assignment);
  const entity = await locate(iam, assignment);
  const receipt: JsonObject = { policy: mark, principal: entity?.id ?? null };
  // An inline policy goes with its user, and a new user of the same name does not get it back.
  if (!entity) return { state: "absent", receipt, residue: [] };
  checkAccount(entity, word(assignment.connection["account"]));
  const found = await ownPolicy(iam, entity, assignment, patience);
  // "Absent" may be of the time before it was written, and removing what is not there does no harm.
  if (found.is !== "foreign") await removeOurs(iam, entity, mark, patience);
  const residue = found.is === "foreign" ? [`a policy named ${mark} is not ours and was left alone`] : [];
  const { standing } = await otherWays(iam, assignment, entity, found.document);
  return { state: standing ? "escaped" : "absent", receipt, residue };
}

export async function removeOurs(iam: Iam, entity: Entity, mark: string, patience: Patience): Promise<void> {
  await insist(patience, async () => {
    try {
      await iam.remove(entity, mark);
    } catch (thrown) {
      // Gone already, or its user is: the list of names decides.
      if (!notFound(thrown)) throw thrown;
    }
  });
  const gone = await until(patience, async () =>
    (await inlinePolicy(iam, entity, mark, patience)) === undefined ? true : undefined,
  );
  if (gone !== true) refuse("transient", "IAM still shows the policy that was removed", "lag");
}
