// Which roles defeat time limits? (by the ids of built-in ones, and by what a definition permits)

/** They can assign roles. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ASSIGNING: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "8b54135c-b56d-4d72-a534-26097cfdc8d8": "Key Vault Data Access Administrator",
  "a8889054-8d42-49c9-bc1c-52486c10e7cd": "Reservations Administrator",
};

const IDENTITIES = "can add credentials to managed identities, which go on working";
const KEYS = "can read the keys of storage accounts, which go on working";
const CLUSTERS = "can read the certificate of an AKS cluster's administrator, which goes on working";
const VAULTS = "can write itself into the access policies of key vaults, which do not end";

/**
 * They leave something behind that outlives them, but are what people work with every day. They are lent, since their ids
 * tell it before anybody approves. A role of one's own that permits the same says so nowhere: it is refused when its
 * definition is read. Assigning roles is refused in both, for it needs no more than a moment to undo every end.
 */
const LASTING: Readonly<Record<string, readonly [name: string, can: string]>> = {
  "b24988ac-6180-42a0-ab88-20f7382dd24c": ["Contributor", IDENTITIES],
  "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": ["Managed Identity Contributor", IDENTITIES],
  "17d1049b-9a84-46fb-8f53-869881c3d3ab": ["Storage Account Contributor", KEYS],
  "81a9662b-bebf-436f-a333-f67b29880f12": ["Storage Account Key Operator Service Role", KEYS],
  "c12c1c16-33a1-487b-954d-41c89c60f349": ["Reader and Data Access", KEYS],
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": ["Virtual Machine Contributor", KEYS],
  "92aaf0da-9dab-42b6-94a3-d43ce8d16293": ["Log Analytics Contributor", KEYS],
  "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8": ["Azure Kubernetes Service Cluster Admin Role", CLUSTERS],
  "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8": ["Azure Kubernetes Service Contributor Role", CLUSTERS],
  "f25e0fa2-a7c8-4377-a976-54943a77a395": ["Key Vault Contributor", VAULTS],
};

/** Whoever may do one of these can make access that does not end. In lower case. */
const GRANTING: readonly string[] = [
  "microsoft.authorization/roleassignments/write",
  "microsoft.authorization/roledefinitions/write",
  "microsoft.authorization/roleassignmentschedulerequests/write",
  "microsoft.authorization/roleeligibilityschedulerequests/write",
  "microsoft.authorization/elevateaccess/action",
  "microsoft.blueprint/blueprintassignments/write",
];

/** Whoever may do one of these can make or read credentials that outlive the role. In lower case. */
const LEAVING: readonly string[] = [
  "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write",
  "microsoft.containerservice/managedclusters/listclusteradmincredential/action",
  "microsoft.containerservice/managedclusters/accessprofiles/listcredential/action",
  "microsoft.keyvault/vaults/write",
  "microsoft.keyvault/vaults/accesspolicies/write",
  "microsoft.storage/storageaccounts/listkeys/action",
  "microsoft.storage/storageaccounts/listaccountsas/action",
];

/** What a role definition says, as far as it matters here. */
export interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
}

/** The reason why a built-in role is never lent. */
export function assigning(definition: string): string | undefined {
  const name = ASSIGNING[definition.toLowerCase()];
  return name === undefined ? undefined : `${name} can assign roles that do not end`;
}

/** The reason why a built-in role, though it may be lent, asks for more care. */
export function selfPerpetuating(definition: string): string | undefined {
  return LASTING[definition.toLowerCase()]?.join(" ") ?? assigning(definition);
}

/** Do these permissions allow the operation? One of them must, and must not take it out again. */
export function permits(permissions: readonly Permission[] | undefined, operation: string): boolean {
  const wantedOne = operation.toLowerCase();
  return (permissions ?? []).some(
    ({ actions, notActions }) => covers(actions, wantedOne) && !covers(notActions, wantedOne),
  );
}

/** The first operation among these permissions with which their holder could give himself or others any access. */
export function grantsOn(permissions: readonly Permission[] | undefined): string | undefined {
  return GRANTING.find((operation) => permits(permissions, operation));
}

/** The first operation for which this role is not lent, although its id did not say so. */
export function refusedFor(
  definition: string,
  permissions: readonly Permission[] | undefined,
): string | undefined {
  const told = Object.hasOwn(LASTING, definition.toLowerCase());
  const leaving = told ? undefined : LEAVING.find((operation) => permits(permissions, operation));
  return grantsOn(permissions) ?? leaving;
}

/** Patterns know one wildcard, `*`, which also crosses slashes; nothing tells upper from lower case. */
function covers(patterns: readonly string[] | undefined, operation: string): boolean {
  return (patterns ?? []).some((pattern) => matches(pattern.toLowerCase().split("*"), operation));
}

/** The parts between wildcards, each found behind the one before it: never a regular expression of foreign text. */
function matches([first = "", ...rest]: readonly string[], operation: string): boolean {
  const last = rest.pop();
  if (last === undefined) return operation === first;
  if (!operation.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = operation.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return operation.length - last.length >= at && operation.endsWith(last);
}
