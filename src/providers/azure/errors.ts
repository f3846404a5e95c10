// What does an answer of Azure mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

type Meaning = readonly [ErrorClass, string];

/** By the code in the answer. https://learn.microsoft.com/azure/role-based-access-control/troubleshooting */
const CODES: Readonly<Record<string, Meaning>> = {
  SubscriptionNotFound: ["target-missing", "there is no such subscription, or the applier has no role in it"],
  InvalidSubscriptionId: ["target-missing", "there is no such subscription"],
  InvalidAuthenticationTokenTenant: ["target-missing", "the subscription belongs to another tenant"],
  ResourceGroupNotFound: ["role-missing", "there is no such resource group"],
  RoleDefinitionDoesNotExist: ["role-missing", "there is no such role definition"],
  RoleDefinitionNotFound: ["role-missing", "there is no such role definition"],
  Request_ResourceNotFound: ["subject-missing", "Entra knows no user with this object id"],
  Authorization_RequestDenied: [
    "forbidden",
    "the applier may not read users: grant its application the Graph permission User.Read.All",
  ],
  AuthorizationFailed: [
    "forbidden",
    "the applier lacks the right, or the condition on its own role assignment does not cover this role",
  ],
  LinkedAuthorizationFailed: ["forbidden", "the applier lacks the right on a linked scope"],
  // We send principalType and have just read the user: it has not reached the authorization service yet.
  PrincipalNotFound: ["transient", "the user has not been replicated to the authorization service yet"],
  SubjectNotFound: ["transient", "the user has not been replicated to Privileged Identity Management yet"],
  RoleAssignmentExists: ["conflict", "the subject holds this very role already, and not by us"],
  RoleAssignmentUpdateNotPermitted: ["conflict", "our name is taken by another role assignment"],
  HashConflictOnDifferentRoleAssignmentIds: ["conflict", "Azure refuses this name: a hash conflict"],
  PendingRoleAssignmentRequest: ["conflict", "another order for this assignment is still being carried out"],
  RoleAssignmentLimitExceeded: [
    "denied-by-policy",
    "the limit of role assignments is reached: remove some that nobody needs, or use groups",
  ],
  ScopeLocked: ["denied-by-policy", "a lock is on the scope: an administrator has to remove it"],
  ActiveDurationTooShort: ["too-soon", "an assignment must be active for 5 minutes before it can be removed"],
  // Gone, or not there yet: whoever gets it looks again.
  RoleAssignmentDoesNotExist: ["transient", "Privileged Identity Management does not find the assignment"],
  AadPremiumLicenseRequired: [
    "denied-by-policy",
    "the tenant has no licence for it: Entra ID P2 or Governance",
  ],
};

const STATUS: Readonly<Record<number, ErrorClass>> = {
  400: "malformed",
  401: "forbidden",
  403: "forbidden",
  404: "target-missing",
  408: "transient",
  409: "conflict",
  412: "conflict",
  429: "throttled",
};

const POLICY = "RoleAssignmentRequestPolicyValidationFailed";
const NO_CERTIFICATE = /CERT|SSL|TLS|SELF_SIGNED/;

/** The vendor's text stays in `cause`, since it may hold names. The SDK's own error does not: it holds our token. */
export function asProviderError(thrown: unknown, doing: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const said = (thrown ?? {}) as Readonly<Record<string, unknown>>;
  const status = typeof said["statusCode"] === "number" ? said["statusCode"] : undefined;
  const vendorCode = word(said["code"]) || word(status?.toString()) || word(said["name"]) || "none";
  const [cls, words] = meaning(vendorCode, status, word(said["message"]));
  const cause = new Error(word(said["message"]));
  return new ProviderError(cls, `Azure did not ${doing}: ${words}`, { vendorCode, cause });
}

const word = (value: unknown): string => (typeof value === "string" ? value : "");

function meaning(code: string, status: number | undefined, message: string): Meaning {
  if (code === POLICY)
    return ["denied-by-policy", `the role's settings in PIM refuse it (${rules(message)})`];
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (known) return known;
  if (status === undefined) return connection(code);
  const cls = STATUS[status] ?? "transient";
  return [cls, `${cls} (${status})`];
}

/** The request did not reach Azure, or its answer did not reach us. */
function connection(code: string): Meaning {
  if (NO_CERTIFICATE.test(code)) return ["forbidden", "its certificate is not trusted"];
  if (/Abort|Timeout/.test(code)) return ["transient", "no answer in time"];
  return ["transient", "the connection failed"];
}

/** `["ExpirationRule","JustificationRule"]`: identifiers, and nothing else of the text. */
function rules(message: string): string {
  return [...new Set(message.match(/\b[A-Z][A-Za-z]{2,40}Rule\b/g))].join(", ") || "no rule was named";
}
