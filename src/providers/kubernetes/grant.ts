// How is access given? (create-only, read back, and proved by the API server itself)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { grantedOf, type Granted } from "./assignment.ts";
import { createBinding, readBinding, replaceBinding } from "./bindings.ts";
import type { Cluster } from "./cluster.ts";
import { drifts, isMarked, receiptOf } from "./judge.ts";
import { annotationsFor, labelsFor, untilOf } from "./names.ts";
import { readRules } from "./role.ts";
import { hashOf } from "./rules.ts";
import { inspect } from "./verify.ts";
import type { Binding } from "./written.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

export async function grant(cluster: Cluster, assignment: Assignment, window: Window): Promise<JsonObject> {
  if (!(window.end > window.now))
    throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const granted = grantedOf(assignment);
  await sameRules(cluster, granted);
  const there = await readBinding(cluster, granted.place);
  if (!there) await create(cluster, granted, window.end);
  const binding = confirmed(there ?? (await readBinding(cluster, granted.place)), granted);
  await noteEnd(cluster, binding, { granted, end: window.end });
  const { allowed } = await inspect(cluster, granted, (seen) => seen.allowed);
  if (allowed) return receiptOf(binding);
  const message = "the binding is there, and the cluster does not let the subject in yet";
  throw new ProviderError("transient", message, { vendorCode: "not-allowed" });
}

/** What was approved is what the role allowed then: whoever may write the role must not be able to widen it since. */
async function sameRules(cluster: Cluster, granted: Granted): Promise<void> {
  const { roleRef, rules } = granted;
  if (hashOf(await readRules(cluster, granted)) === rules) return;
  throw new ProviderError(
    "denied-by-policy",
    `the rules of the ${roleRef.kind} ${roleRef.name} are not those that were resolved: ask for it anew`,
    { vendorCode: "rules-changed" },
  );
}

async function create(cluster: Cluster, granted: Granted, until: Instant): Promise<void> {
  const { place, user, roleRef, rules } = granted;
  try {
    await createBinding(cluster, {
      ...place,
      labels: labelsFor(granted),
      annotations: annotationsFor(granted, { user, until, rules }),
      subjects: [{ kind: "User", name: user }],
      roleRef,
    });
  } catch (thrown) {
    // Somebody was quicker: another applier, or whoever likes our names.
    if (!(thrown instanceof ProviderError && thrown.vendorCode === "409 AlreadyExists")) throw thrown;
  }
}

/** What is there must be exactly what we would have made; anything else is never adopted. */
function confirmed(binding: Binding | undefined, granted: Granted): Binding {
  if (binding && isMarked(binding, granted) && drifts(binding, granted).length === 0) return binding;
  throw new ProviderError("conflict", "a binding of that name is there and differs", {
    vendorCode: "differs",
  });
}

/** Granting again is granting once; only the end in the annotation may have moved. */
async function noteEnd(
  cluster: Cluster,
  binding: Binding,
  { granted, end }: { readonly granted: Granted; readonly end: Instant },
): Promise<void> {
  if (untilOf(binding) === end) return;
  const { user, rules } = granted;
  const annotations = annotationsFor(granted, { user, until: end, rules });
  await replaceBinding(cluster, { ...binding, annotations: { ...binding.annotations, ...annotations } });
}
