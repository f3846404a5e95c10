// What does the reviewer read on the pull request? (the sticky comment; absolute times only, user text in code spans)
import type { PhrasingContent, RootContent } from "mdast";
import type { Checked, CheckReport } from "../core/check.ts";
import { sorted } from "../core/finding.ts";
import type { Finding, Instant, Obligation } from "../core/model.ts";
import { printDuration } from "../core/time.ts";
import { isSound } from "./check.ts";
import { code, folded, heading, link, list, paragraph, render, strong, table, words } from "./markdown.ts";
import { counted } from "./table.ts";
import { lengthWords, utc } from "./time-words.ts";
import { wayWords } from "./way-words.ts";

/** First line of the one comment that is edited in place. */
export const CHECK_MARKER = "<!-- lapse:v1:check -->";

export interface CheckPage {
  readonly report: CheckReport;
  readonly now: Instant;
  /** Commit of the pull request's head that was checked. */
  readonly head: string;
  /** After this the request is void, merged or not. */
  readonly answerBy?: Instant;
  /** SHA-256 of the request file's bytes, hex; only where an approver has to quote it. */
  readonly quote?: string;
  /** What may outlive the end on this target, in words. */
  readonly residue: readonly string[];
  /** Address of the run's log. */
  readonly run?: string;
}

/** M5: verdict first, then four facts; the rest is folded. Cut to the verdict when it would be too long. */
export function checkMarkdown(view: CheckPage): string {
  const { report } = view;
  const [one] = report.checked;
  const sound = one !== undefined && isSound(one) && errorsOf(report).length === 0;
  const top = sound ? needed(one) : denied(report);
  const foot = footer(view);
  const short = [...top, paragraph(words("The rest is in the job summary.")), foot];
  const body = one === undefined ? [] : [...asked(one, view, sound), ...details(one, view)];
  return render([...top, ...body, foot], { first: CHECK_MARKER, short });
}

function errorsOf({ findings }: CheckReport): readonly Finding[] {
  return findings.filter((finding) => finding.severity === "error");
}

function denied(report: CheckReport): readonly RootContent[] {
  const errors = errorsOf(report);
  if (errors.length === 0 && report.change) return changing(report.change);
  if (errors.length === 0) return [heading(words("✓ Nothing to approve: no request in this pull request"))];
  return [
    heading(words(`✕ Can't be approved as it is: ${counted(errors.length, "problem")}`)),
    ...list(sorted(errors).map(problem)),
  ];
}

/** A pull request that changes what decides. */
function changing({ paths, demand: who }: NonNullable<CheckReport["change"]>): readonly RootContent[] {
  const named = who ? demand(who, 0) : [words("people whom the policies before it do not name readably")];
  const people = (who?.approvers ?? []).flatMap((name, i) => [...(i === 0 ? [] : [words(", ")]), code(name)]);
  const shown = paths.slice(0, 3).flatMap((path, i) => [...(i === 0 ? [] : [words(", ")]), code(path)]);
  const more = paths.length > 3 ? [words(` and ${counted(paths.length - 3, "more path")}`)] : [];
  return [
    heading(words("◌ Changes what decides: needs "), ...named),
    paragraph(
      ...shown,
      ...more,
      words(". Merged without these approvals it stops all granting. May approve: "),
      ...people,
    ),
  ];
}

function problem({ at, code: id, message, why, fix }: Finding): readonly PhrasingContent[] {
  return [
    words(`${id} `),
    ...(at === undefined ? [] : [code(`${at.file}:${at.line}:${at.column}`), words(" ")]),
    code(message),
    ...(why === undefined ? [] : [words(", since "), code(why)]),
    words(". Fix: "),
    code(fix),
  ];
}

function needed({ decision }: Checked): readonly RootContent[] {
  const approvals = decision?.obligations.approvals ?? [];
  if (approvals.length === 0) return [heading(words("✓ Pre-authorised: no approval needed"))];
  return [heading(words("◌ Needs "), ...approvals.flatMap(demand))];
}

function demand({ count, from }: Obligation, i: number): readonly PhrasingContent[] {
  const lead = `${i === 0 ? "" : " and "}${counted(count, "approval")} from `;
  return [words(lead), ...listed(from, " or ")];
}

function listed(names: readonly string[], between: string): readonly PhrasingContent[] {
  if (names.length === 0) return [strong("nobody is left who may")];
  return names.flatMap((name, i) => [...(i === 0 ? [] : [words(between)]), code(name)]);
}

