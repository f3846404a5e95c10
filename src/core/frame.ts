// What does the place of a finding look like in its file?
import type { Finding, Place } from "./model.ts";
import { masked } from "./secret.ts";
import { visible } from "./text.ts";

const BEFORE = 2;
const AFTER = 1;
const WIDTH = 100;
/** Of one file; nobody mends more at once, and a hostile file could have thousands. */
export const MOST_FINDINGS = 50;

/**
 * Two lines before the place, its line with a caret below, one line after. Hidden characters are spelt out, secrets
 * starred, long lines cut. Empty when the text has no such line.
 */
export function frame(text: string, place: Place): string {
  return render(linesOf(text), place);
}

function linesOf(text: string): readonly string[] {
  return masked(text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function render(lines: readonly string[], place: Place): string {
  const line = lines[place.line - 1];
  if (line === undefined) return "";
  const start = place.column - 1;
  const skip = Math.max(0, start - WIDTH / 2);
  const first = Math.max(1, place.line - BEFORE);
  const digits = String(Math.min(lines.length, place.line + AFTER)).length;
  const rows = lines.slice(first - 1, place.line + AFTER).map((source, i) => {
    const mark = first + i === place.line ? ">" : " ";
    return `${mark} ${String(first + i).padStart(digits)} | ${clip(source, skip)}`.trimEnd();
  });
  const indent = (skip > 0 ? 1 : 0) + visible(line.slice(skip, start)).length;
  const end = Math.min((place.endColumn ?? place.column + 1) - 1, skip + WIDTH);
  const caret = "^".repeat(Math.max(1, visible(line.slice(start, end)).length));
  rows.splice(place.line - first + 1, 0, `  ${" ".repeat(digits)} | ${" ".repeat(indent)}${caret}`);
  return rows.join("\n");
}

function clip(line: string, skip: number): string {
  const head = skip > 0 && line.length > 0 ? "…" : "";
  return head + visible(line.slice(skip, skip + WIDTH)) + (line.length > skip + WIDTH ? "…" : "");
}

/** The first findings with a frame each. */
export function framed(findings: readonly Finding[], text: string): readonly Finding[] {
  const lines = findings.length > 0 ? linesOf(text) : [];
  return findings.slice(0, MOST_FINDINGS).map((f) => (f.at ? { ...f, frame: render(lines, f.at) } : f));
}
