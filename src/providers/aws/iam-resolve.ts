// Who and what does a claim mean in this account, and may it be granted at all?
import type { Assignment, Claim } from "../../core/model.ts";
import { word } from "../schema.ts";
import { refuse } from "./errors.ts";
import type { Iam } from "./iam-api.ts";
import { IAM, lintIam, readIdentity } from "./iam-claim.ts";
import type { Entity } from "./iam-entities.ts";
import { policyName } from "./iam-names.ts";
import { digest, unlendable } from "./iam-policy.ts";
import { readDocument, type Document } from "./statements.ts";

/** Paths of roles that AWS alone may change. */
const RESERVED = /:role\/(aws-reserved|aws-service-role)\//;
const accountIn = (arn: string): string => arn.split(":")[4] ?? "";

/** Throws malformed, subject-missing, role-missing, target-missing or denied-by-policy. */
export async function resolve(iam: Iam, claim: Claim): Promise<Assignment> {
  const wrong = lintIam(claim);
  if (wrong !== undefined) refuse("malformed", wrong, "lint");
  const { owner, target, connection, request } = claim;
  const mark = policyName(owner, target, request);
  const entity = await subject(iam, claim.identity);
  checkAccount(entity, word(connection["account"]));
  if (RESERVED.test(entity.arn))
    refuse("denied-by-policy", `${claim.identity} belongs to AWS: nobody may change it`);
  const [policy, version] = [word(claim.role["policy"]), word(claim.role["version"])];
  if (accountIn(policy) !== word(connection["account"]))
    refuse("malformed", "the policy belongs to another account than the target", "account");
  const { sha256 } = await lendable(iam, policy, version);
  return {
    ...{ key: `${target}/${mark}`, owner, target, provider: IAM, connection, mark },
    principal: { kind: entity.kind, name: entity.name, id: entity.id },
    role: { policy, version, sha256, request },
    scope: {},
  };
}

async function subject(iam: Iam, identity: string): Promise<Entity> {
  const { kind, name } = readIdentity(identity) ?? refuse("malformed", "nobody is named", "lint");
  const found = await iam.entity(kind, name);
  return found ?? refuse("subject-missing", `there is no ${kind} ${name} in the account`, "NoSuchEntity");
}

/** Keys of another account would find another user of the same name. */
export function checkAccount({ arn }: Entity, account: string): void {
  if (accountIn(arn) === account) return;
  refuse("target-missing", `the applier's keys belong to another account than ${account}`, "account");
}

/** The document of one version of a policy, if it may be lent. */
export async function lendable(
  iam: Iam,
  policy: string,
  version: string,
): Promise<{ readonly document: Document; readonly sha256: string }> {
  const name = policy.split("/").at(-1) ?? policy;
  const document = readDocument(await iam.policyVersion(policy, version));
  const sha256 = document && digest(document);
  if (!document || sha256 === undefined)
    refuse("malformed", `${name} ${version} holds what Lapse cannot read`, "document");
  const reason = unlendable(document);
  if (reason !== undefined) refuse("denied-by-policy", `${name} ${version} ${reason}`, "unlendable");
  return { document, sha256 };
}
