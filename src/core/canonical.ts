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

/** Is this text the one that stands for the value? */
export function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonical(value) === text;
  } catch {
    return false;
  }
}

/** Deeper than any answer that is worth keeping, and far from what a stack can hold. */
const DEEPEST = 64;

/** A value that is canonical whatever a vendor answered: a receipt must not be lost over an odd number or letter. */
export function tame(value: unknown): Json {
  return tameAt(value, 0);
}

/** `tame` for an object's fields; fields without a value are left out. */
export function tameObject(value: object): JsonObject {
  return tameFields(value, 0);
}

/** `tame` for the texts in a value alone: a number that is none stays, and `canonical` refuses it. */
export function tameTexts<T>(value: T): T {
  if (typeof value === "string") return tameText(value) as T;
  if (Array.isArray(value)) return value.map(tameTexts) as T;
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, field]) => [tameText(key), tameTexts<unknown>(field)]);
  return Object.fromEntries(fields) as T;
}

function tameAt(value: unknown, depth: number): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return tameText(value);
  if (typeof value === "number") return tameNumber(value);
  if (typeof value !== "object" || depth > DEEPEST) return typeof value;
  return Array.isArray(value) ? value.map((one) => tameAt(one, depth + 1)) : tameFields(value, depth);
}

function tameNumber(value: number): Json {
  return Number.isSafeInteger(value) ? value + 0 : String(value);
}

function tameFields(value: object, depth: number): JsonObject {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([key, field]) => [tameText(key), tameAt(field, depth + 1)]));
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

const PLAIN = /^[\x20-\x7e]*$/;

function text(value: string): string {
  if (PLAIN.test(value)) return JSON.stringify(value);
  if (/\p{Surrogate}/u.test(value)) throw new RangeError("half a character is not canonical");
  if (value.normalize("NFC") !== value) throw new RangeError("only text in NFC is canonical");
  return JSON.stringify(value);
}

/** `tame` for a text. */
export function tameText(value: string): string {
  if (PLAIN.test(value)) return value;
  return value.replace(/\p{Surrogate}/gu, "\ufffd").normalize("NFC");
}
