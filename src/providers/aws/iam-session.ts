// What does an open connection to IAM of one account do?
import type { Assignment, JsonObject } from "../../core/model.ts";
import type { ConnectOptions, Listed, Observed, Session, Verdict } from "../provider.ts";
import { word } from "../schema.ts";
import { clientSettings } from "./client.ts";
import { openIamClient, type Iam } from "./iam-api.ts";
import { put, remove, removeOurs } from "./iam-change.ts";
import { IAM } from "./iam-claim.ts";
import { iamDoctor } from "./iam-doctor.ts";
import { inlinePolicy, isOurs, locate, markOf, observed } from "./iam-look.ts";
import { hasEnded, judge } from "./iam-policy.ts";
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
    const role = await iam.anyRole();
    if (role) checkAccount(role, word(connection["account"]));
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

async function observe(iam: Iam, assignment: Assignment, patience: Patience): Promise<Observed> {
  const entity = await locate(iam, assignment);
  if (!entity) return { state: "absent" };
  checkAccount(entity, word(assignment.connection["account"]));
  return observed(await inlinePolicy(iam, entity, markOf(assignment), patience), assignment, iam.now());
}

async function verify(iam: Iam, assignment: Assignment, patience: Patience): Promise<Verdict> {
  const entity = await locate(iam, assignment);
  if (!entity) return { allowed: false, via: [], standing: false };
  const text = await inlinePolicy(iam, entity, markOf(assignment), patience);
  const judged = text === undefined ? undefined : judge(markOf(assignment), text);
  return otherWays(iam, assignment, entity, isOurs(judged, assignment) ? judged.document : undefined);
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
