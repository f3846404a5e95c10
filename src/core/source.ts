// Are these bytes text that a reviewer sees as it is? (judged before anything is parsed)
import { error } from "./finding.ts";
import type { Finding, Place } from "./model.ts";
import { codePoint, decode, hiddenAt, isAscii, lineMap } from "./text.ts";

/** What a person can review and a machine can read in no time. */
export const LIMITS = {
  bytes: 16_384,
  lines: 300,
  depth: 8,
  entries: 600,
  keys: 100,
  tokens: 6_000,
} as const;

/** No sensible indentation is this deep. */
const GAP_LENGTH = 40;
const GAP = " ".repeat(GAP_LENGTH);

/** Offset, and length where known, to a place. */
export type Locate = (offset: number, length?: number) => Place;

/** `text` is there whenever the bytes were UTF-8, so that findings can show it. */
export interface Source {
  readonly text: string | undefined;
  readonly locate: Locate;
  readonly findings: readonly Finding[];
}

/** Checks size, encoding, line ends, hidden characters and normal form. Reads nothing of a file that is too large. */
export function readSource(file: string, bytes: Uint8Array): Source {
  if (bytes.length > LIMITS.bytes) {
    const what = `${bytes.length} bytes are more than ${LIMITS.bytes}`;
    return {
      text: undefined,
      locate: locator(file, ""),
      findings: [tooLarge(what, { file, line: 1, column: 1 })],
    };
  }
  const text = decode(bytes);
  if (typeof text === "number") {
    const before = decode(bytes.subarray(0, text)).toString();
    const byte = `0x${(bytes[text] ?? 0).toString(16).toUpperCase()}`;
    const locate = locator(file, before);
    const finding = error(
      "LPS103",
      `byte ${byte} is not UTF-8`,
      "save the file as UTF-8",
      locate(before.length),
    );
    return { text: undefined, locate, findings: [finding] };
  }
  const locate = locator(file, text);
  return { text, locate, findings: judge(text, locate) };
}

function locator(file: string, text: string): Locate {
  const position = lineMap(text);
  // The end of the file is shown at the end of its last line, not on an empty line after it.
  const last = text.endsWith("\n") ? text.length - 1 : text.length;
  return (offset, length = 0) => {
    const start = position(Math.min(offset, last));
    const end = position(offset + length);
    return { file, ...start, ...(length > 0 && end.line === start.line && { endColumn: end.column }) };
  };
}

function judge(text: string, locate: Locate): readonly Finding[] {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (lines > LIMITS.lines) return [tooLarge(`${lines} lines are more than ${LIMITS.lines}`, locate(0))];
  const isPlain = isAscii(text);
  const hidden = isPlain ? undefined : hiddenAt(text);
  if (hidden !== undefined) return [hiddenFinding(text, hidden, locate)];
  const gap = text.indexOf(GAP);
  if (gap !== -1) return [gapFinding(locate(gap, GAP_LENGTH))];
  const at = isPlain ? undefined : notComposedAt(text);
  return at === undefined ? [] : [notComposed(locate(at, 1))];
}

function gapFinding(at: Place): Finding {
  return error("LPS104", `${GAP_LENGTH} spaces in a row push text out of sight`, "use one space", at);
}

/** Says what to shorten. */
export function tooLarge(what: string, at: Place): Finding {
  return error("LPS102", what, "shorten the file or split it", at);
}

/** Offset of the first character that normal form C would change. */
export function notComposedAt(text: string): number | undefined {
  const composed = text.normalize("NFC");
  if (composed === text) return undefined;
  let at = 0;
  while (composed[at] === text[at]) at++;
  return at;
}

export function notComposed(at: Place): Finding {
  return error("LPS105", "not in Unicode normal form C", "type the word anew", at);
}

/** One character that a reviewer cannot see, or sees as another. */
export function hiddenFinding(text: string, offset: number, locate: Locate): Finding {
  const point = codePoint(text, offset);
  const place = locate(offset, point.length > 6 ? 2 : 1);
  if (text[offset] === "\r")
    return error("LPS103", "the line ends with CR", "save the file with LF line ends", place);
  if (point === "U+FEFF" && offset === 0) {
    return error("LPS103", "starts with a byte order mark", "save the file as UTF-8 without BOM", place);
  }
  if (text[offset] === "\t") return error("LPS104", "a tab (U+0009)", "use spaces", place);
  return error(
    "LPS104",
    `hidden character ${point}`,
    "delete it, or type the text anew with plain spaces",
    place,
  );
}
