// Which roles defeat time limits? (by the ids of built-in ones, and by what a definition permits)

/** They can assign roles. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ASSIGNING: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "8b54135c-b56d-4d72-a534-26097cfdc8d8": "Key Vault Data Access Administrator",
  "a8889054-8d42-49c9-bc1c-52486c10e7cd": "Reservations Administrator",
};

/** They can give a managed identity, which may hold any role, credentials that do not end. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "Managed Identity Contributor",
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
  const name = CREDENTIALS[definition.toLowerCase()];
  if (name === undefined) return assigning(definition);
  return `${name} can add credentials to managed identities, which go on working`;
}

/** Do these permissions allow the operation? One of them must, and must not take it out again. */
export function permits(permissions: readonly Permission[] | undefined, operation: string): boolean {
  const wantedOne = operation.toLowerCase();
  return (permissions ?? []).some(
    ({ actions, notActions }) => covers(actions, wantedOne) && !covers(notActions, wantedOne),
  );
}

/** The first operation among these permissions with which their holder could keep what he was lent. */
export function grantsOn(permissions: readonly Permission[] | undefined): string | undefined {
  return GRANTING.find((operation) => permits(permissions, operation));
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
