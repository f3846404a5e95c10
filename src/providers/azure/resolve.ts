// Who and what does a claim mean in Azure, and may it be lent at all?
import type { Assignment, Claim, Json } from "../../core/model.ts";
import { ProviderError, type ErrorClass } from "../provider.ts";
import type { Arm } from "./arm.ts";
import { assigning, refusedFor } from "./catalogue.ts";
import { edgeOf, keyOf, namesOf, scopeId } from "./edge.ts";
import { asProviderError } from "./errors.ts";
import { lint, wanted } from "./words.ts";

function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/** Throws malformed, subject-missing, role-missing, target-missing, forbidden or denied-by-policy. */
export async function resolve(arm: Arm, claim: Claim): Promise<Assignment> {
  const { definition, group } = wanted(claim.role);
  const strong = assigning(definition);
  if (strong !== undefined) refuse("denied-by-policy", strong);
  const wrong = lint(claim);
  if (wrong !== undefined) refuse("malformed", wrong);
  const scope = scopeId(arm.subscription, group);
  const roleName = await checkedRole(arm, scope, definition);
  const subject = await checkedSubject(arm, claim.identity.toLowerCase());
  const { owner, target, provider, connection } = claim;
  const assignment: Assignment = {
    key: "",
    ...{ owner, target, provider, connection },
    principal: { id: subject.id, name: subject.name },
    role: { roleDefinition: definition, name: roleName },
    scope: { id: scope },
  };
  const [name] = namesOf(edgeOf(assignment), arm.tenant, owner);
  return { ...assignment, key: keyOf(provider, name), ...(provider === "azure" && { mark: name }) };
}

/** Custom roles may permit anything, and built-in ones change: what the definition says now counts. */
async function checkedRole(arm: Arm, scope: string, definition: string): Promise<string> {
  const { permissions, roleName } = await arm.call("show the role definition", (options) =>
    arm.client.roleDefinitions.get(scope.slice(1), definition, options),
  );
  const operation = refusedFor(definition, permissions);
  if (operation !== undefined)
    refuse(
      "denied-by-policy",
      `the role permits ${operation}: its holder could keep access that does not end`,
    );
  return roleName ?? definition;
}

/** A user, and one who can sign in. Groups and applications are not lent anything. */
async function checkedSubject(arm: Arm, id: string): Promise<{ readonly id: string; readonly name: string }> {
  const doing = "show the user";
  const { status, body } = await arm.graph(
    `/v1.0/users/${id}?$select=id,userPrincipalName,accountEnabled`,
    doing,
  );
  if (status !== 200) throw asProviderError({ statusCode: status, code: codeOf(body["error"]) }, doing);
  const { id: found, userPrincipalName: name, accountEnabled } = body;
  if (typeof found !== "string" || found.toLowerCase() !== id)
    refuse("transient", "Microsoft Graph answered something else than this user");
  if (accountEnabled === false)
    refuse("subject-missing", "the user's account is disabled", "accountDisabled");
  return { id, name: typeof name === "string" ? name : id };
}

function codeOf(error: Json | undefined): Json | undefined {
  return typeof error === "object" && error !== null && "code" in error ? error["code"] : undefined;
}
