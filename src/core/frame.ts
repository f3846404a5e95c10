// What does the place of a finding look like in its file?
import type { Finding, Place } from "./model.ts";
import { masked } from "./secret.ts";
import { visible } from "./text.ts";

const BEFORE = 2;
const AFTER = 1;
const WIDTH = 100;

/**
 * Two lines before the place, its line with a caret below, one line after. Hidden characters are spelt out, secrets
 * starred, long lines cut. Empty when the text has no such line.
 */
export function frame(text: string, place: Place): string {
  const lines = masked(text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const line = lines[place.line - 1];
  if (line === undefined) return "";
  const indent = visible(line.slice(0, place.column - 1)).length;
  const length = visible(line.slice(place.column - 1, (place.endColumn ?? place.column + 1) - 1)).length;
  const skip = Math.max(0, indent - WIDTH / 2);
  const first = Math.max(1, place.line - BEFORE);
  const digits = String(Math.min(lines.length, place.line + AFTER)).length;
  const rows = lines.slice(first - 1, place.line + AFTER).map((source, i) => {
    const mark = first + i === place.line ? ">" : " ";
    return `${mark} ${String(first + i).padStart(digits)} | ${clip(visible(source), skip)}`.trimEnd();
  });
  rows.splice(
    place.line - first + 1,
    0,
    `  ${" ".repeat(digits)} | ${caret(indent - skip + (skip > 0 ? 1 : 0), length)}`,
  );
  return rows.join("\n");
}

function caret(indent: number, length: number): string {
  return " ".repeat(indent) + "^".repeat(Math.max(1, Math.min(length, WIDTH - indent)));
}

function clip(line: string, skip: number): string {
  const head = skip > 0 && line.length > 0 ? "…" : "";
  return head + line.slice(skip, skip + WIDTH) + (line.length > skip + WIDTH ? "…" : "");
}

/** The findings with a frame each, for those that point into this text. */
export function framed(findings: readonly Finding[], text: string): readonly Finding[] {
  return findings.map((f) => (f.at ? { ...f, frame: frame(text, f.at) } : f));
}
