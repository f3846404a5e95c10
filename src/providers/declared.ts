// How does a provider take part in policies and checks before it can grant?
import { Problem } from "../core/problem.ts";
import type { Provider } from "./provider.ts";

/** A provider that is known to schemas, policies and plans; connecting says plainly that it does not act yet. */
export function declared(provider: Omit<Provider, "connect" | "grants">): Provider {
  return {
    ...provider,
    grants: false,
    connect: () =>
      Promise.reject(
        new Problem(
          "misconfigured",
          `granting on ${provider.kind} is not part of this version`,
          "keep the target's entitlements out of requests, or use a target of kind postgres",
        ),
      ),
  };
}
