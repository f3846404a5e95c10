// What does an assignment on a cluster hold? (all that is needed to find, prove and end it)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { word } from "../schema.ts";
import type { Mark } from "./names.ts";
import type { Binding, Place, RoleRef } from "./written.ts";

export interface Granted extends Mark {
  readonly place: Place;
  readonly user: string;
  readonly roleRef: RoleRef;
  /** Hash of the role's rules when it was resolved; empty where only the mark is known. */
  readonly rules: string;
}

/** For giving access, and for asking who has it. */
export function grantedOf(assignment: Assignment): Granted {
  const granted = placedOf(assignment);
  if (granted.user !== "") return granted;
  throw new ProviderError("malformed", "the assignment names no subject", { vendorCode: "no-subject" });
}

/** For finding and ending it: the mark is enough, and the user is empty where somebody spoiled what it says of him. */
export function placedOf(assignment: Assignment): Granted {
  const { mark, owner, target, principal, role } = assignment;
  const [user, name, request] = [word(principal["user"]), word(role["name"]), word(role["request"])];
  if (mark === undefined || name === "")
    throw new ProviderError("malformed", "the assignment names no binding of ours", {
      vendorCode: "no-mark",
    });
  const namespace = word(role["namespace"]);
  return {
    ...{ owner, target, request, user },
    place: { name: mark, ...(namespace !== "" && { namespace }) },
    roleRef: { kind: word(role["kind"]), name },
    rules: word(role["rules"]),
  };
}

/** The other way round, from what the ledger or a mark knows. */
export function assignmentOf(
  { owner, target, request, place, user, roleRef, rules }: Granted,
  { provider, connection, scope }: Pick<Assignment, "provider" | "connection" | "scope">,
): Assignment {
  const where: JsonObject = place.namespace === undefined ? {} : { namespace: place.namespace };
  return {
    key: `${target}/${place.name}`,
    ...{ owner, target, provider, connection, scope },
    principal: { user },
    role: { ...roleRef, ...where, ...(rules !== "" && { rules }), request },
    mark: place.name,
  };
}

/** What one of our bindings says of itself; whom it was made for matters to no revocation. */
export function grantedBy({ name, namespace, roleRef, annotations, subjects }: Binding, mark: Mark): Granted {
  const [said, rules] = [annotations["lapse.dev/subject"] ?? "", annotations["lapse.dev/rules"] ?? ""];
  const bound = subjects.find(({ kind }) => kind === "User") ?? subjects[0];
  const place = { name, ...(namespace !== undefined && { namespace }) };
  return { ...mark, place, user: said === "" ? (bound?.name ?? "") : said, roleRef, rules };
}
