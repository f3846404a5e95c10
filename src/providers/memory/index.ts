// How does Lapse act on a target that is only pretended? (tests and simulations)
import { Problem } from "../../core/problem.ts";
import type { Provider } from "../provider.ts";
import { closed, text } from "../schema.ts";
import { lint, openMemory } from "./session.ts";
import { memoryTarget, type MemoryTarget } from "./target.ts";

const NAME = { max: 100 };

/** A provider over the targets that `find` knows by the connection's name. */
export function memory(
  find: (name: string) => MemoryTarget | undefined,
  traits: { readonly nativeExpiry?: boolean; readonly asynchronous?: boolean } = {},
): Provider {
  return {
    kind: "memory",
    grants: true,
    capabilities: {
      ownership: "object",
      expiry: traits.nativeExpiry === true ? "native-leaves-garbage" : "none",
      async: traits.asynchronous === true,
      concurrency: 4,
      sweepable: true,
      residue: [],
    },
    schemas: {
      connection: closed("A target in this process.", { name: text("Its name", "pretend", NAME) }),
      role: closed("A role of the pretended target.", { role: text("Its name", "reader", NAME) }),
      scope: closed("Narrows the role to one part.", { part: text("Its name", "orders", NAME) }, ["part"]),
    },
    selfPerpetuating: ({ role }) => (role === "admin" ? "its holder can grant the same for ever" : undefined),
    lint,
    howToConnect: (claim) => `nothing to connect to: ${claim.target} is pretended`,
    connect: async (connection, { owner }) => {
      const { name } = connection;
      const target = typeof name === "string" ? find(name) : undefined;
      if (target) return openMemory(target, connection, owner);
      throw new Problem("misconfigured", "there is no such pretended target", "make it with memoryTarget()");
    },
  };
}

const ours = new Map<string, MemoryTarget>();

/** The registered provider: every name is a target, which lives as long as the process. */
export const provider = memory((name) => {
  const target = ours.get(name) ?? memoryTarget();
  ours.set(name, target);
  return target;
});
