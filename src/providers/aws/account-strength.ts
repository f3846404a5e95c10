// Would a permission set outlive any time limit? (everything that is in it is read; what cannot be read is not lent)
import type { Center } from "./account-center.ts";
import { perpetuating } from "./catalogue.ts";
import { refuse } from "./errors.ts";
import type { Iam } from "./iam-api.ts";
import { readDocument, type Document } from "./statements.ts";

/** Throws role-missing, or denied-by-policy when it is too strong to be lent or cannot be read as a whole. */
export async function checkPermissionSet(
  center: Center,
  iam: Pick<Iam, "currentVersion" | "policyVersion">,
  arn: string,
): Promise<void> {
  const { name } = await center.permissionSet(arn);
  const [customer] = await center.customerPolicies(arn);
  if (customer !== undefined)
    refuse(
      "denied-by-policy",
      `the permission set ${name} refers to the customer managed policy ${customer}, which every account writes for itself, so what it allows is not known here: lend a group that has it instead (kind aws)`,
      "customer-managed",
    );
  for (const policy of await center.managedPolicies(arn)) {
    const text = await iam.policyVersion(policy, await iam.currentVersion(policy));
    check(`the policy ${policy.split("/").at(-1) ?? policy} of the permission set ${name}`, text);
  }
  const inline = await center.inlinePolicy(arn);
  if (inline !== "") check(`the inline policy of the permission set ${name}`, inline);
}

function check(what: string, text: string): void {
  const document = readDocument(text);
  if (!document || !isPlain(document))
    refuse("denied-by-policy", `${what} cannot be read, so it is not lent`, "document");
  const reason = perpetuating(document.statements.filter(({ Effect }) => Effect === "Allow"));
  if (reason !== undefined) refuse("denied-by-policy", `${what} ${reason}`, "strong");
}

/** Every statement allows or denies, and says what. */
function isPlain({ statements }: Document): boolean {
  return statements.every(
    ({ Effect, Action, NotAction }) =>
      ["Allow", "Deny"].includes(Effect) && Action.length + NotAction.length > 0,
  );
}
