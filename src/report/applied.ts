// What was done, what was refused, and what needs a person? (apply and expire, for people and programs)
import type { Applied, Expired, Outcome, RevertPull } from "../core/outcome.ts";
import type { Instant } from "../core/model.ts";
import type { Plan } from "../core/plan.ts";
import { minus, printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { planCounts, planRows } from "./plan-rows.ts";
import { MISSED_WORDS } from "./reasons.ts";
import { counted } from "./table.ts";
import { lengthWords, utcSeconds, when } from "./time-words.ts";

type Ends = Plan["ends"];

export function appliedText(report: Applied, options: { readonly color: boolean }): string {
  const { plan, outcomes, unrecorded } = report;
  const findings = [...plan.refused.flatMap((r) => r.findings), ...plan.violations, ...plan.warnings];
  return page([
    ...outcomes.map((o) => outcomeLine(o, plan)),
    ...plan.admitted
      .filter((a) => !plan.grants.some((g) => g.request === a.request))
      .map((a) => `◔ scheduled  ${a.request}  starts ${when(a.admission.start, plan.now)}`),
    ...plan.missed.map((m) => `✕ void       ${visible(m.request)}  ${MISSED_WORDS[m.because]}`),
    ...plan.refused.map((r) => `✕ refused    ${visible(r.request)}  nothing was granted; the id is used up`),
    ...plan.reviewed.map(
      ({ review, votes }) =>
        `✓ reviewed   ${visible(review.request)}  break-glass, by ${visible(votes.map((v) => v.person).join(", "))}`,
    ),
    ...plan.held.map((h) => `? held back  ${visible(h.request)}  ${visible(h.reason)}`),
    ...plan.unseen.map((u) => `? unknown    ${visible(u.target)} could not be read: ${visible(u.reason)}`),
    ...(findings.length > 0 ? ["", findingsText(findings, options)] : []),
    ...(unrecorded === undefined ? [] : [`The ledger could not be written: ${visible(unrecorded)}`]),
    appliedVerdict(report),
  ]);
}

function appliedVerdict({ plan, outcomes }: Applied): string {
  const at = utcSeconds(plan.now);
  const unread = plan.main === undefined ? "main could not be read, so nothing was granted. " : "";
  const nothing =
    outcomes.length + plan.admitted.length + plan.refused.length + plan.missed.length + plan.held.length ===
    0;
  if (nothing && unread !== "")
    return `${unread}Nothing ended: ${counted(plan.kept.length, "grant")} in force. ${at}`;
  const isOdd = plan.warnings.some(({ severity }) => severity === "error");
  if (nothing && isOdd)
    return `Nothing was done: ${counted(plan.kept.length, "grant")} in force, but see above. ${at}`;
  if (nothing)
    return `No changes: ${counted(plan.kept.length, "grant")} in force, everything is as it should be. ${at}`;
  return `${unread}Done: ${tally(outcomes)}; planned: ${planCounts(planRows(plan, printInstant), plan.kept.length)}. ${at}`;
}

function tally(outcomes: readonly Outcome[]): string {
  const of = (op: Outcome["op"], ok: boolean) => outcomes.filter((o) => o.op === op && o.ok === ok).length;
  const parts: readonly (readonly [number, string])[] = [
    [of("revoke", true), "revoked"],
    [of("release", true), "closed"],
    [of("grant", true), "granted"],
    [outcomes.filter((o) => !o.ok).length, "failed"],
  ];
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return said.length > 0 ? said.join(", ") : "nothing on any target";
}

const SIGNS = {
  revoke: ["✓ revoked   ", "▲ NOT revoked"],
  release: ["✓ closed    ", "▲ NOT closed"],
  grant: ["● granted   ", "✕ not granted"],
} as const;

function outcomeLine(outcome: Outcome, plan: Pick<Plan, "now" | "ends" | "grants">): string {
  const { op, ok, request, target, notes } = outcome;
  const sign = SIGNS[op][ok ? 0 : 1];
  const said = notes.length > 0 ? `  (${notes.map(visible).join("; ")})` : "";
  return `${sign} ${visible(request)} on ${visible(target)}${timing(outcome, plan)}${said}`;
}

function timing(
  { op, ok, request }: Outcome,
  { now, ends, grants }: Pick<Plan, "now" | "ends" | "grants">,
): string {
  if (op === "grant") {
    const grant = grants.find((g) => g.request === request);
    const loud = grant?.admission.breakGlass === true ? "  BREAK-GLASS" : "";
    return grant && ok ? `${loud}  until ${when(grant.admission.end, now)}` : loud;
  }
  const end = ends.find((e) => e.grant.request === request);
  return end ? `  ${ok ? "gone, read back" : "still there"}${late(end.grant.end, now)}` : "";
}

function late(end: Instant, now: Instant): string {
  const ms = minus(now, end);
  return ms >= 0 ? `, ${lengthWords(ms)} after the end` : ", before the end";
}

export function expiredText(
  report: Expired,
  pull: RevertPull | undefined,
  options: { readonly color: boolean },
): string {
  const { sweep, outcomes, unrecorded, now, warnings } = report;
  const view = { now, ends: sweep.ends, grants: [] };
  return page([
    ...outcomes.map((o) => outcomeLine(o, view)),
    ...sweep.missed.map((m) => `✕ void       ${visible(m.request)}  ${MISSED_WORDS[m.because]}`),
    ...report.unseen.map(
      (u) => `? unknown    ${visible(u.target)} could not be listed: ${visible(u.reason)}`,
    ),
    ...report.cleaned.map((what) => `· tidied     ${visible(what)}`),
    ...(unrecorded === undefined ? [] : [`The ledger could not be written: ${visible(unrecorded)}`]),
    ...(warnings.length > 0 ? ["", findingsText(warnings, options)] : []),
    ...(pull ? [`Revert pull request #${pull.number} ${pull.change}: ${visible(pull.url)}`] : []),
    verdict(sweep.ends, outcomes, sweep.kept.length, now),
  ]);
}

function verdict(ends: Ends, outcomes: readonly Outcome[], kept: number, now: Instant): string {
  const at = utcSeconds(now);
  if (ends.length === 0) return `Nothing has ended: ${counted(kept, "grant")} in force. ${at}`;
  return `Swept: ${tally(outcomes)}, ${counted(kept, "grant")} in force. ${at}`;
}

export function appliedJson({ plan, outcomes, unrecorded }: Applied): object {
  return {
    now: printInstant(plan.now),
    main: plan.main ?? null,
    outcomes: outcomesJson(outcomes),
    refused: plan.refused.map((r) => ({
      request: r.request,
      path: r.path,
      findings: findingsJson(r.findings),
    })),
    missed: plan.missed.map(({ request, because }) => ({ request, because })),
    held: plan.held,
    reviewed: plan.reviewed.map(({ review, votes }) => ({
      request: review.request,
      votes: votes.map((vote) => ({ ...vote, at: printInstant(vote.at) })),
    })),
    kept: plan.kept.map((g) => ({ request: g.request, ends: printInstant(g.end) })),
    unseen: plan.unseen,
    violations: findingsJson(plan.violations),
    warnings: findingsJson(plan.warnings),
    unrecorded: unrecorded ?? null,
  };
}

export function expiredJson(report: Expired, pull: RevertPull | undefined): object {
  const { sweep, outcomes, unrecorded, now } = report;
  return {
    now: printInstant(now),
    outcomes: outcomesJson(outcomes),
    missed: sweep.missed.map(({ request, because }) => ({ request, because })),
    kept: sweep.kept.map((g) => ({ request: g.request, ends: printInstant(g.end) })),
    warnings: findingsJson(report.warnings),
    unseen: report.unseen,
    cleaned: report.cleaned,
    revertPull: pull ?? null,
    unrecorded: unrecorded ?? null,
  };
}

function outcomesJson(outcomes: readonly Outcome[]): readonly object[] {
  return outcomes.map(({ request, target, op, ok, notes }) => ({ request, target, op, ok, notes }));
}
