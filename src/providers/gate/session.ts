// What is there to do where nothing is stored? (the ledger is the target: every answer is that it says so)
import type { Assignment, Claim } from "../../core/model.ts";
import { ProviderError, type Session } from "../provider.ts";

/** Grants and ends are true as soon as the ledger holds them, so there is nothing to write and nothing to read back. */
export function openGate(owner: string): Session {
  return {
    resolve: (claim) => Promise.resolve(assignmentOf(claim, owner)),
    observe: (assignments) =>
      Promise.resolve(assignments.map(() => ({ state: "ours", receipt: {} }) as const)),
    list: () => Promise.resolve({ items: [], complete: true }),
    grant: (_, { end, now }) =>
      end > now
        ? Promise.resolve({})
        : Promise.reject(new ProviderError("malformed", "the window is over", { vendorCode: "past" })),
    revoke: () => Promise.resolve({ state: "absent", receipt: {}, residue: [] }),
    verify: (assignment) =>
      Promise.resolve({ allowed: true, via: [assignment.mark ?? assignment.key], standing: false }),
    cleanup: () => Promise.resolve([]),
    doctor: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

function assignmentOf(
  { request, target, provider, connection, identity, role, scope }: Claim,
  owner: string,
): Assignment {
  const mark = `${owner}:${request}`;
  const principal = { name: identity };
  return { key: `${target}/${mark}`, owner, target, provider, connection, principal, role, scope, mark };
}
