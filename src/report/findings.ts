// How are findings told on a terminal and as annotations?
import type { Finding, Place } from "../core/model.ts";
import { sorted } from "../core/finding.ts";
import { page, visible, visibleLines, workflowCommand } from "./encode.ts";
import { painter, type Paint } from "./paint.ts";
import { counted } from "./table.ts";

/** Every finding with place, frame, reason and fix, sorted by place; the count comes last, where the eye is. */
export function findingsText(findings: readonly Finding[], options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const blocks = sorted(findings).flatMap((finding) => [...block(finding, paint), ""]);
  return page([...blocks, countLine(findings)]);
}

function block(finding: Finding, paint: Paint): readonly string[] {
  const style = finding.severity === "error" ? "bad" : "warn";
  const where = finding.at === undefined ? "" : `${placeWords(finding.at)}  `;
  return [
    `${where}${paint(style, finding.code)}  ${paint("bold", visible(finding.message))}`,
    ...(finding.frame === undefined ? [] : visibleLines(finding.frame).map((line) => `  ${line}`)),
    ...labelled("why", finding.why === undefined ? [] : visibleLines(finding.why)),
    ...labelled("fix", [visible(finding.fix)]),
    ...labelled("more", [`lapse explain ${finding.code}`]),
  ];
}

function labelled(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, i) => `    ${(i === 0 ? label : "").padEnd(5)} ${line}`);
}

/** `requests/orders-db-read/a.yaml:8:16`. */
export function placeWords(at: Place): string {
  return `${visible(at.file)}:${at.line}:${at.column}`;
}

/** `2 errors, 0 warnings in 1 file.` */
function countLine(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Nothing found.";
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const files = new Set(findings.flatMap((finding) => finding.at?.file ?? [])).size;
  const where = files === 0 ? "" : ` in ${counted(files, "file")}`;
  return `${counted(errors, "error")}, ${counted(findings.length - errors, "warning")}${where}.`;
}

/** GitHub keeps ten annotations of a kind per step and drops the rest in silence. */
const KEPT = 10;

/** Workflow commands that annotate the lines of a pull request: errors first, and a notice for what GitHub would drop. */
export function annotations(findings: readonly Finding[]): readonly string[] {
  const kinds = (["error", "warning"] as const).map((kind) =>
    sorted(findings).filter((finding) => finding.severity === kind),
  );
  const dropped = kinds.reduce((sum, kind) => sum + Math.max(0, kind.length - KEPT), 0);
  const more = `${counted(dropped, "more finding")} in the job summary`;
  return [
    ...kinds.flatMap((kind) => kind.slice(0, KEPT).map(annotation)),
    ...(dropped > 0 ? [workflowCommand("notice", { title: "lapse" }, more)] : []),
  ];
}

function annotation({ at, code, severity, message, fix }: Finding): string {
  const place = at && {
    file: at.file,
    line: at.line,
    endLine: at.line,
    col: at.column,
    endColumn: at.endColumn,
  };
  return workflowCommand(severity, { ...place, title: code }, `${message}\n${fix}`);
}
