// What does this request file ask for?
import type { Document } from "./document.ts";
import { complain, conform, misnamed, readFile, type ReadFile } from "./file.ts";
import { checkedDuration, checkedInstant } from "./formats.ts";
import type { AccessRequest, Finding, JsonObject, Place } from "./model.ts";
import { requestPath } from "./path.ts";
import { secretKind } from "./secret.ts";
import { quoted } from "./text.ts";
import { valueAt } from "./tree.ts";

export type RequestResult =
  | { readonly request: AccessRequest; readonly document: Document }
  | { readonly findings: readonly Finding[] };

/** Reads one file under `requests/` by itself, without the catalog. Never throws. */
export function readRequest(file: { readonly path: string; readonly bytes: Uint8Array }): RequestResult {
  const place = requestPath(file.path);
  if ("code" in place) return { findings: [place] };
  const read = readFile(["AccessRequest"], file.path, file.bytes, (document) => [
    ...misnamed(document, place.id),
    ...misplaced(document, place.entitlement),
    ...secrets(document),
  ]);
  if ("findings" in read) return read;
  return { request: toRequest(read, file.path), document: read.document };
}

/** The scope that a request asks for, read by the provider's own schema. */
export function readScope(
  document: Document,
  provider: { readonly kind: string; readonly schemas: { readonly scope: object } },
): { readonly scope: JsonObject } | { readonly findings: readonly Finding[] } {
  const { value, findings } = conform(
    document,
    ["spec", "scope"],
    `${provider.kind}:scope`,
    provider.schemas.scope,
  );
  return findings.length > 0 ? { findings } : { scope: value as JsonObject };
}

/** What the schema guarantees of `spec`. */
interface WrittenRequest {
  readonly subject: string;
  readonly entitlement: string;
  readonly duration: string;
  readonly notBefore?: string;
  readonly reason: string;
  readonly ticket?: string;
  readonly scope?: JsonObject;
  readonly extends?: string;
  readonly breakGlass?: boolean;
}

function misplaced(document: Document, folder: string): readonly Finding[] {
  const path = ["spec", "entitlement"];
  const entitlement = valueAt(document.value, path);
  if (typeof entitlement !== "string" || entitlement === folder) return [];
  const message = `${quoted(entitlement)} is not the file's folder`;
  const fix = `move the file to requests/${entitlement}/, or write entitlement: ${folder}`;
  return [complain({ document }, "LPS123", path, message, fix)];
}

function secrets(document: Document): readonly Finding[] {
  const path = ["spec", "reason"];
  const reason = valueAt(document.value, path);
  const secret = typeof reason === "string" ? secretKind(reason) : undefined;
  if (secret === undefined) return [];
  const fix = "take it out and revoke that credential, since it is in a commit already";
  return [complain({ document }, "LPS124", path, `the reason holds ${secret}`, fix)];
}

function toRequest({ name, spec, document }: ReadFile, path: string): AccessRequest {
  const written = spec as unknown as WrittenRequest;
  const places: Record<string, Place> = {};
  for (const field of Object.keys(written)) places[field] = document.place(["spec", field]);
  return {
    id: name,
    path,
    subject: written.subject,
    entitlement: written.entitlement,
    duration: checkedDuration(written.duration),
    ...(written.notBefore !== undefined && { notBefore: checkedInstant(written.notBefore) }),
    reason: written.reason,
    ...(written.ticket !== undefined && { ticket: written.ticket }),
    scope: written.scope ?? {},
    ...(written.extends !== undefined && { extends: written.extends }),
    breakGlass: written.breakGlass ?? false,
    places,
  };
}
