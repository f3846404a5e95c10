// Can anything that somebody else wrote act in a report, or forge a line of it?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { error } from "../src/core/finding.ts";
import { auditText } from "../src/report/audit.ts";
import { CHECK_MARKER, checkMarkdown } from "../src/report/check-comment.ts";
import { checkText } from "../src/report/check.ts";
import { findingsText } from "../src/report/findings.ts";
import { planMarkdown, planText } from "../src/report/plan.ts";
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
  test.each(screens)("%s on a terminal: no command, no control, no forged line", (_, screen) => {
    fc.assert(
      fc.property(nasty, (text) => {
        const lines = screen(text).split("\n");
        expect(lines.filter((line) => isCommand(line) || HIDDEN.test(line))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each(screens)("%s has as many lines as ever", (_, screen) => {
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

  const pages: readonly (readonly [string, (text: string) => string])[] = [
    [
      "check",
      (text) => checkMarkdown({ now: NOW, head: text, residue: [text], quote: text, report: aCheck(text) }),
    ],
    ["plan", (text) => planMarkdown(fullPlan(text), { title: "✓ Reconciled" })],
  ];
  test.each(pages)("%s as Markdown keeps its structure", (_, screen) => {
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
