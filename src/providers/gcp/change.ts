// How is the policy changed without losing what somebody else writes into it? (read, edit, write; over again if it moved)
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "../provider.ts";
import type { Api } from "./api.ts";
import { patiently } from "./patience.ts";
import type { Binding, Policy } from "./policy.ts";

const PAUSE_MS = 20;

/**
 * Returns the new bindings, or nothing where nothing is to be written; what it throws is final. Called again whenever
 * the policy has moved.
 */
type Edit = (policy: Policy) => readonly Binding[] | undefined;

/**
 * The etag of the read makes a write that is based on an old policy fail (409 or 412); what was written before an
 * answer got lost is seen by the next read. Returns the policy from before the first write that was, or may have
 * been, carried out. https://cloud.google.com/iam/docs/allow-policies#etag
 */
export async function change(api: Api, edit: Edit): Promise<Policy | undefined> {
  let before: Policy | undefined;
  const refused = await patiently(api.timeout, async () => {
    const policy = await api.read();
    const edited = attempt(edit, policy);
    if (!edited.bindings) return edited.refused;
    try {
      await api.write(policy, edited.bindings);
    } catch (thrown) {
      if (thrown instanceof ProviderError && thrown.class === "transient") before ??= policy;
      throw thrown;
    }
    before ??= policy;
    return undefined;
  });
  if (refused) throw refused;
  return before;
}

function attempt(edit: Edit, policy: Policy): { bindings?: readonly Binding[]; refused?: ProviderError } {
  try {
    const bindings = edit(policy);
    return bindings ? { bindings } : {};
  } catch (thrown) {
    if (thrown instanceof ProviderError) return { refused: thrown };
    throw thrown;
  }
}

/** Reads until the policy shows it, since a read may be older than the last write. https://cloud.google.com/iam/docs/overview#consistency */
export async function readBack(api: Api, shows: (policy: Policy) => boolean): Promise<Policy> {
  const until = performance.now() + api.timeout;
  for (let pause = PAUSE_MS; ; pause *= 2) {
    const policy = await patiently(api.timeout, () => api.read());
    if (shows(policy)) return policy;
    if (performance.now() + pause > until) throw stale();
    await sleep(pause);
  }
}

function stale(): ProviderError {
  const message = "Google Cloud accepted the change, but still shows the policy from before";
  return new ProviderError("transient", message, { vendorCode: "stale" });
}
