// In which words does the pretended API server refuse? (those of the real one)
import { RESOURCES } from "./state.ts";

export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function answer({ code, reason, message, details, headers }: Refusal): Response {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    details,
    code,
  };
  return Response.json(body, { status: code, headers: { ...headers } });
}

const qualified = (resource: string): string => {
  const group = RESOURCES[resource]?.group ?? "";
  return group === "" ? resource : `${resource}.${group}`;
};
const about = (resource: string, name: string) => ({
  name,
  ...(RESOURCES[resource]?.group !== "" && { group: RESOURCES[resource]?.group }),
  kind: resource,
});

export function unauthorized(): Refused {
  return new Refused({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

export function forbidden(
  user: string,
  { verb, resource, name, namespace }: { verb: string; resource: string; name?: string; namespace?: string },
): Refused {
  const object = name === undefined ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const group = RESOURCES[resource]?.group ?? "";
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${object} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return new Refused({ code: 403, reason: "Forbidden", message, details: about(resource, name ?? "") });
}

export function escalates(resource: string, name: string, user: string, rights: readonly string[]): Refused {
  const message =
    `${qualified(resource)} "${name}" is forbidden: user "${user}" (groups=["system:authenticated"]) ` +
    `is attempting to grant RBAC permissions not currently held:\n${rights.join("\n")}`;
  return new Refused({ code: 403, reason: "Forbidden", message, details: about(resource, name) });
}

export function terminating(resource: string, name: string, namespace: string): Refused {
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  const message = `${qualified(resource)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
  const details = { ...about(resource, name), causes: [cause] };
  return new Refused({ code: 403, reason: "Forbidden", message, details });
}

export function notFound(resource: string, name: string): Refused {
  const message = `${qualified(resource)} "${name}" not found`;
  return new Refused({ code: 404, reason: "NotFound", message, details: about(resource, name) });
}

/** What is no API at all. */
export function noSuchPath(): Refused {
  const message = "the server could not find the requested resource";
  return new Refused({ code: 404, reason: "NotFound", message, details: {} });
}

export function exists(resource: string, name: string): Refused {
  const message = `${qualified(resource)} "${name}" already exists`;
  return new Refused({ code: 409, reason: "AlreadyExists", message, details: about(resource, name) });
}

export function conflict(resource: string, name: string, why: string): Refused {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new Refused({ code: 409, reason: "Conflict", message, details: about(resource, name) });
}

export function invalid(resource: string, name: string, why: string): Refused {
  const kind = RESOURCES[resource]?.kind ?? "";
  const message = `${kind}.${RESOURCES[resource]?.group ?? ""} "${name}" is invalid: ${why}`;
  return new Refused({ code: 422, reason: "Invalid", message, details: about(resource, name) });
}

export function expired(): Refused {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.";
  return new Refused({ code: 410, reason: "Expired", message });
}
