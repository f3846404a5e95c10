// Is a claim on an account well formed? (judged offline)
import type { Claim } from "../../core/model.ts";
import { word } from "../schema.ts";
import { ACCOUNT, ID, matches } from "./connection.ts";

export const ACCOUNTS = "aws-account";
const PARTITION = "arn:aws(-[a-z]{1,5}){0,3}";
const INSTANCE_ID = "(sso)?ins-[a-zA-Z0-9-.]{16}";
export const INSTANCE = `^${PARTITION}:sso:::instance/${INSTANCE_ID}$`;
export const PERMISSION_SET = `^${PARTITION}:sso:::permissionSet/${INSTANCE_ID}/ps-[a-zA-Z0-9-./]{16}$`;

export function lintAccount({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  if (!matches(ID, identity)) return `${JSON.stringify(identity)} is not a user id of the identity store`;
  if (!matches(ACCOUNT, role["account"]))
    return `${JSON.stringify(word(role["account"]))} is not the number of an AWS account`;
  if (matches(PERMISSION_SET, role["permissionSet"])) return undefined;
  return `${JSON.stringify(word(role["permissionSet"]))} is not the ARN of a permission set`;
}
