// What does an open connection to the Privileged Identity Management of one Azure subscription do?
import type { Assignment, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import type { ConnectOptions, Observed, Session } from "../provider.ts";
import { openArm, type Arm } from "./arm.ts";
import { doctor } from "./doctor.ts";
import { edgeOf } from "./edge.ts";
import { grantPim } from "./pim-grant.ts";
import { lookAtPim } from "./pim-read.ts";
import { revokePim } from "./pim-revoke.ts";
import { verifyPim } from "./pim-verify.ts";
import { resolve } from "./resolve.ts";

/** Throws a Problem (misconfigured) when a variable is unset, else ProviderErrors. */
export function openPim(connection: JsonObject, options: ConnectOptions): Session {
  const arm = openArm(connection, options);
  return {
    resolve: (claim) => resolve(arm, claim),
    observe: async (assignments) => {
      const seen: Observed[] = [];
      for (const one of assignments) seen.push(await observeOne(arm, one));
      return seen;
    },
    // Nothing on the target says for long whose it is: the ledger knows.
    list: () => Promise.resolve({ items: [], complete: true }),
    grant: (assignment, window) => grantPim(arm, assignment, window),
    revoke: (assignment) => revokePim(arm, assignment),
    verify: (assignment) => verifyPim(arm, assignment),
    cleanup: () => Promise.resolve([]),
    doctor: () => doctor(arm, "roleAssignmentScheduleRequests"),
    close: () => Promise.resolve(),
  };
}

async function observeOne(arm: Arm, assignment: Assignment): Promise<Observed> {
  const { active, scheduled, pending } = await lookAtPim(arm, edgeOf(assignment));
  if (active) return { state: "held", receipt: { until: printInstant(active.until) } };
  return { state: scheduled !== undefined || pending.length > 0 ? "pending" : "absent" };
}
