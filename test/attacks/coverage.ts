// Which tests say that they prove a row? (string literals in test/ that begin with the ids: "A1, A3: approved, then …")
import { readFileSync, readdirSync } from "node:fs";
import ts from "typescript";

export interface Proof {
  readonly file: string;
  /** What follows the ids. */
  readonly title: string;
}

const IDS = /^((?:[A-F]\d{1,2}, )*[A-F]\d{1,2}): (.+)$/s;
const ANYWHERE = /[A-F]\d{1,2}: /;

/** Where a row's id may stand without being a claim. */
const NO_TESTS = /^test\/(attacks\/(rows|todo|table|coverage)|defences)/;

const sources = (): readonly string[] =>
  readdirSync("test", { recursive: true, encoding: "utf8" })
    .map((file) => `test/${file}`)
    .filter((file) => file.endsWith(".ts") && !NO_TESTS.test(file))
    .sort();

/** The text of every literal of a file, also of the beginning of a template. */
export function literals(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

/** What one file claims, row by row. */
function claims(file: string): readonly (readonly [id: string, Proof])[] {
  const text = readFileSync(file, "utf8");
  if (!ANYWHERE.test(text)) return [];
  return literals(file, text).flatMap((literal) => {
    const [, ids, title = ""] = IDS.exec(literal) ?? [];
    return (ids?.split(", ") ?? []).map((id) => [id, { file, title }] as const);
  });
}

/** Proofs by row, in the order of files. */
export function coverage(): ReadonlyMap<string, readonly Proof[]> {
  const rows = new Map<string, Proof[]>();
  for (const [id, proof] of sources().flatMap(claims)) rows.set(id, [...(rows.get(id) ?? []), proof]);
  return rows;
}
