// Is this request sound, and who must approve it? (for the terminal and for programs)
import type { Checked, CheckReport } from "../core/check.ts";
import type { Instant, Obligation } from "../core/model.ts";
import { printDuration, printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { counted } from "./table.ts";
import { lengthWords, when } from "./time-words.ts";

export function checkText(
  report: CheckReport,
  now: Instant,
  options: { readonly color: boolean } = { color: false },
): string {
  const sound = report.checked.filter(isSound);
  return page([
    ...sound.flatMap((one) => [...summary(one, now), ""]),
    ...changeLines(report),
    findingsText(report.findings, options),
    ...(sound.length > 1 ? [`${counted(sound.length, "request")} may be merged once approved.`] : []),
  ]);
}

/** Who must approve a pull request that changes what decides. */
function changeLines({ change }: CheckReport): readonly string[] {
  if (!change) return [];
  const [first = "", ...more] = change.paths;
  const what = `${visible(first)}${more.length > 0 ? ` and ${counted(more.length, "more path")}` : ""}`;
  const rows = approvalRows(change.demand ? [change.demand] : [UNNAMED]);
  return [
    `${what}: this changes what decides; merged without these approvals, it stops all granting`,
    ...rows.map(([label, text]) => `  ${label.padEnd(10)} ${visible(text)}`),
    "",
  ];
}

/** The rules before do not say it. */
const UNNAMED: Obligation = { approvers: [], from: ["nobody whom the policies name readably"], count: 1 };

/** May be merged as it is, once the approvals are there. */
export function isSound({ decision, findings }: Checked): boolean {
  return decision?.effect === "Permit" && findings.every((finding) => finding.severity !== "error");
}

function summary({ request, window, claim, decision }: Checked, now: Instant): readonly string[] {
  const length = lengthWords(window.end - window.start);
  const starts = request.notBefore === undefined ? "when it is merged" : when(window.start, now);
  const passed = decision?.rules.filter((rule) => rule.ok).length ?? 0;
  const rows: readonly (readonly [string, string])[] = [
    ["window", `starts ${starts}, lasts ${length}; merged now it would end ${when(window.end, now)}`],
    ...approvalRows(decision?.obligations.approvals ?? []),
    ["rules", `${counted(passed, "rule")} passed`],
  ];
  const target = claim === undefined ? "" : ` on ${visible(claim.target)}`;
  return [
    `${visible(request.id)}: ${visible(request.subject)} asks for ${visible(request.entitlement)}${target} for ${printDuration(request.duration)}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(10)} ${visible(text)}`),
  ];
}

function approvalRows(approvals: readonly Obligation[]): readonly (readonly [string, string])[] {
  if (approvals.length === 0) return [["approval", "none needed: pre-authorised"]];
  return approvals.map(({ count, from, approvers }) => [
    "approval",
    `${count} of ${from.join(", ")} (${approvers.length === 0 ? "nobody left who may" : approvers.join(", ")})`,
  ]);
}

export function checkJson(report: CheckReport): object {
  return {
    ok: report.findings.every((finding) => finding.severity !== "error"),
    policies: report.rules.catalog.digest,
    requests: report.checked.map(oneJson),
    change: report.change ? { paths: report.change.paths, approvals: report.change.demand ?? null } : null,
    findings: findingsJson(report.findings),
  };
}

function oneJson({ request, decision, window, claim, findings }: Checked): object {
  const judged = decision && {
    effect: decision.effect,
    approvals: decision.obligations.approvals,
    rules: decision.rules,
  };
  return {
    id: request.id,
    path: request.path,
    subject: request.subject,
    entitlement: request.entitlement,
    target: claim?.target ?? null,
    effect: null,
    approvals: [],
    rules: [],
    ...judged,
    ifMergedNow: { start: printInstant(window.start), end: printInstant(window.end) },
    findings: findingsJson(findings),
  };
}
