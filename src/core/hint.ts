// What should a person write who wrote an unknown word?
import { nearest } from "./suggest.ts";

/** `did you mean "x"?`, or the known words when none is near. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  const shown = [...known].sort().slice(0, 20);
  return `known: ${shown.join(", ") || "none"}${known.length > shown.length ? ", …" : ""}`;
}
