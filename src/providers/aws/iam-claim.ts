// Is a claim on an IAM user or role well formed? (judged offline)
import type { Claim, JsonObject } from "../../core/model.ts";
import { word } from "../schema.ts";
import { matches } from "./connection.ts";

export const IAM = "aws-iam";
export type EntityKind = "user" | "role";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names */
const IDENTITY = /^(user|role)\/([\w+=,.@-]{1,64})$/;
/** Roles that AWS keeps as it wants them. */
const RESERVED = /^(AWSReservedSSO_|AWSServiceRoleFor)/;
export const POLICY =
  "^arn:aws(-[a-z]{1,5}){0,3}:iam::[0-9]{12}:policy/([\\x21-\\x7e]{1,510}/)?[\\w+=,.@-]{1,128}$";
export const VERSION = "^v[1-9][0-9]{0,5}$";

export function readIdentity(
  identity: string,
): { readonly kind: EntityKind; readonly name: string } | undefined {
  const [, kind, name] = IDENTITY.exec(identity) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind as EntityKind, name };
}

export function lintIam({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  const entity = readIdentity(identity);
  if (!entity) return `${JSON.stringify(identity)} is not of the form user/<name> or role/<name>`;
  if (entity.kind === "role" && RESERVED.test(entity.name))
    return `${entity.name} belongs to AWS: nobody may change it`;
  return lintRole(role);
}

function lintRole({ policy, version }: JsonObject): string | undefined {
  if (!matches(POLICY, policy))
    return `${JSON.stringify(word(policy))} is not the ARN of a policy of an account's own`;
  return matches(VERSION, version)
    ? undefined
    : `${JSON.stringify(word(version))} is not the version of a policy`;
}
