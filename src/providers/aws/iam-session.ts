// What does an open connection to IAM of one account do?
import type { Assignment, JsonObject } from "../../core/model.ts";
import type { ConnectOptions, Listed, Observed, Session, Verdict } from "../provider.ts";
import { word } from "../schema.ts";
import { clientSettings } from "./client.ts";
import { refuse } from "./errors.ts";
import { openIamClient, type Iam } from "./iam-api.ts";
import { put, remove, removeOurs } from "./iam-change.ts";
import { IAM } from "./iam-claim.ts";
import { iamDoctor } from "./iam-doctor.ts";
import { locate, observe, ownPolicy } from "./iam-look.ts";
import { hasEnded } from "./iam-policy.ts";
import { ownPolicies, type Own } from "./iam-own.ts";
import { checkAccount, resolve } from "./iam-resolve.ts";
import { otherWays } from "./iam-ways.ts";
import { whole } from "./pages.ts";
import { patienceOf, type Patience } from "./waiting.ts";

/** Throws a Problem (misconfigured) when a key is missing, else ProviderErrors. */
export async function openIam(connection: JsonObject, options: ConnectOptions): Promise<Session> {
  const where = { region: word(connection["region"]), endpoint: "endpoint" };
  const { owner, timeout } = options;
  const iam = openIamClient(clientSettings(connection, options, where), timeout);
  const patience = patienceOf(timeout);
  try {
    // Whoever is not found in a wrong account would be taken for gone. Every account has roles, AWS's own at least.
    const role =
      (await iam.anyRole()) ?? refuse("transient", "IAM shows no role, so which account it is is not known");
    checkAccount(role, word(connection["account"]));
  } catch (thrown) {
    iam.close();
    throw thrown;
  }
  return {
    resolve: (claim) => resolve(iam, claim),
    observe: async (assignments) => {
      const answers: Observed[] = [];
      for (const one of assignments) answers.push(await observe(iam, one, patience));
      return answers;
    },
    list: async () => {
      const { items, failed } = await ownPolicies(iam, owner);
      const giving = items.filter(({ judged }) => judged.marked && !hasEnded(judged, iam.now()));
      return { items: giving.map((own) => listed(own, owner, connection)), complete: failed === undefined };
    },
    grant: (assignment, window) => put(iam, assignment, window, patience),
    revoke: (assignment) => remove(iam, assignment, patience),
    verify: (assignment) => verify(iam, assignment, patience),
    cleanup: () => cleanup(iam, owner, patience),
    doctor: () => iamDoctor(iam, owner),
    close: () => {
      iam.close();
      return Promise.resolve();
    },
  };
}

async function verify(iam: Iam, assignment: Assignment, patience: Patience): Promise<Verdict> {
  const entity = await locate(iam, assignment);
  if (!entity) return { allowed: false, via: [], standing: false };
  checkAccount(entity, word(assignment.connection["account"]));
  const { document } = await ownPolicy(iam, entity, assignment, patience);
  return otherWays(iam, assignment, entity, document);
}

function listed({ holder, name, judged, made }: Own, owner: string, connection: JsonObject): Listed {
  const { kind, id } = holder;
  return {
    ...{ key: `${made.target}/${name}`, owner, target: made.target, provider: IAM, connection, mark: name },
    principal: { kind, name: holder.name, id },
    role: { request: made.request, sha256: judged.sha256 ?? null },
    scope: {},
    ...(judged.end !== undefined && { until: judged.end }),
  };
}

/** Only what has ended by itself goes; whatever still gives access is ended by the sweep, which writes it down first. */
async function cleanup(iam: Iam, owner: string, patience: Patience): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const { holder, name, judged } of whole(await ownPolicies(iam, owner))) {
    if (!judged.marked || !hasEnded(judged, iam.now())) continue;
    await removeOurs(iam, holder, name, patience);
    removed.push(`removed the inline policy ${name} of ${holder.kind} ${holder.name}, which had expired`);
  }
  return removed;
}
