// Which YAML tokens does a file have, and are they all of the plain kind?
import { CST, Lexer, Parser } from "yaml";
import { LIMITS } from "./source.ts";

/** Something at an offset that keeps the file from being read. */
export interface Objection {
  readonly is: "feature" | "limit";
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
/** One mistake can echo through the rest of the file; nobody reads more than these. */
const MOST = 20;

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
    const feature = isText ? undefined : featureOf(lexeme);
    if (feature !== undefined) objections.push({ is: "feature", what: feature, ...here });
    // The text of a plain or block scalar may look like any token; the lexer announces it.
    isText = lexeme === CST.SCALAR;
    found.push(...parser.next(lexeme));
    const limit = exceeded(parser.stack, ++count);
    if (limit !== undefined) return { objections: [{ is: "limit", what: limit, ...here }] };
    if (objections.length >= MOST) return { objections };
    if (found.length >= MOST) return { tokens: found };
  }
  found.push(...parser.end());
  return objections.length > 0 ? { objections } : { tokens: found };
}

function featureOf(lexeme: string): string | undefined {
  const type = CST.tokenType(lexeme);
  return type === null ? undefined : FEATURES[type];
}

/** The limit that the parser's stack of open nodes, or the number of tokens so far, goes beyond. */
function exceeded(stack: readonly CST.Token[], count: number): string | undefined {
  if (count > LIMITS.tokens) return `${LIMITS.tokens} tokens`;
  if (stack.length > LIMITS.depth && stack.filter((token) => CST.isCollection(token)).length > LIMITS.depth) {
    return `${LIMITS.depth} levels`;
  }
  const inner = stack.at(-1);
  if (!CST.isCollection(inner)) return undefined;
  const [most, what] = isMap(inner) ? [LIMITS.keys, "keys"] : [LIMITS.entries, "entries"];
  return inner.items.length > most ? `${most} ${what}` : undefined;
}

function isMap(token: CST.Token): boolean {
  return (
    token.type === "block-map" || (token.type === "flow-collection" && token.start.type === "flow-map-start")
  );
}
