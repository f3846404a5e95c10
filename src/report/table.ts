// How do rows become columns that a person can read and `grep` and `awk` can cut?
import { visible } from "./encode.ts";

/** One line per row, columns two blanks apart, no borders. Cells are made visible here. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map(visible));
  const widths = shown.reduce<readonly number[]>(
    (widest, row) =>
      Array.from({ length: Math.max(widest.length, row.length) }, (_, i) => {
        return Math.max(widest[i] ?? 0, width(row[i] ?? ""));
      }),
    [],
  );
  return shown.map((row) =>
    row
      .map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd(),
  );
}

function width(text: string): number {
  return Array.from(text).length;
}

/** `1 grant`, `2 grants`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
