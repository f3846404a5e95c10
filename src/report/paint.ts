// Which words get colour, where there is any?

const STYLES = { bad: 31, good: 32, warn: 33, dim: 2, bold: 1 } as const;

/** Colour is only ever a third cue, after the glyph and the word. */
export type Paint = (style: keyof typeof STYLES, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => (color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
}
