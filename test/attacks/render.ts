// How does the attacks table read? (Markdown, made of the rows, the tests' titles and the list of defences)
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { format } from "prettier";
import { defences } from "../defences/index.ts";
import { coverage, type Proof } from "./coverage.ts";
import { GROUPS, ROWS } from "./rows.ts";
import type { Row } from "./rows/row.ts";

const INTRO = `# Attacks and faults

Everything that we know can be done to Lapse or go wrong around it, what stands in its way, and the tests that prove it.
The titles are those of the tests; a defence that is *mutated* is taken out of the code by \`npm run test:defences\`,
which demands that its test then fails. Made by \`npm run attacks\`; a test holds it to the code.
`;

/** Cells as they are: one long one would otherwise change every line. */
const UNPADDED = "<!-- prettier-ignore-start -->\n";
const PADDED = "<!-- prettier-ignore-end -->\n";

const cell = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/[\\|<>*_`[\]]/g, "\\$&")
    .trim();

/** Files once each, with the titles below them. */
function tests(proofs: readonly Proof[]): string {
  const files = [...new Set(proofs.map(({ file }) => file))];
  return files
    .map((file) => {
      const titles = proofs.filter((proof) => proof.file === file).map(({ title }) => cell(title));
      return `[${file.replace("test/", "")}](${relative("test/attacks", file)}): ${[...new Set(titles)].join("; ")}`;
    })
    .join("<br>");
}

function line(row: Row, proofs: readonly Proof[], mutated: number): string {
  const { why, limits } = row.outOfReach ?? { why: "", limits: "" };
  const beyond = why === "" ? "" : `Out of reach: ${cell(why)}. What limits the damage: ${cell(limits)}.`;
  const proof = [tests(proofs), beyond].filter((part) => part !== "").join("<br>");
  return `| ${row.id} | ${cell(row.what)} | ${cell(row.defence)} | ${proof} | ${mutated === 0 ? "" : String(mutated)} |`;
}

/** The whole page, as prettier would leave it. */
export async function render(): Promise<string> {
  const proofs = coverage();
  const all = await defences();
  const count = (id: string): number => all.filter(({ rows }) => rows.includes(id)).length;
  const groups = GROUPS.map(({ title, rows }) => {
    const lines = rows.map((row) => line(row, proofs.get(row.id) ?? [], count(row.id)));
    return `## ${title}\n\n| | what happens | what stands in its way | tests | mutated |\n|-|-|-|-|-|\n${lines.join("\n")}\n`;
  });
  const proved = ROWS.filter(({ id }) => proofs.has(id)).length;
  const sum = `${String(ROWS.length)} rows, ${String(proved)} with tests, ${String(all.length)} defences mutated.\n`;
  const { prettier } = JSON.parse(await readFile("package.json", "utf8")) as { prettier: object };
  return format([INTRO, sum, UNPADDED, ...groups, PADDED].join("\n"), { ...prettier, parser: "markdown" });
}