function asked(one: Checked, view: CheckPage, sound: boolean): readonly RootContent[] {
  const { request, claim } = one;
  const on = claim === undefined ? [] : [words(" on "), code(claim.target)];
  return [
    paragraph(
      code(request.subject),
      words(" asks for "),
      code(request.entitlement),
      ...on,
      words(
        ` for ${printDuration(request.duration)}${request.breakGlass ? ", as BREAK-GLASS: given when merged, reviewed afterwards" : ""}.`,
      ),
    ),
    table(
      ["", ""],
      [
        [[words("Window")], [words(windowWords(one, view))]],
        // While it cannot be approved as it is, nobody's time is wasted.
        ...(sound ? [[[words("Who may approve")], approversOf(one)]] : []),
        [[words("Why")], [code(request.reason)]],
        ...(request.ticket === undefined ? [] : [[[words("Ticket")], [code(request.ticket)]]]),
        [[words("Risk")], riskOf(one, view)],
        ...wayRow(one, view),
      ],
    ),
    ...(sound && view.quote !== undefined ? [quotation(view.quote)] : []),
  ];
}

function windowWords({ request, window }: Checked, { answerBy }: CheckPage): string {
  const length = lengthWords(window.end - window.start);
  const begins =
    request.notBefore === undefined || request.notBefore < window.start
      ? `starts when it is merged and lasts ${length}`
      : `${utc(window.start)} to ${utc(window.end)}`;
  return answerBy === undefined ? begins : `${begins}; void unless merged by ${utc(answerBy)}`;
}

function approversOf({ decision, request }: Checked): readonly PhrasingContent[] {
  const approvals = decision?.obligations.approvals ?? [];
  if (approvals.length === 0) return [words("nobody has to")];
  const people = (one: Obligation): readonly PhrasingContent[] => [
    ...(approvals.length === 1 ? [] : [words(`${one.count} of `)]),
    ...listed(one.approvers, ", "),
  ];
  const each = approvals.reduce((sum, one) => sum + one.count, 0) > 1 ? ", each a different person" : "";
  return [
    ...approvals.flatMap((one, i) => [...(i === 0 ? [] : [words("; and ")]), ...people(one)]),
    words(`${each}. Not counted: `),
    code(request.subject),
    words(" (subject), the author, whoever pushed, bots"),
  ];
}

function riskOf({ request }: Checked, { report }: CheckPage): readonly PhrasingContent[] {
  const { catalog } = report.rules;
  const found = catalog.entitlement(request.entitlement);
  if (found.is !== "found") return [words("unknown")];
  const target = catalog.target(found.value.target);
  const where = target.is === "found" ? [words(" · "), code(target.value.environment)] : [];
  return [words(found.value.risk), ...where];
}

function wayRow({ request }: Checked, { report: { rules } }: CheckPage) {
  const entitlement = rules.catalog.entitlement(request.entitlement);
  const target = entitlement.is === "found" ? rules.catalog.target(entitlement.value.target) : undefined;
  if (target?.is !== "found") return [];
  const { bound } = target.value;
  return [[[words("Ends")], [words(wayWords({ way: rules.secondWay(target.value), bound }))]]];
}

function quotation(digest: string): RootContent {
  return paragraph(
    strong("Critical."),
    words(" To approve, write this line in the review: "),
    code(`approve sha256:${digest}`),
  );
}

function details(one: Checked, { residue }: CheckPage): readonly RootContent[] {
  const { request, claim, decision } = one;
  const change = claim && [
    list([
      [
        words("grant "),
        code(claim.target),
        words(" to "),
        code(claim.identity),
        words(": "),
        code(JSON.stringify(claim.role)),
        ...(Object.keys(request.scope).length === 0
          ? []
          : [words(" within "), code(JSON.stringify(request.scope))]),
      ],
    ]),
    [paragraph(words("Outlives the end: "), ...residueWords(residue))],
  ];
  const rules = decision?.rules ?? [];
  const passed = rules.filter((rule) => rule.ok).length;
  const rows = rules.map(({ policy, rule, ok, why }) => [
    [code(`${policy}/${rule}`)],
    [words(ok ? "✓ pass" : "✕ fail")],
    [code(why)],
  ]);
  const title = `${counted(passed, "rule")} passed, ${rules.length - passed} failed`;
  return [
    ...folded("What will change (1 to grant, 0 to revoke)", change?.flat() ?? []),
    ...(rows.length === 0 ? [] : folded(title, [table(["Rule", "Result", "Why"], rows)])),
  ];
}

function residueWords(residue: readonly string[]): readonly PhrasingContent[] {
  if (residue.length === 0) return [words("nothing.")];
  return residue.flatMap((text, i) => [...(i === 0 ? [] : [words("; ")]), code(text)]);
}

function footer({ head, report, now, run }: CheckPage): RootContent {
  return paragraph(
    words("Checked "),
    code(head.slice(0, 7)),
    words(" against policies "),
    code(report.rules.catalog.digest.slice(0, 7)),
    words(` · ${utc(now)}`),
    ...(run === undefined ? [] : [words(" · "), link("run", run)]),
    words(". Advice: everything is judged again when it is applied."),
  );
}
