// Can any text act where it is shown: a terminal, a log, JSON, Markdown, a commit message? (laws)
import fc from "fast-check";
import { expect } from "vitest";
import { appendMessage } from "../../src/core/append-message.ts";
import { parseEntry } from "../../src/core/ledger-lines.ts";
import { EMPTY_TIP, sealAll } from "../../src/core/chain.ts";
import { jsonText, page, visible, workflowCommand } from "../../src/report/encode.ts";
import { code, heading, list, paragraph, render, table, words } from "../../src/report/markdown.ts";
import { NOON } from "../support/cases.ts";
import { isCommand, nasty, skeleton } from "../support/nasty.ts";
import { law, type Law } from "./law.ts";

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const MARKER = "<!-- lapse:v1:test -->";

const comment = (text: string) =>
  render(
    [
      heading(words("Needs approval from "), code(text)),
      paragraph(code(text), words(" asks for "), code(text)),
      table(["", "Who"], [[[words("Why")], [code(text), words(" · "), code(text)]]]),
      ...list([[code(text), words(" then "), code(text)]]),
    ],
    { first: MARKER },
  );
const benign = skeleton(comment("x"));

export const ENCODER_LAWS: readonly Law[] = [
  law("encoder: a cell stays one visible line", [nasty], (text: string) => {
    expect(HIDDEN.test(visible(text)) || isCommand(visible(text))).toBe(false);
  }),
  law(
    "encoder: no line of a page is a command",
    [fc.array(fc.array(nasty, { maxLength: 3 }), { maxLength: 4 })],
    (rows: string[][]) => {
      const text = page(rows.map((cells) => cells.map(visible).join("")));
      expect(text.split("\n").some(isCommand)).toBe(false);
      expect(text.split("\n")).toHaveLength(Math.max(1, rows.length));
    },
    0.5,
  ),
  law("encoder: JSON says what was given and is inert", [nasty, nasty], (key: string, value: string) => {
    const text = jsonText({ [key]: [value] });
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ [key]: [value] })));
    expect(HIDDEN.test(text.replaceAll("\n", "")) || text.split("\n").some(isCommand)).toBe(false);
  }),
  law("encoder: an annotation is one command, ours", [nasty, nasty], (file: string, message: string) => {
    const line = workflowCommand("error", { file, line: 3 }, message);
    expect(line).toMatch(/^::error file=[^:,\r\n]*,line=3::[^\r\n]*$/u);
  }),
  law(
    "encoder: Markdown keeps its structure whatever is shown in it",
    [nasty],
    (text: string) => {
      const markdown = comment(text);
      const first = markdown.slice(0, markdown.indexOf("\n"));
      expect(first).toBe(MARKER);
      expect(markdown.split("<!--")).toHaveLength(2);
      expect(skeleton(markdown.slice(first.length))).toBe(benign.slice(benign.indexOf("\n")));
    },
    0.05,
  ),
  law(
    "encoder: nothing adds a line or a trailer to a commit of the ledger",
    [nasty, nasty],
    (subject: string, run: string) => {
      const draft = { kind: "violation" as const, code: "LPS308", subject };
      const { entries, lines, hash } = sealAll([{ drafts: [draft], at: NOON, run }], EMPTY_TIP, (text) =>
        text.slice(0, 8),
      );
      expect(lines.map(parseEntry)).toEqual(entries);
      const message = appendMessage(entries, () => undefined, { receipt: hash, nonce: "n" });
      expect(message).toMatch(/^[\n\x20-\x7e]+$/u);
      expect(message.split("\n")).toHaveLength(5);
    },
  ),
];
