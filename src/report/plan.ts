// What will change, and why? (a plan for the terminal, for a page, for programs)
import type { RootContent } from "mdast";
import type { Plan } from "../core/plan.ts";
import { printDuration, printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { code, heading, link, list, paragraph, render, table, words } from "./markdown.ts";
import { painter, type Paint } from "./paint.ts";
import { planCounts, planIsEmpty, planRows, type PlanRow } from "./plan-rows.ts";
import { columns } from "./table.ts";
import { utc, utcSeconds, when } from "./time-words.ts";
import { wayWords } from "./way-words.ts";

export function planText(plan: Plan, options: { readonly color: boolean } = { color: false }): string {
  const paint = painter(options.color);
  const rows = planRows(plan, (at) => when(at, plan.now));
  const odd = [...plan.violations, ...plan.warnings];
  return page([
    comparedWith(plan),
    "",
    ...tableLines(rows, paint),
    ...wayLines(plan),
    ...unseenLines(plan),
    ...(odd.length > 0 ? [findingsText(odd, options), ""] : []),
    verdict(plan, rows),
  ]);
}

function comparedWith({ main, now }: Plan): string {
  if (main === undefined) return `main could not be read, so only what is over can end. ${utcSeconds(now)}`;
  return `Desired: main at ${visible(main.slice(0, 7))}.  Compared ${utcSeconds(now)}.`;
}

function tableLines(rows: readonly PlanRow[], paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  const head = ["", "ACTION", "TARGET", "SUBJECT", "ENTITLEMENT", "REQUEST", "WHY"];
  const [first = "", ...rest] = columns([head, ...rows.map(cells)]);
  return [paint("bold", first), ...rest.map((line, i) => paint(style(rows[i]), line)), ""];
}

function cells(row: PlanRow): readonly string[] {
  return [row.sign, row.action, row.target, row.subject, row.entitlement, row.request, row.why];
}

function style(row: PlanRow | undefined): "good" | "warn" | "bad" | "dim" {
  if (row?.sign === "+") return "good";
  if (row?.sign === "-") return "warn";
  return row?.sign === "✕" ? "bad" : "dim";
}

function unseenLines(plan: Plan): readonly string[] {
  const lines = plan.unseen.map(
    ({ target, reason }) =>
      `?  ${visible(target)} could not be read: ${visible(reason)}. Nothing is concluded about it.`,
  );
  return lines.length > 0 ? [...lines, ""] : [];
}

function verdict(plan: Plan, rows: readonly PlanRow[]): string {
  if (planIsEmpty(plan)) return `No changes: ${planCounts(rows, plan.kept.length)}.`;
  return `Plan: ${planCounts(rows, plan.kept.length)}. Revocations run first.`;
}

function wayLines({ waysOut }: Plan): readonly string[] {
  if (waysOut.length === 0) return [];
  return [...waysOut.map((way) => `${visible(way.target)}: ${wayWords(way)}`), ""];
}

/** For a job summary; absolute times only, since it is read later. `run` is the address of the run's log. */
export function planMarkdown(plan: Plan, options: { readonly title: string; readonly run?: string }): string {
  const rows = planRows(plan, utc);
  const counts = planCounts(rows, plan.kept.length);
  return render([
    heading(words(`${options.title} ${utc(plan.now)} · ${counts}`)),
    paragraph(...basis(plan, options.run)),
    ...planTable(rows),
    ...list(plan.waysOut.map((way) => [code(way.target), words(`: ${wayWords(way)}`)])),
    ...list(
      plan.unseen.map(({ target, reason }) => [
        words("? could not be read: "),
        code(target),
        words(" "),
        code(reason),
      ]),
    ),
    ...list(
      [...plan.violations, ...plan.warnings].map((one) => [
        words(`${one.code} `),
        code(one.message),
        words(" · fix: "),
        code(one.fix),
      ]),
    ),
  ]);
}

function basis({ main }: Plan, run: string | undefined) {
  const commit =
    main === undefined ? [words("main could not be read")] : [words("main at "), code(main.slice(0, 7))];
  return run === undefined ? commit : [...commit, words(" · "), link("run", run)];
}

/** The rows as a Markdown table; nothing where there are none. */
function planTable(rows: readonly PlanRow[]): readonly RootContent[] {
  if (rows.length === 0) return [];
  const head = ["Action", "Target", "Who", "Entitlement", "Request", "Why"];
  const cell = (text: string) => [text === "-" ? words("–") : code(text)];
  const body = rows.map((row) => [
    [words(`${row.sign === "-" ? "−" : row.sign} ${row.action}`)],
    ...[row.target, row.subject, row.entitlement, row.request, row.why].map(cell),
  ]);
  return [table(head, body)];
}

export function planJson(plan: Plan): object {
  return {
    now: printInstant(plan.now),
    main: plan.main ?? null,
    changes: !planIsEmpty(plan),
    actions: planRows(plan, printInstant),
    kept: plan.kept.map((grant) => ({ request: grant.request, ends: printInstant(grant.end) })),
    waysOut: plan.waysOut.map(({ target, way, bound }) => ({ target, way, bound: printDuration(bound) })),
    unseen: plan.unseen,
    violations: findingsJson(plan.violations),
    warnings: findingsJson(plan.warnings),
  };
}
