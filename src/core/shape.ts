// Does a value that a stranger may have written have the fields that we need, each of its kind?
import { seqOfPath } from "./ledger-paths.ts";

type Kind =
  | "text"
  | "int"
  | "count"
  | "instant"
  | "flag"
  | "object"
  | "list"
  | "texts"
  | "ints"
  | "op"
  | "hash"
  | "commit"
  | "log";
export type Shape = Readonly<Record<string, Kind>>;

/** The last millisecond of the year 9999, after which no time can be printed. */
const LAST = 253_402_300_799_999;

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return is(value, "object") ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

export function has(value: unknown, shape: Shape): value is Fields {
  return (
    is(value, "object") && Object.entries(shape).every(([key, kind]) => is((value as Fields)[key], kind))
  );
}

export function allHave(list: unknown, shape: Shape): boolean {
  return Array.isArray(list) && list.every((one: unknown) => has(one, shape));
}

/** Fields that need not be there, and are of their kind where they are. */
export function mayHave(value: Fields, shape: Shape): boolean {
  return Object.entries(shape).every(([key, kind]) => value[key] === undefined || is(value[key], kind));
}

export function may(value: Fields, key: string, shape: Shape): boolean {
  return value[key] === undefined || has(value[key], shape);
}

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  int: Number.isSafeInteger,
  // Far from where counting on would be inexact.
  count: (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 52,
  instant: (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LAST,
  flag: (value) => typeof value === "boolean",
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  list: Array.isArray,
  texts: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  ints: (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
  op: (value) => value === "grant" || value === "revoke",
  hash: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  log: (value) => typeof value === "string" && seqOfPath(value) !== undefined,
  commit: (value) => typeof value === "string" && /^[0-9a-f]{40}$/.test(value),
};

export function is(value: unknown, kind: Kind): boolean {
  return KINDS[kind](value);
}
