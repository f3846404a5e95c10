// How is access taken away? (step by step until the API server has no binding of ours; then it is asked who lets in still)
import { setTimeout as sleep } from "node:timers/promises";
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { placedOf, type Granted } from "./assignment.ts";
import { deleteBinding, readBinding, replaceBinding } from "./bindings.ts";
import { lasting } from "./catalogue.ts";
import type { Cluster } from "./cluster.ts";
import { endsWith, isOurs, isUser } from "./judge.ts";
import { inspect, type Inspection } from "./verify.ts";
import type { Binding } from "./written.ts";

/** Delete, empty, release, and a race at each of them. */
const STEPS = 6;
const PAUSE_MS = 20;

export async function revoke(cluster: Cluster, assignment: Assignment): Promise<Revocation> {
  const granted = placedOf(assignment);
  const left = await take(cluster, granted);
  const { place } = granted;
  const receipt: JsonObject = {
    binding: place.name,
    ...(place.namespace !== undefined && { namespace: place.namespace }),
  };
  return { ...(await aftermath(cluster, granted, left)), receipt };
}

/** What is left of the binding, in words. Throws while it gives the subject access and cannot be made not to. */
async function take(cluster: Cluster, granted: Granted): Promise<readonly string[]> {
  const notes: string[] = [];
  for (let step = 0; ; step++) {
    const binding = await readBinding(cluster, granted.place);
    if (!binding) return notes;
    if (!isOurs(binding, granted)) return [...notes, leftAlone(binding, granted)];
    if (step === STEPS) return [...notes, kept(binding)];
    try {
      notes.push(...(await once(cluster, binding, granted)));
    } catch (thrown) {
      if (!(thrown instanceof ProviderError && thrown.class === "conflict")) throw thrown;
      // It was changed or replaced since it was read: what it is now decides what may be done.
      await sleep(PAUSE_MS * step);
    }
  }
}

/** With neither a mark nor a subject to know it by, nothing says that the access is gone. */
function leftAlone({ name }: Binding, { user }: Granted): string {
  if (user !== "") return `a binding named ${name} is not ours and was left alone`;
  throw new ProviderError(
    "conflict",
    `the binding ${name} lost its mark, and for whom it was made is unknown`,
    {
      vendorCode: "no-subject",
    },
  );
}

/** One write. */
async function once(cluster: Cluster, binding: Binding, granted: Granted): Promise<readonly string[]> {
  if (!endsWith(binding, granted)) {
    const subjects = binding.subjects.filter((subject) => !isUser(subject, granted.user));
    await replaceBinding(cluster, { ...binding, subjects });
    return [`${binding.name} had lost its mark and has other subjects: only the subject was taken out`];
  }
  if (!binding.deleting) {
    await deleteBinding(cluster, binding);
    return [];
  }
  await release(cluster, binding);
  return [`${binding.name} was held by ${binding.finalizers.join(", ")}, which was removed`];
}

/**
 * A deleted binding goes on giving access until its finalizers are gone. It is emptied first, which ends the access at
 * once; without `bind` on the role only the finalizers may be changed, which ends it as well.
 */
async function release(cluster: Cluster, binding: Binding): Promise<void> {
  const emptied = binding.subjects.length === 0 || (await empty(cluster, binding));
  const now = emptied ? await readBinding(cluster, binding) : binding;
  if (now?.uid === binding.uid && now.finalizers.length > 0)
    await replaceBinding(cluster, { ...now, finalizers: [] });
}

async function empty(cluster: Cluster, binding: Binding): Promise<boolean> {
  try {
    await replaceBinding(cluster, { ...binding, subjects: [] });
    return true;
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.class === "forbidden") return false;
    throw thrown;
  }
}

function kept({ name, subjects, finalizers }: Binding): string {
  if (subjects.length === 0) return `${name} is kept by ${finalizers.join(", ")} and gives nothing`;
  throw new ProviderError(
    "conflict",
    `the binding ${name} still gives access: somebody changes it faster than Lapse can end it`,
    { vendorCode: "contended" },
  );
}

type After = Omit<Revocation, "receipt">;

/** Access is gone; a look that the applier is not allowed does not undo that. */
async function aftermath(cluster: Cluster, granted: Granted, left: readonly string[]): Promise<After> {
  try {
    const own = granted.place.name;
    const seen = await inspect(cluster, granted, ({ via }) => !via.includes(own));
    const residue = [...left, ...remaining(seen), ...lasting(seen.rules)];
    return { state: seen.via.includes(own) ? "sent" : stateOf(seen), residue };
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && thrown.class === "forbidden")) throw thrown;
    const unseen = "whether another way is left was not seen: the applier may not ask";
    return { state: "absent", residue: [...left, unseen] };
  }
}

/** `sent`: the authorizer still lets in by a binding that is gone, and will hear of it. */
function stateOf({ stale, allowed, standing }: Inspection): Revocation["state"] {
  if (stale) return "sent";
  return allowed && standing ? "escaped" : "absent";
}

/** Parts of the role that the subject has by another way. */
function remaining({ answers, allowed, standing }: Inspection): readonly string[] {
  if (allowed && standing) return [];
  const ways = answers.filter(({ way }) => way?.ours === false);
  return ways.map(({ ask, way }) => `still allowed: ${ask.words}, by ${way?.name ?? ""}`);
}
