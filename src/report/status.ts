// Who has what until when? (the table of `lapse status`)
import { isOverdue } from "../core/break-glass.ts";
import type { Instant } from "../core/model.ts";
import { STATES } from "../core/states.ts";
import { isStale, type Status, type StatusRow } from "../core/status.ts";
import { printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { latenessJson, latenessLines } from "./lateness.ts";
import { painter, type Paint } from "./paint.ts";
import { reasonWords } from "./reasons.ts";
import { columns } from "./table.ts";
import { clock, lengthWords, relative, when } from "./time-words.ts";

export function statusText(status: Status, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const head = [...heartbeatLines(status, paint), ...frozenLines(status, paint)];
  const rest = [...reviewLines(status, paint), ...removed(status, paint)];
  return page([...head, "", ...body(status, paint), ...rest]);
}

function frozenLines({ unvouchedSince }: Status, paint: Paint): readonly string[] {
  if (unvouchedSince === undefined) return [];
  const since = visible(unvouchedSince.slice(0, 7));
  return [
    paint(
      "warn",
      `▲ What decides on main was changed since ${since} and is not vouched for: nothing new is granted. \`lapse plan\` says why.`,
    ),
  ];
}

function removed({ lateness }: Status, paint: Paint): readonly string[] {
  if (lateness === undefined)
    return ["", paint("warn", "? How late removals were is unknown: the ledger's past cannot be read.")];
  if (lateness.length === 0) return [];
  const lines = latenessLines(lateness).map((line, i) =>
    lateness[i]?.held === false ? paint("bad", line) : line,
  );
  return ["", paint("bold", "Gone after the end, in the last 90 days"), ...lines];
}

/** What break-glass still owes: the most urgent first. */
function reviewLines({ owed, now }: Status, paint: Paint): readonly string[] {
  const lines = [...owed]
    .sort((a, b) => a.due - b.due)
    .map((review) => {
      const { request, subject, entitlement, due, issue, from } = review;
      const late = isOverdue(review, now);
      const when_ = late ? `was due ${when(due, now)}: nothing new for ${subject}` : `due ${when(due, now)}`;
      const where = issue === undefined ? "not asked for yet" : `issue #${issue}`;
      const text = `${request}  ${subject}, ${entitlement} · review ${when_} · ${where} · by ${from.join(", ")}`;
      return paint(late ? "bad" : "warn", `▲ break-glass  ${visible(text)}`);
    });
  return lines.length > 0 ? ["", ...lines] : [];
}

function heartbeatLines(status: Status, paint: Paint): readonly string[] {
  const { heartbeat, interval, main, now } = status;
  if (heartbeat === undefined)
    return [paint("warn", "▲ No sweep has ever run here: nothing is granted before one has.")];
  const at = main === undefined ? "" : ` at main ${visible(main.slice(0, 7))}`;
  const line = `Reconciled ${when(heartbeat, now)}${at}.`;
  if (!isStale(status)) return [line];
  const every = interval === undefined ? "" : ` It should run every ${lengthWords(interval)}.`;
  return [paint("warn", `▲ ${line}${every} Access may outlive its end, and nothing new is granted.`)];
}

function body({ rows, filtered, now }: Status, paint: Paint): readonly string[] {
  if (rows.length === 0) {
    const text = filtered ? "Nothing matches." : "Nobody has access through Lapse right now.";
    return [`${text} (${clock(now, now)})`];
  }
  const head = ["ID", "WHO", "ENTITLEMENT", "TARGET", "STATE", "ENDS"];
  const [first = "", ...rest] = columns([head, ...rows.map((row) => cells(row, now))]);
  return [paint("bold", first), ...rest.map((line, i) => tinted(rows[i], line, paint))];
}

function cells(row: StatusRow, now: Instant): readonly string[] {
  const { glyph } = STATES[row.state];
  return [row.request, row.subject, row.entitlement, row.target, `${glyph} ${row.state}`, ends(row, now)];
}

function ends(row: StatusRow, now: Instant): string {
  const { state, start, end } = row;
  const begins = state === "scheduled" && start !== undefined ? `starts ${relative(start, now)}, ends ` : "";
  return [...(end === undefined ? [] : [`${begins}${when(end, now)}`]), ...notes(row, now)].join(" · ");
}

function notes({ because, standing, failure, breakGlass }: StatusRow, now: Instant): readonly string[] {
  return [
    ...(breakGlass === true ? ["BREAK-GLASS"] : []),
    ...(because ?? []).map(reasonWords),
    ...(standing ? ["had this access before"] : []),
    ...(failure === undefined
      ? []
      : [`${failure.op} failed ${failure.count} × since ${clock(failure.since, now)}: ${failure.error}`]),
  ];
}

function tinted(row: StatusRow | undefined, line: string, paint: Paint): string {
  if (row?.state === "overdue") return paint("bad", line);
  return row?.failure || row?.state === "unknown" ? paint("warn", line) : line;
}

export function statusJson(status: Status): object {
  const { now, heartbeat, main, rows, owed, lateness, unvouchedSince } = status;
  return {
    now: printInstant(now),
    reconciledAt: heartbeat === undefined ? null : printInstant(heartbeat),
    stale: isStale(status),
    commit: main ?? null,
    unvouchedSince: unvouchedSince ?? null,
    lateness: lateness ? latenessJson(lateness) : null,
    reviews: owed.map((review) => ({
      request: review.request,
      subject: review.subject,
      entitlement: review.entitlement,
      due: printInstant(review.due),
      overdue: isOverdue(review, now),
      from: review.from,
      count: review.count,
      issue: review.issue ?? null,
      digest: review.digest,
    })),
    grants: rows.map(({ state, start, end, failure, ...row }) => ({
      ...row,
      state: STATES[state].json,
      start: start === undefined ? null : printInstant(start),
      end: end === undefined ? null : printInstant(end),
      failure: failure ? { ...failure, since: printInstant(failure.since) } : null,
    })),
  };
}
