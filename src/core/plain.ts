// Is this file written so plainly that it can be read at a glance? (a small part of YAML, many times as fast)
import type { Json } from "./model.ts";
import {
  flow,
  isNew,
  KEY,
  leaf,
  match,
  nested,
  type Cursor,
  type Field,
  type Plain,
  type Seen,
} from "./plain-flow.ts";

/** Empty lines and comments, and the indentation of the line after them. */
const NEXT = /(?:(?: *#.*)?\n)*( *)/y;
/** Text to the end of the line that no reader takes for a key, or for the beginning of a comment. */
const BARE = /[A-Za-z0-9](?:[^ :\n]| (?![#\n]|$)|:(?![ \n]|$))*(?=\n|$)/y;

/**
 * Reads block maps and lists, flow maps and lists on one line, and text on one line. It never guesses: undefined for
 * whatever is written in any other way, right or wrong; then the YAML parser decides. The text must have passed
 * `readSource`: no tabs, no CR, no hidden characters.
 */
export function readPlain(text: string): Plain | undefined {
  const cursor: Cursor = { text, at: 0, indent: 0, end: -1, count: 0 };
  return nextLine(cursor) && cursor.indent === 0 ? map(cursor, 1) : undefined;
}

/** Moves to the next line with content. False where a line is not what it seems to be. */
function nextLine(cursor: Cursor): boolean {
  const { text } = cursor;
  cursor.at = cursor.end + 1;
  const indent = match(NEXT, cursor) ?? "";
  const first = text[cursor.at];
  cursor.indent = first === undefined ? -1 : indent.length;
  cursor.end = text.indexOf("\n", cursor.at);
  if (cursor.end === -1) cursor.end = text.length;
  return first === undefined ? indent === "" : first !== "\n" && first !== "#";
}

/** A map whose first key is at the cursor; it ends where something stands further out, or the file ends. */
function map(cursor: Cursor, level: number): Plain | undefined {
  const { indent } = cursor;
  const value = Object.create(null) as Record<string, Json>;
  const fields = new Map<string, Field>();
  while (cursor.indent === indent) {
    const start = cursor.at;
    const name = match(KEY, cursor);
    if (name === undefined || !isNew(name, fields)) return undefined;
    const read = cursor.at === cursor.end ? below(cursor, indent, level) : after(cursor, level);
    if (!read) return undefined;
    value[name] = read.value;
    fields.set(name, { key: { start, end: start + name.length }, value: read.seen });
  }
  return cursor.indent < indent ? { value, seen: { is: "map", fields } } : undefined;
}

/** A list whose first dash is at the cursor. */
function list(cursor: Cursor, level: number): Plain | undefined {
  const { indent, text } = cursor;
  const value: Json[] = [];
  const items: Seen[] = [];
  while (cursor.indent === indent && text.startsWith("- ", cursor.at)) {
    KEY.lastIndex = cursor.at + 2;
    cursor.at += 1;
    const read = KEY.test(text) ? mapBehindDash(cursor, level) : after(cursor, level);
    if (!read) return undefined;
    value.push(read.value);
    items.push(read.seen);
  }
  return cursor.indent < indent ? { value, seen: { is: "list", items } } : undefined;
}

/** A map whose first key stands behind its dash. */
function mapBehindDash(cursor: Cursor, level: number): Plain | undefined {
  cursor.at += 1;
  cursor.indent += 2;
  return nested(cursor, map, level);
}

/** What stands further in, on the lines below a key. */
function below(cursor: Cursor, indent: number, level: number): Plain | undefined {
  if (!nextLine(cursor) || cursor.indent <= indent) return undefined;
  return nested(cursor, cursor.text[cursor.at] === "-" ? list : map, level);
}

/** What stands one space behind the cursor and fills its line; the cursor goes to the next line. */
function after(cursor: Cursor, level: number): Plain | undefined {
  cursor.at += 1;
  const isFlow = "\"'[{".includes(cursor.text[cursor.at] ?? " ");
  const read = isFlow ? flow(cursor, level) : bare(cursor);
  return read && cursor.at === cursor.end && nextLine(cursor) ? read : undefined;
}

function bare(cursor: Cursor): Plain | undefined {
  const start = cursor.at;
  const value = match(BARE, cursor);
  return value === undefined ? undefined : leaf(cursor, value, { start, end: cursor.at });
}

/** The key and the value at a path; undefined when there is nothing of that name. */
export function seenAt(root: Seen, path: readonly (string | number)[]): Partial<Field> | undefined {
  let found: Partial<Field> | undefined = { value: root };
  for (const step of path) {
    const within: Seen | undefined = found?.value;
    if (within?.is === "map") found = within.fields.get(String(step));
    else if (within?.is === "list") found = inList(within.items[Number(step)]);
    else return undefined;
  }
  return found;
}

/** An item stands for its own key. */
function inList(value: Seen | undefined): Partial<Field> | undefined {
  return value && { value, ...(value.is === "text" && { key: value }) };
}
