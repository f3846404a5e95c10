// What does a file look like that somebody damaged, by mistake or on purpose? (arbitraries)
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { requestFile } from "../support/company.ts";

const files = (folder: string, end: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .filter((text) => text.length < 2_000);

const REQUESTS = [
  requestFile({ id: "one" }),
  requestFile({
    id: "two",
    duration: "1d12h",
    more: "  ticket: INC-4711\n  notBefore: 2026-11-24T20:00:00Z\n",
  }),
  requestFile({ id: "three", more: '  scope: { schema: "orders" }\n  breakGlass: true\n  extends: one\n' }),
];
const FILES = [
  ...files("policies", ".yaml"),
  ...files("requests", ".yaml"),
  ...files("test/cases/bad-input", ".txt"),
];
const PIECES = [
  ...Array.from("    ::::---,,,[]{}#&*!|>'\"%@`?~\\abz019._/<=+()\n\t\r\0"),
  ...[
    "- ",
    ": ",
    "\n  ",
    " #",
    "---\n",
    "...\n",
    "? ",
    "<<: ",
    "&a ",
    "*a",
    "!!binary ",
    "%YAML 1.1\n---\n",
    "|-\n",
  ],
  ...[
    "\ufeff",
    "\u202e",
    "\u200b",
    "é",
    "e\u0301",
    "\ud800",
    "\u2028",
    "__proto__: ",
    "constructor",
    "null",
    "yes",
    "1e9",
  ],
  ...[
    "spec:",
    "name:",
    "duration: 1h\n",
    "subject: ann\n",
    "P1M",
    "2026-06-30T23:59:60Z",
    "[".repeat(60),
    "x".repeat(600),
  ],
];

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly piece: string;
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.constantFrom(0, 0, 1, 2, 30),
  piece: fc.oneof(
    { arbitrary: fc.constantFrom(...PIECES), weight: 8 },
    { arbitrary: fc.string({ unit: "binary" }), weight: 1 },
  ),
});

function damage(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, { at, cut, piece }) => {
    const place = Math.floor(at * now.length);
    return now.slice(0, place) + piece + now.slice(place + cut);
  }, text);
}

const edits = fc.array(edit, { maxLength: 4 });

/** Request files, from untouched to ruined. */
export const requestTexts = fc
  .tuple(fc.constantFrom(...REQUESTS), edits)
  .map(([text, all]) => damage(text, all));

/** Files of any kind, and the odd heap of bytes. */
export const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    arbitrary: fc
      .tuple(fc.constantFrom(...FILES, ...REQUESTS), edits)
      .map(([text, all]) => new TextEncoder().encode(damage(text, all))),
    weight: 12,
  },
  { arbitrary: fc.uint8Array({ maxLength: 300 }), weight: 1 },
);
