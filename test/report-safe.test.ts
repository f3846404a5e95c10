// Can anything that somebody else wrote act in a report, or forge a line of it?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { error } from "../src/core/finding.ts";
import { auditText } from "../src/report/audit.ts";
import { CHECK_MARKER, checkMarkdown } from "../src/report/check-comment.ts";
import { checkText } from "../src/report/check.ts";
import { findingsText } from "../src/report/findings.ts";
import { planMarkdown, planText } from "../src/report/plan.ts";
import type { Context } from "../src/context.ts";
import { redactor } from "../src/core/redact.ts";
import { redacted } from "../src/redacted.ts";
import { messageText } from "../src/report/encode.ts";
import { revertBody, revertMessage, revertTitle, type EndedFile } from "../src/report/revert.ts";
import { storyText } from "../src/report/show.ts";
import { statusText } from "../src/report/status.ts";
import { isCommand, nasty, skeleton } from "./support/nasty.ts";
import { aCheck, anAudit, aStatus, aStory, fullPlan, NOW, place } from "./support/reports.ts";

const PLAIN = { color: false };
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

describe("nothing that somebody else wrote can act", () => {
  const screens: readonly (readonly [string, (text: string) => string])[] = [
    [
      "findings",
      (text) => findingsText([{ ...error("LPS101", text, text, { ...place, file: text }) }], PLAIN),
    ],
    ["plan", (text) => planText(fullPlan(text), PLAIN)],
    ["status", (text) => statusText(aStatus(text), PLAIN)],
    ["show", (text) => storyText(aStory(text), PLAIN)],
    ["check", (text) => checkText(aCheck(text), NOW)],
    ["audit", (text) => auditText(anAudit(text), PLAIN)],
  ];
  test.each(screens)("C8, E9: %s on a terminal: no command, no control, no forged line", (_, screen) => {
    fc.assert(
      fc.property(nasty, (text) => {
        const lines = screen(text).split("\n");
        expect(lines.filter((line) => isCommand(line) || HIDDEN.test(line))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each(screens)("E9: %s has as many lines as ever", (_, screen) => {
    const lines = screen("x").split("\n").length;
    fc.assert(
      fc.property(
        nasty.filter((text) => text !== ""),
        (text) => {
          expect(screen(text).split("\n")).toHaveLength(lines);
        },
      ),
      { numRuns: 60 },
    );
  });

  const ended = (text: string): EndedFile => ({
    ...{ request: text, path: text, commit: text, state: text, subject: text, entitlement: text },
    ...{ target: text, approvers: [text], because: text, receipt: text, residue: [text], closedAt: NOW },
  });

  test("E9: the message of a revert has its own trailers and no others, whoever wrote what", () => {
    const shape = (text: string) => text.split("\n").map((line) => /^[A-Z][\w-]*: /u.exec(line)?.[0] ?? "");
    const benign = shape(revertMessage(ended("x")));
    fc.assert(
      fc.property(nasty, (text) => {
        expect(shape(revertMessage(ended(text)))).toEqual(benign);
        expect(revertTitle([ended(text)])).not.toMatch(HIDDEN);
      }),
    );
  });

  test("C8, E9: the last guard of each stream lets no command and no control through, whatever a screen forgot", () => {
    fc.assert(
      fc.property(nasty, nasty, (first, second) => {
        const said: { out: string[]; err: string[] } = { out: [], err: [] };
        const plain = {
          out: (text: string) => said.out.push(text),
          err: (text: string) => said.err.push(text),
          summary: () => undefined,
          ...{ color: false, interactive: false, annotates: true },
        };
        const { io } = redacted({ io: plain, json: false } as unknown as Context, redactor());
        io.out(`x${first}\n${second}`);
        io.err(`error: ${first}\n${second}`);
        const lines = [...said.out, ...said.err].flatMap((text) => text.split("\n"));
        expect(lines.filter(isCommand)).toEqual([]);
        expect(said.err.flatMap((text) => text.split("\n")).filter((line) => HIDDEN.test(line))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("an annotation of ours passes as the one line that it is", () => {
    const line = "::error file=a.yaml,line=1::50%25%0Aof it";
    expect(messageText(line)).toBe(line);
    expect(messageText(`${line}\n::warning ::x`).split("\n").filter(isCommand)).toEqual([]);
  });

  const pages: readonly (readonly [string, (text: string) => string])[] = [
    [
      "check",
      (text) => checkMarkdown({ now: NOW, head: text, residue: [text], quote: text, report: aCheck(text) }),
    ],
    ["plan", (text) => planMarkdown(fullPlan(text), { title: "✓ Reconciled" })],
    ["revert", (text) => revertBody([{ ...ended(text), state: "revoked" }], "0".repeat(40))],
  ];
  test.each(pages)("E9: %s as Markdown keeps its structure", (_, screen) => {
    const benign = skeleton(screen("x"));
    fc.assert(
      fc.property(nasty, (text) => {
        expect(skeleton(screen(text))).toBe(benign);
      }),
      { numRuns: 60 },
    );
  });

  test("the comment holds its own marker once, first", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const markdown = pages[0]?.[1](text) ?? "";
        expect(markdown.startsWith(`${CHECK_MARKER}\n`)).toBe(true);
        expect(markdown.split("<!--")).toHaveLength(2);
      }),
      { numRuns: 60 },
    );
  });
});
