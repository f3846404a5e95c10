// Which text stands for a value? (one value, one text: the form that is hashed and written to the ledger)
import type { Json, JsonObject } from "./model.ts";

/**
 * Canonical JSON after RFC 8785 (https://www.rfc-editor.org/rfc/rfc8785): keys sorted by UTF-16 code units, no white
 * space. Stricter than the RFC, so that no two readers can differ: numbers are safe integers, texts are well-formed
 * and in NFC. Throws RangeError for anything else, `undefined` included.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return String(value + 0);
    throw new RangeError(`only safe integers are canonical, not ${value}`);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) return object(value);
  throw new RangeError(`${typeof value} is not JSON`);
}

/** A value that is canonical whatever a vendor answered: a receipt must not be lost over an odd number or letter. */
export function tame(value: unknown): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return tameText(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : String(value);
  if (Array.isArray(value)) return value.map(tame);
  return typeof value === "object" ? tameObject(value) : typeof value;
}

/** `tame` for an object's fields; fields without a value are left out. */
export function tameObject(value: object): JsonObject {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([key, field]) => [tameText(key), tame(field)]));
}

function object(value: object): string {
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${text(key)}:${canonical(field)}`).join(",")}}`;
}

function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function text(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new RangeError("half a character is not canonical");
  if (value.normalize("NFC") !== value) throw new RangeError("only text in NFC is canonical");
  return JSON.stringify(value);
}

/** `tame` for a text. */
export function tameText(value: string): string {
  return value.replace(/\p{Surrogate}/gu, "\ufffd").normalize("NFC");
}
