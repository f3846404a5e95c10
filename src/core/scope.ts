// Does the target's provider know the narrowing that a request asks for? (read by the provider's own schema)
import type { Rulebook } from "./evidence.ts";
import type { AccessRequest, Finding } from "./model.ts";
import { readScope, type RequestResult } from "./request.ts";

type Read = { readonly request: AccessRequest } | { readonly findings: readonly Finding[] };

/** The request with its scope typed, or why the provider refuses it. Without a known target it stays as written. */
export function typedRequest(read: RequestResult, rules: Rulebook): Read {
  if ("findings" in read || Object.keys(read.request.scope).length === 0) return read;
  const entitlement = rules.catalog.entitlement(read.request.entitlement);
  const target = entitlement.is === "found" ? rules.catalog.target(entitlement.value.target) : entitlement;
  const kind = target.is === "found" ? target.value.provider : "";
  const schemas = rules.schemas(kind);
  if (!schemas) return read;
  const typed = readScope(read.document, { kind, schemas });
  return "findings" in typed ? typed : { request: { ...read.request, scope: typed.scope } };
}
