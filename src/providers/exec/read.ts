// Does a part of the plugin's answer have the shape that it must have? (strict on what is used, blind to everything else)
import { canonical, tameObject, tameText } from "../../core/canonical.ts";
import type { JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";

const MAX_TEXT = 300;
const MAX_TEXTS = 100;
/** What goes into the ledger stays readable there. */
const MAX_STORED = 4096;
const MAX_DEPTH = 16;
const NAME = /^[\x21-\x7e]{1,200}$/;
const RESERVED = /"(?:__proto__|constructor|prototype)":/;

/** An answer that makes no sense says nothing about the target: what was asked may have been done or not. */
export function nonsense(where: string): ProviderError {
  return new ProviderError("transient", `the plugin's answer makes no sense at \`${where}\``, {
    vendorCode: "bad-answer",
  });
}

export function object(value: unknown, where: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw nonsense(where);
  return value as JsonObject;
}

export function list(value: unknown, where: string, max: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > max) throw nonsense(where);
  return value;
}

export function flag(value: unknown, where: string): boolean {
  if (typeof value !== "boolean") throw nonsense(where);
  return value;
}

/** Words for people: cut where they are long. */
export function text(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "") throw nonsense(where);
  return tameText(value.slice(0, MAX_TEXT));
}

export function texts(value: unknown, where: string): readonly string[] {
  return list(value, where, MAX_TEXTS).map((one) => text(one, where));
}

export function oneOf<T extends string>(value: unknown, options: readonly T[], where: string): T {
  const found = options.find((option) => option === value);
  if (found === undefined) throw nonsense(where);
  return found;
}

/** A key or a mark: ASCII without blanks. */
export function name(value: unknown, where: string): string {
  if (typeof value !== "string" || !NAME.test(value)) throw nonsense(where);
  return value;
}

/** An object that can be written to the ledger as it is, and asked with again for ever. */
export function stored(value: unknown, where: string): JsonObject {
  const found = object(value, where);
  try {
    const written = canonical(found);
    if (written.length <= MAX_STORED && !RESERVED.test(written) && !isDeeper(found, MAX_DEPTH)) return found;
  } catch {
    // A broken character or a fraction, or so deep that nothing can walk it.
  }
  throw nonsense(where);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Evidence for people: made fit for the ledger. */
export function receipt(value: unknown, where: string): JsonObject {
  return stored(tameObject(object(value, where)), where);
}
