// Do the two readers of YAML agree? (whatever the quick one reads, the parser reads in the same way)
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDocument, type Document } from "../../src/core/document.ts";
import type { Json } from "../../src/core/model.ts";
import { readPlain } from "../../src/core/plain.ts";
import { LIMITS } from "../../src/core/source.ts";
import { valueAt } from "../../src/core/tree.ts";
import { random, type Random } from "../bench/random.ts";

/** More for whoever changes one of the readers. */
const MUTATIONS = Number(process.env["LAPSE_FUZZ"] ?? 3_000);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string): Document | undefined {
  const result = readDocument("a.yaml", bytes(text));
  return "document" in result ? result.document : undefined;
}

/** A comment without a line end is beyond the quick reader; it changes no value and moves nothing. */
function byParser(text: string): Document | undefined {
  const commented = `${text}${text.endsWith("\n") ? "" : "\n"}# end`;
  expect(readPlain(commented)).toBeUndefined();
  return read(commented);
}

type Path = readonly (string | number)[];

/** Every path, the innermost ones first. */
function paths(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    paths(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [...inner, path];
}

/** Of maps and lists only their keys have places here: where they end, the parser is asked in any case. */
const everything = (document: Document): unknown => ({
  value: document.value,
  places: paths(document.value).map((path) => {
    const value = valueAt(document.value, path);
    const whole = typeof value === "string" || typeof path.at(-1) === "string";
    const which = typeof value === "string" ? (["key", "value", "content"] as const) : (["key"] as const);
    return [path, document.isPlain(path), ...(whole ? which.map((one) => document.place(path, one)) : [])];
  }),
});

/** Is it read quickly? Then the parser has to agree, on everything. */
function agrees(text: string): boolean {
  const quick = read(text);
  if (readPlain(text) === undefined || quick === undefined) return false;
  const slow = byParser(text);
  expect(slow && JSON.stringify(everything(slow)), text).toBe(JSON.stringify(everything(quick)));
  return true;
}

const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(join(folder, name), "utf8"));

const HAND = [
  'a:\n  - b: \'x\'\n    c: [d:e, "f: g", {h: i, "j":k}]\n  - l m: n\n  - o\n# p\nq: r\n',
  "spec: { a: [x, y], b: {}, c: [], d: \"\", e: '' }\nlast: a-b: c",
  "a:\n    b:\n      - c\n\n      - d # e\n    f: g#h\n    i: j:k\n",
  "a: 1\n\n# b\n  # c\nd: e f, g] {h\n- i\n",
  'a: "x" y\nb: [c d]\nc: http://x.y/z?a=b\nd: 2026-11-23T12:00:00Z\n',
];
const CORPUS = [...files("policies"), ...files("test/cases"), ...HAND].filter((t) => t.length < 1_200);
const CHARACTERS = [
  ..."    ::::---,,,[]{}#&*!|>'\"%@`?~\\abz019._/<=+()".split(/(?=.)/u),
  ..."\n \n \n é".split(" "),
  "- ",
  ": ",
  "\n  ",
  " #",
  "---\n",
];

function mutated(rng: Random): string {
  let text = rng.pick(CORPUS);
  for (let n = 1 + rng.below(3); n > 0; n--) {
    const at = rng.below(text.length + 1);
    const cut = rng.below(3) === 0 ? 0 : 1 + rng.below(2);
    text = text.slice(0, at) + (rng.below(4) === 0 ? "" : rng.pick(CHARACTERS)) + text.slice(at + cut);
  }
  return text;
}

describe("the quick reader", () => {
  test("reads what people write", () => {
    const catalog = ["people", "targets", "entitlements"].flatMap((name) => files(`policies/${name}`));
    expect(catalog.filter((text) => !agrees(text))).toEqual([]);
  });

  test.each([
    "a: b # c\n",
    "a: |\n  b\n",
    "a: 'b''c'\n",
    'a: "b\\n"\n',
    "a: &b c\n",
    "a: *b\n",
    "a: !c d\n",
    "a:\n- b\n",
    "a: b\n  c\n",
    "a: b\n  c: d\n",
    "a: b\na: c\n",
    "a:\n",
    "a: {b: }\n",
    "a: {b:c}\n",
    "a: [b, c,]\n",
    "a: [b\n  , c]\n",
    "a: - b\n",
    "- a\n",
    "a\n",
    "---\na: b\n",
    "a: b\n...\n",
    "<<: b\n",
    "constructor: b\n",
    "__proto__: b\n",
    "a: b: c\n",
    "a: b:\n",
    "  a: b\n",
    "a:\n   b: c\n  d: e\n",
    "? a\n",
    "a : b\n",
    "",
    "\n",
    "# a\n",
  ])("leaves %j to the parser", (text) => {
    expect(readPlain(text)).toBeUndefined();
  });

  test("stays within the parser's limits", () => {
    const list = (count: number) => `a: [${Array.from({ length: count }, () => "b").join(",")}]\n`;
    const map = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: b\n# c\n\n`).join("");
    const deep = (count: number) => `a: ${"[".repeat(count)}${"]".repeat(count)}\n`;
    for (const [make, limit] of [
      [list, LIMITS.entries],
      [map, LIMITS.keys],
      [deep, LIMITS.depth],
    ] as const) {
      const accepted = Array.from({ length: limit + 1 }, (_, i) => make(i + 1)).filter(agrees);
      expect(accepted.length).toBeGreaterThan(limit / 4);
      expect(accepted).not.toContain(make(limit));
    }
  });

  test(
    `agrees with the parser on ${MUTATIONS} damaged files`,
    () => {
      const rng = random(20261123);
      let quick = 0;
      for (let n = 0; n < MUTATIONS; n++) if (agrees(mutated(rng))) quick += 1;
      expect(quick).toBeGreaterThan(MUTATIONS / 10);
    },
    30_000 + MUTATIONS * 20,
  );
});
