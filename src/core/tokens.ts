// Which YAML tokens does a file have, and are they all of the plain kind?
import { CST, Lexer, Parser } from "yaml";
import { LIMITS } from "./source.ts";

/** Something at an offset that keeps the file from being read. */
export interface Objection {
  readonly is: "feature" | "too-deep" | "too-many";
  readonly offset: number;
  readonly length: number;
  readonly what: string;
}

const FEATURES: Readonly<Partial<Record<CST.TokenType, string>>> = {
  anchor: "an anchor",
  alias: "an alias",
  tag: "a tag",
  "directive-line": "a directive",
  "doc-end": "a document end",
};
/**
 * Runs the lexer and the parser, neither of which recurses, and stops at the limits: what comes after (composing)
 * recurses and compares keys in pairs, and is only ever given small and shallow input.
 */
export function tokens(
  text: string,
): { tokens: readonly CST.Token[] } | { objections: readonly Objection[] } {
  const parser = new Parser();
  const found: CST.Token[] = [];
  const objections: Objection[] = [];
  let count = 0;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    const here = { offset: parser.offset, length: lexeme.length };
    const type = isText ? null : CST.tokenType(lexeme);
    const feature = type === null ? undefined : FEATURES[type];
    if (feature !== undefined) objections.push({ is: "feature", what: feature, ...here });
    // The text of a plain or block scalar may look like any token; the lexer announces it.
    isText = lexeme === CST.SCALAR;
    found.push(...parser.next(lexeme));
    if (++count > LIMITS.tokens) return { objections: [{ is: "too-many", what: "tokens", ...here }] };
    if (depth(parser.stack) > LIMITS.depth)
      return { objections: [{ is: "too-deep", what: "levels", ...here }] };
  }
  found.push(...parser.end());
  return objections.length > 0 ? { objections } : { tokens: found };
}

function depth(stack: readonly CST.Token[]): number {
  return stack.length > LIMITS.depth ? stack.filter((token) => CST.isCollection(token)).length : 0;
}
