// What stands on one line, in quotes, brackets or braces? (of plainly written YAML, see plain.ts)
import type { Json } from "./model.ts";

/** Where something stands: offsets of its first character and of the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What was seen at a place. */
export type Seen =
  | (Span & { readonly is: "text"; readonly isQuoted: boolean })
  | { readonly is: "list"; readonly items: readonly Seen[] }
  | { readonly is: "map"; readonly fields: ReadonlyMap<string, Field> };

export interface Field {
  readonly key: Span;
  readonly value: Seen;
}

export interface Plain {
  readonly value: Json;
  readonly seen: Seen;
}

export interface Cursor {
  readonly text: string;
  /** First character of the line's content, or of what is left of it. */
  at: number;
  /** Column of the line's content; -1 at the end of the file. */
  indent: number;
  /** End of the line. */
  end: number;
  /** How many values were read. */
  count: number;
}

export type Reader = (cursor: Cursor, level: number) => Plain | undefined;

/** Far within the limits of the YAML reader (source.ts), whose tokens are smaller and more. */
const MOST = { values: 400, levels: 6, keys: 40 };

export const KEY = /([A-Za-z][A-Za-z0-9-]{0,62}):(?=[ \n]|$)/y;
const QUOTED_KEY = /"([A-Za-z][A-Za-z0-9-]{0,62})": ?/y;
const QUOTED = /"([^"\\\n]*)"|'([^'\n]*)'/y;
const ATOM = /[A-Za-z0-9](?:[\w./@+-]|:(?=\w))*(?= *[,\]}])/y;
const SPACES = / */y;
const RESERVED = ["constructor", "prototype"];

/** Undefined for whatever is not surely what it seems to be. */
export function flow(cursor: Cursor, level: number): Plain | undefined {
  const first = cursor.text[cursor.at];
  if (first === '"' || first === "'") return quoted(cursor);
  if (first === "[") return nested(cursor, list, level);
  return first === "{" ? nested(cursor, map, level) : atom(cursor);
}

function quoted(cursor: Cursor): Plain | undefined {
  const start = cursor.at;
  QUOTED.lastIndex = start;
  const found = QUOTED.exec(cursor.text);
  return found ? leaf(cursor, found[1] ?? found[2] ?? "", { start, end: QUOTED.lastIndex }) : undefined;
}

function atom(cursor: Cursor): Plain | undefined {
  const start = cursor.at;
  const value = match(ATOM, cursor);
  return value === undefined ? undefined : leaf(cursor, value, { start, end: cursor.at });
}

function list(cursor: Cursor, level: number): Plain | undefined {
  const value: Json[] = [];
  const items: Seen[] = [];
  const isWhole = entries(cursor, "]", () => {
    const read = flow(cursor, level);
    if (!read) return false;
    value.push(read.value);
    items.push(read.seen);
    return true;
  });
  return isWhole ? { value, seen: { is: "list", items } } : undefined;
}

function map(cursor: Cursor, level: number): Plain | undefined {
  const value = Object.create(null) as Record<string, Json>;
  const fields = new Map<string, Field>();
  const isWhole = entries(cursor, "}", () => {
    const start = cursor.at;
    const isQuoted = cursor.text[start] === '"';
    const name = match(isQuoted ? QUOTED_KEY : KEY, cursor);
    if (name === undefined || !isNew(name, fields)) return false;
    skip(cursor);
    const read = flow(cursor, level);
    if (!read) return false;
    value[name] = read.value;
    fields.set(name, { key: { start, end: start + name.length + (isQuoted ? 2 : 0) }, value: read.seen });
    return true;
  });
  return isWhole ? { value, seen: { is: "map", fields } } : undefined;
}

/** Reads what is between two brackets, with a comma between entries and none after the last. */
function entries(cursor: Cursor, close: string, entry: () => boolean): boolean {
  cursor.at += 1;
  skip(cursor);
  if (cursor.text[cursor.at] === close) {
    cursor.at += 1;
    return true;
  }
  for (;;) {
    if (!entry()) return false;
    skip(cursor);
    const next = cursor.text[cursor.at];
    cursor.at += 1;
    if (next !== ",") return next === close;
    skip(cursor);
  }
}

/** Goes to the next character that is no space. */
function skip(cursor: Cursor): void {
  SPACES.lastIndex = cursor.at;
  SPACES.test(cursor.text);
  cursor.at = SPACES.lastIndex;
}

/** What a pattern's group, or else all of it, matches at the cursor, which then goes behind it. */
export function match(pattern: RegExp, cursor: Cursor): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (!found) return undefined;
  cursor.at = pattern.lastIndex;
  return found[1] ?? found[0];
}

/** May this key be added? */
export function isNew(name: string, fields: ReadonlyMap<string, Field>): boolean {
  return !fields.has(name) && fields.size < MOST.keys && !RESERVED.includes(name);
}

/** A text; the cursor goes behind it. */
export function leaf(cursor: Cursor, value: string, { start, end }: Span): Plain | undefined {
  cursor.count += 1;
  cursor.at = end;
  const isQuoted = cursor.text[start] === '"' || cursor.text[start] === "'";
  return cursor.count > MOST.values ? undefined : { value, seen: { is: "text", start, end, isQuoted } };
}

/** What a reader reads one level further in. */
export function nested(cursor: Cursor, reader: Reader, level: number): Plain | undefined {
  cursor.count += 1;
  return level < MOST.levels && cursor.count <= MOST.values ? reader(cursor, level + 1) : undefined;
}
