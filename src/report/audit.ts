// How is the audit told? (text for people, one object for programs)
import type { AuditReport, Period } from "../core/audit.ts";
import { dueAt, type Case } from "../core/history.ts";
import { latencyOf } from "../core/audit-removals.ts";
import type { Instant } from "../core/model.ts";
import { printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { findingsJson } from "./json.ts";
import { latenessJson, latenessLines } from "./lateness.ts";
import { painter, type Paint } from "./paint.ts";
import { counted } from "./table.ts";
import { lengthWords, utc } from "./time-words.ts";

export function auditText(report: AuditReport, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  return page([
    `Access evidence  ${periodWords(report.period)}`,
    basis(report),
    "",
    ...rows(report).map(([label, text]) => `${label.padEnd(17)} ${text}`),
    ...latenessLines(report.removals.byTarget).map((line) => `  ${line}`),
    "",
    ...exceptions(report, paint),
    verdict(report, paint),
  ]);
}

function periodWords({ from, to }: Period): string {
  const ends = [from === undefined ? "" : `${utc(from)} ≤ `, to === undefined ? "" : ` < ${utc(to)}`];
  return from === undefined && to === undefined ? "whole history" : `${ends[0] ?? ""}decided${ends[1] ?? ""}`;
}

function basis({ main, ledger, now }: AuditReport): string {
  const chain = `${counted(ledger.entries, "entry", "entries")}, chain ${ledger.intact ? "intact" : "BROKEN"}`;
  return `main ${main.commit.slice(0, 7)} · ledger ${ledger.commit.slice(0, 7)} (${chain}) · ${utc(now)}`;
}

function rows(report: AuditReport): readonly (readonly [string, string])[] {
  return [
    ["Population", populationWords(report)],
    ...reconciliation(report),
    ["Approval", approvalWords(report)],
    ["Rules", rulesWords(report)],
    ["Removal latency", latencyWords(report)],
  ];
}

function populationWords({ population: p }: AuditReport): string {
  const counts: Counts = [
    [p.admitted, "admitted"],
    [p.removed, "removed"],
    [p.open, "open"],
    [p.refused, "refused"],
    [p.missed, "missed"],
    [p.breakGlass, "break-glass"],
  ];
  return counts.map(([count, what]) => `${count} ${what}`).join("   ");
}

function reconciliation({
  files,
  books,
  targets,
  copy,
}: AuditReport): readonly (readonly [string, string])[] {
  const requests = equation(files.onMain, "on main", files.difference, [
    [files.decided, "decided"],
    [files.fresh, "not processed yet"],
    [files.passed, "came and went"],
  ]);
  const ledger = equation(books.admitted, "admitted", books.difference, [
    [books.removed, "removed"],
    [books.void, "void"],
    [books.open, "open"],
  ]);
  const observed =
    targets &&
    equation(targets.live, "live", targets.difference, [
      [targets.observed, "observed"],
      [targets.unreadable, "not read"],
    ]);
  return [
    ["Requests", requests],
    ["Ledger", ledger],
    ["Targets", observed ?? "not asked (add --observe)"],
    ...(copy ? [["Other copy", copyWords(copy)] as const] : []),
  ];
}

function rulesWords({ rules: { since, last, changes } }: AuditReport): string {
  if (since === undefined || last === undefined) return "rulesets were never read";
  const changed = changes === 0 ? "" : `   ${counted(changes, "change")} before`;
  return `the same rulesets since ${utc(since)}, last read ${utc(last)}${changed}`;
}

function copyWords({ is, ours, theirs }: NonNullable<AuditReport["copy"]>): string {
  if (is === "same") return "the same";
  if (is === "behind") return `the same up to its last entry, ${theirs} of ${ours}`;
  return "NOT the same";
}

type Counts = readonly (readonly [number, string])[];

function equation(left: number, what: string, difference: number, right: Counts): string {
  const [first, ...rest] = right;
  const shown = [...(first ? [first] : []), ...rest.filter(([count]) => count > 0)];
  const sum = shown.map(([count, name]) => `${count} ${name}`).join(" + ");
  return `${left} ${what} ${difference === 0 ? "=" : "≠"} ${sum}   difference ${difference}`;
}

function approvalWords({ approvals: { independent, preauthorised, none } }: AuditReport): string {
  const parts = [
    `${independent} by someone other than subject and author`,
    `${preauthorised} pre-authorised`,
  ];
  return [...parts, ...(none > 0 ? [`${none} by nobody else`] : [])].join(", ");
}

function latencyWords({ removals: { median, p95, worst, late, overdue } }: AuditReport): string {
  const open = overdue > 0 ? `   ${overdue} OVERDUE` : "";
  if (worst === undefined) return `nothing was removed${open}`;
  const all = [
    `median ${lengthWords(median ?? 0)}`,
    `95 % ${lengthWords(p95 ?? 0)}`,
    `longest ${lengthWords(worst.latency)} (${visible(worst.request)})`,
    ...(late > 0 ? [`${late} late`] : []),
  ];
  return all.join("   ") + open;
}

function exceptions({ findings }: AuditReport, paint: Paint): readonly string[] {
  if (findings.length === 0) return [];
  const ranked = [...findings].sort(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error"),
  );
  return [
    "Exceptions",
    ...ranked.flatMap((one) => [
      `  ${paint(one.severity === "error" ? "bad" : "warn", one.code)}  ${visible(one.message)}`,
      `          fix: ${visible(one.fix)}`,
    ]),
    "",
  ];
}

function verdict({ addsUp, findings }: AuditReport, paint: Paint): string {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const rest = counted(findings.length - errors, "warning");
  if (addsUp) return `${paint("good", "It adds up")}: no difference, nothing overdue, ${rest}.`;
  return `${paint("bad", "It does not add up")}: ${counted(errors, "error")}, ${rest}.`;
}

export function auditJson(report: AuditReport): object {
  const { now, period, main, ledger, population, approvals, removals, files, books, targets, copy, rules } =
    report;
  return {
    now: printInstant(now),
    period: { from: time(period.from), to: time(period.to) },
    addsUp: report.addsUp,
    main,
    ledger,
    population,
    approvals,
    removals: { ...numbers(removals), byTarget: latenessJson(removals.byTarget) },
    reconciliation: {
      requests: numbers(files),
      ledger: numbers(books),
      targets: targets === undefined ? null : numbers(targets),
      copy: copy ?? null,
    },
    rules: { ...numbers(rules), since: time(rules.since), last: time(rules.last) },
    exceptions: findingsJson(report.findings),
    cases: report.list.map(caseJson),
  };
}

/** Everything but the findings, which are told once, together. */
function numbers(part: object): object {
  return Object.fromEntries(Object.entries(part).filter(([key]) => key !== "findings"));
}

function caseJson(one: Case): object {
  const { grant, closed } = one;
  return {
    ...one,
    decided: printInstant(one.decided),
    grant: grant && {
      ...grant,
      start: printInstant(grant.start),
      end: printInstant(grant.end),
      mergedAt: printInstant(grant.mergedAt),
      ...(grant.review && { review: { ...grant.review, due: printInstant(grant.review.due) } }),
    },
    attempted: time(one.attempted),
    granted: time(one.granted),
    reviewed: one.reviewed?.map((vote) => ({ ...vote, at: printInstant(vote.at) })) ?? null,
    ordered: time(one.ordered),
    due: time(dueAt(one)),
    closed: closed && { ...closed, at: printInstant(closed.at) },
    latencySeconds: seconds(latencyOf(one)),
  };
}

function time(at: Instant | undefined): string | null {
  return at === undefined ? null : printInstant(at);
}

function seconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : Math.round(milliseconds / 1000);
}
