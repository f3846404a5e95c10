// Can anything that a person typed act in a terminal, a log, JSON or Markdown?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonText, page, visible, visibleLines, workflowCommand } from "../src/report/encode.ts";
import {
  code,
  folded,
  heading,
  link,
  list,
  paragraph,
  render,
  table,
  words,
} from "../src/report/markdown.ts";
import { isCommand, nasty, skeleton } from "./support/nasty.ts";

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

describe("a terminal line", () => {
  test("shows everything and stays one line", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(visible(text)).not.toMatch(HIDDEN);
        expect(isCommand(visible(text))).toBe(false);
      }),
    );
  });

  test("keeps what is harmless as it was", () => {
    expect(visible("Backfill of stuck orders, INC-4711: a::text → b (ä, 中, 👩)")).toBe(
      "Backfill of stuck orders, INC-4711: a::text → b (ä, 中, 👩)",
    );
  });

  test("spells out what is not", () => {
    expect(visible("a\u001b[31m\nb\u202ec")).toBe("a<U+001B>[31m\\nb<U+202E>c");
    expect(visible(" ::add-mask::a")).toBe(" :\\:add-mask::a");
  });
});

describe("a page", () => {
  test("has no line that a runner takes for a command, whatever was joined", () => {
    fc.assert(
      fc.property(fc.array(fc.array(nasty)), (rows) => {
        const text = page(rows.map((cells) => cells.map(visible).join("")));
        expect(text.split("\n").filter(isCommand)).toEqual([]);
        expect(text.split("\n")).toHaveLength(Math.max(1, rows.length));
      }),
    );
  });

  test("guards even text that came in unencoded", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(page([text]).split("\n").filter(isCommand)).toEqual([]);
      }),
    );
  });

  test("keeps the lines of a frame apart and nothing else", () => {
    expect(visibleLines("a\r\nb\u2028c\u0000")).toEqual(["a", "b", "c<U+0000>"]);
  });
});

describe("JSON", () => {
  test("C8, E9: says exactly what was given, and is inert on a terminal and in a log", () => {
    fc.assert(
      fc.property(nasty, nasty, (key, value) => {
        const text = jsonText({ [key]: [value] });
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ [key]: [value] })));
        expect(text.replaceAll("\n", "")).not.toMatch(HIDDEN);
        expect(text.split("\n").filter(isCommand)).toEqual([]);
      }),
    );
  });
});

describe("a workflow command", () => {
  /** The runner's own reading of a command line. */
  const parse = (line: string) => {
    const [, name, properties = "", data = ""] = /^::(\w+)(?: ([^\n]*?))?::(.*)$/u.exec(line) ?? [];
    const pairs = properties === "" ? [] : properties.split(",").map((pair) => pair.split("="));
    return { name, keys: pairs.map(([key]) => key), data };
  };

  test("C8: is one line, with our name and our properties only", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (file, title, message) => {
        const line = workflowCommand("error", { file, line: 3, title }, message);
        expect(line).not.toMatch(/[\r\n]/u);
        const read = parse(line);
        expect(read.name).toBe("error");
        expect(read.keys).toEqual(["file", "line", "title"]);
        expect(read.data).not.toMatch(HIDDEN);
      }),
    );
  });

  test("escapes as @actions/core does", () => {
    expect(workflowCommand("error", { file: "a,b:c.yaml", line: 1, col: undefined }, "50%\nof it")).toBe(
      "::error file=a%2Cb%3Ac.yaml,line=1::50%25%0Aof it",
    );
    expect(workflowCommand("endgroup", {}, "")).toBe("::endgroup::");
  });
});

const MARKER = "<!-- lapse:v1:test -->";

describe("Markdown", () => {
  const doc = (text: string) =>
    render(
      [
        heading(words("Needs approval from "), code(text)),
        paragraph(code(text), words(" asks for "), code(text), words(".")),
        table(
          ["", "Who"],
          [
            [[words("Why")], [code(text), words(" · "), code(text)]],
            [[words("x")], [words("y")]],
          ],
        ),
        ...list([[code(text), words(" then "), code(text)]]),
        ...folded("One rule", [paragraph(code(text))]),
      ],
      { first: MARKER },
    );

  test("has the same structure whatever the text: it stays inside its code span", () => {
    const benign = skeleton(doc("x"));
    fc.assert(
      fc.property(nasty, (text) => {
        const markdown = doc(text);
        const first = markdown.slice(0, markdown.indexOf("\n"));
        expect(skeleton(markdown.slice(first.length))).toBe(benign.slice(benign.indexOf("\n")));
        expect(first).toBe(MARKER);
      }),
    );
  });

  test("holds exactly one marker, its own", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(doc(text).split("<!--")).toHaveLength(2);
      }),
    );
  });

  test("keeps a pipe inside its table cell", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const [row = ""] = doc(text)
          .split("\n")
          .filter((line) => line.startsWith("| Why"));
        // GitHub splits cells before it looks for code: only a backslash holds a pipe back.
        expect(row.replace(/\\\|/gu, "").split("|")).toHaveLength(4);
      }),
    );
  });

  test("links only to web addresses", () => {
    expect(link("run", "javascript:alert(1)")).toEqual(words("run"));
    expect(link("run", "https://forge.test/run/1")).toMatchObject({ type: "link" });
  });

  test("is cut to its verdict when a comment would be too long", () => {
    const long = Array.from({ length: 300 }, () => paragraph(code("x".repeat(900))));
    expect(render(long, { short: [heading(words("✕ Denied"))] })).toBe("### ✕ Denied\n");
    expect(render(long).length).toBeGreaterThan(65_536);
  });
});
