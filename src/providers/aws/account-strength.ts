// Would a permission set outlive any time limit? (as far as Identity Center shows what is in it)
import type { Center } from "./account-center.ts";
import { refuse } from "./errors.ts";
import { perpetuating } from "./catalogue.ts";
import { readDocument } from "./statements.ts";

/** Whoever has one of these can make users, keys or roles that stay. Policies of the accounts themselves are not shown. */
const STRONG: readonly string[] = [
  "AdministratorAccess",
  "AWSOrganizationsFullAccess",
  "AWSSSOMasterAccountAdministrator",
  "AWSSSOMemberAccountAdministrator",
  "IAMFullAccess",
];

/** Throws role-missing, or denied-by-policy when it can be seen to be too strong to be lent. */
export async function checkPermissionSet(center: Center, arn: string): Promise<void> {
  const { name } = await center.permissionSet(arn);
  const managed = await center.managedPolicies(arn);
  const strong = managed.find((policy) => STRONG.includes(policy.split("/").at(-1) ?? ""));
  if (strong !== undefined)
    refuse(
      "denied-by-policy",
      `the permission set ${name} has ${strong}: it would outlive any time limit`,
      "strong",
    );
  const inline = await center.inlinePolicy(arn);
  if (inline === "") return;
  const statements = readDocument(inline)?.statements ?? [];
  const reason = perpetuating(statements.filter(({ Effect }) => Effect === "Allow"));
  if (reason !== undefined) refuse("denied-by-policy", `the permission set ${name} ${reason}`, "strong");
}
