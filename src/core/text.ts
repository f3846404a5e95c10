// Is this plain text that shows all that it holds, and where is each character of it?
import { masked } from "./secret.ts";

/** What no file may hold, since a reviewer cannot see it or takes it for something else. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]|(?! )\p{Zs}/u;
const HIDDEN_ALL = new RegExp(HIDDEN.source, "gu");

const ASCII = /^[\n -~]*$/;

/** Only line feeds and printable ASCII: nothing hidden, and in every normal form. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** 1-based, columns in UTF-16 units as editors and SARIF count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Decodes strict UTF-8. A number is the offset of the first byte that is not part of a well-formed character. */
export function decode(bytes: Uint8Array): string | number {
  return ascii(bytes) ?? mixed(bytes);
}

function mixed(bytes: Uint8Array): string | number {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length;) {
    const stop = bytes.subarray(i, i + PIECE).findIndex((b) => b >= 0x80);
    const plain = bytes.subarray(i, stop === -1 ? i + PIECE : i + stop);
    parts.push(characters(plain));
    i += plain.length;
    if (stop === -1) continue;
    const lead = bytes[i] ?? 0;
    const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const character = sequence(bytes.subarray(i, i + length));
    if (character === undefined) return i;
    parts.push(character);
    i += length;
  }
  return parts.join("");
}

/** As many arguments as a call takes anywhere. */
const PIECE = 4096;

/** One call and one look for what most files are: short, and without any other character. */
function ascii(bytes: Uint8Array): string | undefined {
  const text = bytes.length <= PIECE ? characters(bytes) : "\u0080";
  return /[^\0-\x7f]/.test(text) ? undefined : text;
}

/** A character for each byte. */
function characters(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bytes) as string;
}

/** The language's own decoder knows overlong forms, surrogates and the end of Unicode. */
function sequence(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(Array.from(bytes, (b) => `%${b.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return undefined;
  }
}

/** Offset of the first hidden character at or after `from`; line feeds are allowed. */
export function hiddenAt(text: string, from = 0): number | undefined {
  for (const found of text.slice(from).matchAll(HIDDEN_ALL)) {
    if (found[0] !== "\n") return from + found.index;
  }
  return undefined;
}

/** `U+202E` for the character at an offset. */
export function codePoint(text: string, at: number): string {
  return `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The text with every hidden character spelt out, so that it can be printed. */
export function visible(text: string): string {
  return HIDDEN.test(text) ? text.replace(HIDDEN_ALL, (c) => `<${codePoint(c, 0)}>`) : text;
}

/** A string in quotes, one line, short enough for a message, secrets starred. */
export function quoted(text: string): string {
  const safe = masked(text);
  const short = safe.length > 60 ? `${safe.slice(0, 59)}…` : safe;
  return `"${visible(short.replaceAll("\n", "\\n"))}"`;
}

/** Offset to line and column, for one text. */
export function lineMap(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    for (let high = starts.length - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
