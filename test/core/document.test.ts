// Is a file read as exactly one strict document, with a place for everything in it?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDocument, type Document } from "../../src/core/document.ts";
import { frame } from "../../src/core/frame.ts";
import { readRequest } from "../../src/core/request.ts";
import { schemaErrors, type RawError } from "../../src/core/schema-error.ts";
import { decode } from "../../src/core/text.ts";
import { typed } from "../../src/core/typed.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function read(text: string): Document {
  const result = readDocument("a.yaml", bytes(text));
  if ("findings" in result) throw new Error(JSON.stringify(result.findings));
  return result.document;
}

describe("a document", () => {
  test("holds text, lists and maps without prototypes, and nothing else", () => {
    const { value } = read(
      "a: 1\nb: [true, null, ~, 2026-01-01, '']\nc: { d: 0x10, e: |\n  &x *y\n  }\n".replace(
        ", e: |\n  &x *y\n  ",
        "",
      ),
    );
    expect(JSON.stringify(value)).toBe('{"a":"1","b":["true","null","~","2026-01-01",""],"c":{"d":"0x10"}}');
    expect(Object.getPrototypeOf(value)).toBe(null);
  });

  test("may start with a document marker and hold comments", () => {
    expect(read("# why\n---\na: 1 # because\n").value).toEqual({ a: "1" });
  });

  test("may hold text that looks like YAML inside block scalars and quotes", () => {
    const value = read("a: |\n  &x *y !!z <<: {[\n  ---x\nb: '*b'\nc: \"&c\"\nd: a & b, c*d!\n").value;
    expect(value).toEqual({ a: "&x *y !!z <<: {[\n---x\n", b: "*b", c: "&c", d: "a & b, c*d!" });
  });

  test("says where each key and value stands", () => {
    const text =
      "a: one\nb:\n  - c: [two, 'three']\n    d: |\n      four\n      five\n    e: >-\n\n        six\nf: \"seven\"\n";
    const document = read(text);
    const at = (path: (string | number)[], which?: "key" | "value" | "content") => {
      const { line, column, endColumn } = document.place(path, which);
      return [line, column, endColumn];
    };
    expect(at(["a"], "key")).toEqual([1, 1, 2]);
    expect(at(["a"])).toEqual([1, 4, 7]);
    expect(at(["b", 0, "c"], "key")).toEqual([3, 5, 6]);
    expect(at(["b", 0, "c", 1])).toEqual([3, 14, 21]);
    expect(at(["b", "0", "c", "1"], "content")).toEqual([3, 15, undefined]);
    expect(at(["b", 0, "d"], "content")).toEqual([5, 7, undefined]);
    expect(at(["b", 0, "e"], "content")).toEqual([9, 9, undefined]);
    expect(at(["f"], "content")).toEqual([10, 5, undefined]);
    expect(at(["a"], "content")).toEqual([1, 4, undefined]);
  });

  test("gives the nearest parent's place for what is not there", () => {
    const document = read("a:\n  b: [c]\n");
    expect(document.place(["a", "x"], "key")).toMatchObject({ line: 1, column: 1 });
    expect(document.place(["a", "b", 7])).toMatchObject({ line: 2, column: 6 });
    expect(document.place(["a", "b", 0, "deeper"])).toMatchObject({ line: 2, column: 7 });
  });

  test("knows which scalars were written without quotes", () => {
    const document = read("a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\n");
    expect(["a", "b", "c", "d"].map((key) => document.isPlain([key]))).toEqual([true, false, false, false]);
  });
});

