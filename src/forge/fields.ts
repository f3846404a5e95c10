// Is this part of the forge's answer what it should be? (anything missing or odd is a Problem, never undefined)
import type { Instant } from "../core/model.ts";
import { Problem } from "../core/problem.ts";
import { instant } from "../core/time.ts";

/** A JSON object out of an answer, with its name for error messages. */
export interface Part {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Ends the reading of an answer that is not what GitHub documents, or that was cut short on the way. */
export function odd(name: string): never {
  throw new Problem(
    "unavailable",
    `unexpected answer from GitHub: ${name} is missing or not what it should be`,
    "run it again; if it stays, compare GITHUB_API_URL with the address of your GitHub's API",
  );
}

export function part(value: unknown, name: string): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { name, fields: { ...value } }
    : odd(name);
}

/** Reads one field; `null` is a value like any other, a missing field is not. */
function field({ name, fields }: Part, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : odd(`${name}.${key}`);
}

export const inner = (of: Part, key: string): Part => part(field(of, key), `${of.name}.${key}`);

export function text(of: Part, key: string): string {
  const value = field(of, key);
  return typeof value === "string" ? value : odd(`${of.name}.${key}`);
}

export function id(of: Part, key: string): number {
  const value = field(of, key);
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0
    ? value
    : odd(`${of.name}.${key}`);
}

/** A whole number of either sign. */
export function whole(of: Part, key: string): number {
  const value = field(of, key);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : odd(`${of.name}.${key}`);
}

/** A list of objects. */
export function items(of: Part, key: string): readonly Part[] {
  const value = field(of, key);
  const name = `${of.name}.${key}`;
  return Array.isArray(value) ? value.map((each: unknown) => part(each, name)) : odd(name);
}

export function yes(of: Part, key: string): boolean {
  const value = field(of, key);
  return typeof value === "boolean" ? value : odd(`${of.name}.${key}`);
}

export function time(of: Part, key: string): Instant {
  return instant(text(of, key)) ?? odd(`${of.name}.${key}`);
}

/** A full object id. */
export function oid(of: Part, key: string): string {
  const value = text(of, key);
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : odd(`${of.name}.${key}`);
}

/** One of a few words. */
export function word<T extends string>(of: Part, key: string, words: readonly T[]): T {
  const value = text(of, key);
  return words.find((each) => each === value) ?? odd(`${of.name}.${key}`);
}

/** `null` where GitHub says null, otherwise what `read` makes of it. */
export function orNull<T>(of: Part, key: string, read: (of: Part, key: string) => T): T | null {
  return field(of, key) === null ? null : read(of, key);
}

/** For the few fields that GitHub leaves out where they do not apply: absent counts as null. */
export function ifAny<T>(of: Part, key: string, read: (of: Part, key: string) => T): T | null {
  return Object.hasOwn(of.fields, key) ? orNull(of, key, read) : null;
}
