// Which known name was probably meant?

/** Edits (insert, delete, replace) between two words, https://en.wikipedia.org/wiki/Levenshtein_distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const [left = 0, above = 0, corner = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, corner + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The nearest of `known`, or undefined when none is near enough to be a slip of the keyboard. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined;
  const limit = Math.max(2, Math.floor(word.length / 3));
  const [best] = [...new Set(known)]
    .map((name) => ({ name, away: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ away, name }) => away <= limit && away < name.length && name !== word)
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1));
  return best?.name;
}

/** ` (did you mean "x"?)` with the nearest of `known`, or nothing. Ready to append to a message. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const name = nearest(word, known);
  return name === undefined ? "" : ` (did you mean "${name}"?)`;
}