describe("whatever the bytes are", () => {
  const pieces = fc.constantFrom(
    ...Array.from("[]{},:-?|>&*!%@`'\"#\n \\~<"),
    "- ",
    ": ",
    "---\n",
    "...\n",
    "a",
    "\u00e9",
    "__proto__",
    "<<: ",
    "\\u202e",
    "\t",
    "\r",
    "\u202e",
    "1",
    "&a ",
    "*a",
    "!!int ",
    "spec:\n  ",
  );
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(pieces, { maxLength: 60 }).map((list) => bytes(list.join(""))),
    fc.tuple(pieces, fc.integer({ min: 1, max: 800 })).map(([piece, n]) => bytes(piece.repeat(n))),
    fc.json().map(bytes),
  );

  test("reading ends in a document or in findings with places, and never throws", () => {
    fc.assert(
      fc.property(hostile, (content) => {
        const result = readDocument("a.yaml", content);
        if ("document" in result) return;
        expect(result.findings.length).toBeGreaterThan(0);
        for (const { at, code } of result.findings) {
          expect(code).toMatch(/^LPS1\d\d$/);
          expect(at?.line).toBeGreaterThan(0);
          expect(at?.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a request is read or refused, and never throws", () => {
    const path = "requests/e/a.yaml";
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (list) => {
        const text = `apiVersion: lapse.dev/v1\nkind: AccessRequest\nmetadata: { name: a }\nspec:\n  ${list.join("")}\n`;
        expect(readRequest({ path, bytes: bytes(text) })).toHaveProperty("findings");
      }),
      { numRuns: 500 },
    );
  });

  test("JSON within the limits means the same as to JSON.parse, with text for every scalar", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small", maxDepth: 5 },
        word,
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(word, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(word, tree, { minKeys: 1, maxKeys: 4 }), (value) => {
        const named = Object.keys(value).includes("constructor");
        fc.pre(!named && !JSON.stringify(value).includes("prototype"));
        expect(JSON.stringify(read(JSON.stringify(value)).value)).toBe(JSON.stringify(value));
      }),
    );
  });

  test("UTF-8 decodes as the standard decoder does, or not at all", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.string({ unit: "binary" }).map(bytes)),
        (content) => {
          const ours = decode(content);
          let theirs: string | undefined;
          try {
            theirs = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
          } catch {
            theirs = undefined;
          }
          expect(typeof ours === "string" ? ours : undefined).toBe(theirs);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("a frame", () => {
  const text = "one\ntwo\n  three: x\nfour\nfive\n";

  test("shows two lines before, a caret, and one line after", () => {
    expect(frame(text, { file: "a", line: 3, column: 3, endColumn: 8 })).toBe(
      ["  1 | one", "  2 | two", "> 3 |   three: x", "    |   ^^^^^", "  4 | four"].join("\n"),
    );
  });

  test("pads line numbers, and stops at the end of the file", () => {
    const long = "x\n".repeat(10);
    expect(frame(long, { file: "a", line: 9, column: 1 })).toBe(
      "   7 | x\n   8 | x\n>  9 | x\n     | ^\n  10 | x",
    );
    expect(frame(long, { file: "a", line: 10, column: 2 })).toBe("   8 | x\n   9 | x\n> 10 | x\n     |  ^");
    expect(frame(long, { file: "a", line: 11, column: 1 })).toBe("");
  });

  test("spells out what could deceive, and keeps the caret below it", () => {
    expect(frame("a\u001b[2Jb\u202ec", { file: "a", line: 1, column: 7 })).toBe(
      "> 1 | a<U+001B>[2Jb<U+202E>c\n    |              ^^^^^^^^",
    );
  });

  test("cuts long lines around the place", () => {
    const shown = frame(`${"a".repeat(500)}HERE${"b".repeat(500)}`, {
      file: "a",
      line: 1,
      column: 501,
      endColumn: 505,
    });
    const [line = "", caret = ""] = shown.split("\n");
    expect(line.length).toBeLessThan(120);
    expect(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("HERE");
  });
});

describe("typed reading", () => {
  const schema = {
    type: "object",
    properties: {
      n: { type: "integer" },
      b: { $ref: "#/$defs/flag" },
      s: { type: "string" },
      u: { type: ["string", "integer"] },
      list: { type: "array", items: { type: "integer" } },
      pick: { oneOf: [{ type: "object", properties: { port: { type: "integer" } } }, { type: "string" }] },
      toString: { type: "integer" },
    },
    additionalProperties: { type: "boolean" },
    $defs: { flag: { type: "boolean" }, loop: { $ref: "#/$defs/loop" } },
  };
  const all = () => true;

  test.each([
    [{ n: "42" }, { n: 42 }],
    [{ n: "-7" }, { n: -7 }],
    [{ n: "0" }, { n: 0 }],
    [{ n: "-0" }, { n: -0 }],
    [{ n: "007" }, { n: "007" }],
    [{ n: "1e3" }, { n: "1e3" }],
    [{ n: "1.0" }, { n: "1.0" }],
    [{ n: "0x10" }, { n: "0x10" }],
    [{ n: "9007199254740993" }, { n: "9007199254740993" }],
    [{ b: "true" }, { b: true }],
    [{ b: "false" }, { b: false }],
    [{ b: "True" }, { b: "True" }],
    [{ b: "yes" }, { b: "yes" }],
    [{ s: "true" }, { s: "true" }],
    [{ u: "5" }, { u: "5" }],
    [{ list: ["1", "x"] }, { list: [1, "x"] }],
    [{ pick: { port: "80" } }, { pick: { port: 80 } }],
    [{ other: "true" }, { other: true }],
    [{ valueOf: "true" }, { valueOf: true }],
  ])("%j becomes %j", (written, meant) => {
    expect(typed(written, schema, all)).toEqual(meant);
  });

  test("never converts what was quoted", () => {
    expect(typed({ n: "42", b: "true" }, schema, () => false)).toEqual({ n: "42", b: "true" });
  });

  test("ends on a schema that refers to itself", () => {
    expect(
      typed({ n: "1" }, { $ref: "#/$defs/loop", $defs: { loop: { $ref: "#/$defs/loop" } } }, all),
    ).toEqual({ n: "1" });
  });
});

describe("alternatives in a provider's schema", () => {
  const raw = (schemaPath: string, keyword: string, instancePath = "/role"): RawError => ({
    schemaPath,
    keyword,
    instancePath,
    params: {},
  });
  const keywords = (errors: readonly RawError[]) => schemaErrors(errors).map(({ keyword }) => keyword);

  test("only the branch whose tag fits is spoken of", () => {
    const errors = [
      raw("#/properties/role/oneOf/0/properties/kind/const", "const", "/role/kind"),
      raw("#/properties/role/oneOf/0/required", "required"),
      raw("#/properties/role/oneOf/1/properties/name/pattern", "pattern", "/role/name"),
      raw("#/properties/role/oneOf", "oneOf"),
      raw("#/properties/other/maxLength", "maxLength", "/other"),
    ];
    expect(keywords(errors)).toEqual(["pattern", "maxLength"]);
  });

  test("when no branch fits, the failure itself is", () => {
    const errors = [
      raw("#/anyOf/0/type", "type", "/role"),
      raw("#/anyOf/1/type", "type", "/role"),
      raw("#/anyOf", "anyOf", "/role"),
    ];
    expect(keywords(errors)).toEqual(["anyOf"]);
  });
});
