// Which policy tests pass, what differed in the others, and which rules did none of them reach?
import type { TestReport, TestResult } from "../core/policy-test.ts";
import { page, visible, visibleLines } from "./encode.ts";
import { placeWords } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { painter, type Paint } from "./paint.ts";
import { counted } from "./table.ts";

export function policyTestText(report: TestReport, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const { results, coverage } = report;
  const failed = results.filter((result) => !result.ok).length;
  return page([
    ...results.flatMap((result, i) => [
      ...(result.file === results[i - 1]?.file ? [] : [visible(result.file)]),
      ...resultLines(result, paint),
    ]),
    ...(results.length === 0 ? ["There are no policy tests: write one under policies/tests/."] : [""]),
    `${counted(results.length - failed, "case")} passed, ${failed} failed.`,
    ...coverageLines(coverage, paint),
  ]);
}

function resultLines({ name, ok, message, at }: TestResult, paint: Paint): readonly string[] {
  if (ok) return [`  ${paint("good", "✓")} ${visible(name)}`];
  const details = message === undefined ? [] : visibleLines(message).map((line) => `      ${line}`);
  return [`  ${paint("bad", "✕")} ${visible(name)}  ${placeWords(at)}`, ...details];
}

/** A rule is exercised by one case that it lets through and one that it stops. */
function coverageLines(
  { rules, exercised, unexercised }: TestReport["coverage"],
  paint: Paint,
): readonly string[] {
  const line = `${exercised.length} of ${counted(rules, "rule")} exercised (one case passes it, one fails it).`;
  return [line, ...unexercised.map((rule) => `  ${paint("warn", "never")} ${visible(rule)}`)];
}

export function policyTestJson({ results, findings, coverage }: TestReport): object {
  return {
    results: results.map(({ at, ...result }) => ({ ...result, line: at.line, column: at.column })),
    coverage,
    findings: findingsJson(findings),
  };
}
