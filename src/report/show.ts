// What is the whole story of one request?
import type { Entry, ReviewDuty } from "../core/entry.ts";
import { dueAt, type Case } from "../core/history.ts";
import { STATES, type State } from "../core/states.ts";
import { storyState, type Story } from "../core/story.ts";
import { isOver, printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { entryJson } from "./json.ts";
import { painter } from "./paint.ts";
import { reasonWords } from "./reasons.ts";
import { lengthWords, relative, utc, utcSeconds } from "./time-words.ts";

export function storyText(story: Story, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const state = storyState(story);
  const title = `${visible(story.outcome.request)}  ${STATES[state].glyph} ${state}${outlook(story, state)}`;
  return page([
    paint(state === "overdue" ? "bad" : "bold", title),
    ...facts(story).map(([label, text]) => `  ${label.padEnd(10)} ${visible(text)}`),
    "",
    "Ledger",
    ...story.entries.map(entryLine),
  ]);
}

function outlook({ outcome: { grant }, now }: Story, state: State): string {
  if (grant === undefined) return "";
  if (state === "active" || state === "ending") return `, ends ${relative(grant.end, now)}`;
  if (state === "scheduled") return `, starts ${relative(grant.start, now)}`;
  return state === "overdue" ? `, should have ended ${relative(grant.end, now)}` : "";
}

type Facts = readonly (readonly [string, string])[];

function facts(story: Story): Facts {
  const { outcome, asked } = story;
  return [
    ["file", `${outcome.path} (blob ${outcome.blob.slice(0, 12)})`],
    ...(asked === undefined ? [] : ([["why", asked.reason]] as const)),
    ...(asked?.ticket === undefined ? [] : ([["ticket", asked.ticket]] as const)),
    ...refusalFacts(outcome),
    ...story.entries.flatMap((entry) => (entry.kind === "admitted" ? admissionFacts(entry) : [])),
    ...targetFacts(outcome),
    ...reviewFacts(story),
  ];
}

function refusalFacts({ verdict, because, decided }: Case): Facts {
  if (verdict === "admitted") return [];
  return [[verdict, `${utcSeconds(decided)}: ${because.map(reasonWords).join(", ")}`]];
}

function admissionFacts({ admission }: Extract<Entry, { readonly kind: "admitted" }>): Facts {
  const { subject, entitlement, environment, claim, evidence, start, end } = admission;
  const how = admission.breakGlass ? ", BREAK-GLASS" : "";
  return [
    ["who", `${subject}, as ${claim.identity}`],
    ["what", `${entitlement} on ${claim.target} (${claim.provider}, ${environment})${how}`],
    ["asked", `${utc(evidence.openedAt)} in #${evidence.pull} by user ${evidence.author}`],
    ...evidence.approvals.map(
      (vote) =>
        [
          "approved",
          `${vote.person}, ${utc(vote.at)}, on ${vote.commit.slice(0, 7)} (review ${vote.review})`,
        ] as const,
    ),
    ["merged", `${utcSeconds(evidence.mergedAt)} as ${evidence.after.slice(0, 7)} (#${evidence.pull})`],
    ["window", `${utc(start)} → ${utc(end)}`],
    ...(admission.review ? [["review", dutyWords(admission.review)] as const] : []),
    [
      "policies",
      `${evidence.policyAtMerge.slice(0, 7)} at the merge, ${evidence.policyNow.slice(0, 7)} when admitted`,
    ],
  ];
}

function dutyWords({ due, from, count }: ReviewDuty): string {
  return `due ${utc(due)}, by ${count} of ${from.join(", ")}`;
}

/** Whether it was reviewed, of a break-glass. */
function reviewFacts({ outcome, now }: Story): Facts {
  const { grant, reviewed, issue, attempted } = outcome;
  const due = grant?.review?.due;
  if (due === undefined || attempted === undefined) return [];
  const asked = issue === undefined ? "not asked for yet" : `asked for in issue #${issue}`;
  if (reviewed)
    return reviewed.map((vote) => [
      "reviewed",
      `${vote.person}, ${utc(vote.at)} (comment ${vote.comment})${vote.at > due ? ", LATE" : ""}`,
    ]);
  return [["reviewed", `${isOver(due, now) ? "OVERDUE" : "not yet"}, ${asked}`]];
}

function targetFacts(outcome: Case): Facts {
  const { granted, standing, closed } = outcome;
  const given = standing ? "had it already; nothing was written" : "read back on the target";
  return [
    ...(granted === undefined ? [] : ([["granted", `${utcSeconds(granted)}, ${given}`]] as const)),
    ...(closed === undefined ? [] : ([["ended", endWords(outcome, closed)]] as const)),
    ...(closed?.residue ?? []).map((text) => ["residue", text] as const),
  ];
}

function endWords(outcome: Case, closed: NonNullable<Case["closed"]>): string {
  const why = reasonWords(closed.because);
  if (closed.as === "void") return `${utcSeconds(closed.at)}, never granted: ${why}`;
  const late = closed.at - (dueAt(outcome) ?? closed.at);
  const delay = late > 0 ? `, ${lengthWords(late)} after its end` : "";
  return `${utcSeconds(closed.at)}, removal confirmed${delay}: ${why}`;
}

function entryLine(entry: Story["entries"][number]): string {
  return `  ${utcSeconds(entry.at)}  ${String(entry.seq).padStart(6)}  ${entry.kind.padEnd(11)}  ${details(entry)}`;
}

function details(entry: Entry): string {
  const parts = [
    "op" in entry ? entry.op : undefined,
    "because" in entry ? entry.because : undefined,
    "error" in entry ? entry.error : undefined,
    "codes" in entry ? entry.codes.join(" ") : undefined,
    "receipt" in entry ? `receipt ${JSON.stringify(entry.receipt)}` : undefined,
    `run ${entry.run}`,
  ];
  return visible(parts.filter((part) => part !== undefined).join(" · "));
}

export function storyJson(story: Story): object {
  const { now, outcome, entries, asked } = story;
  return {
    now: printInstant(now),
    request: outcome.request,
    state: STATES[storyState(story)].json,
    path: outcome.path,
    reason: asked?.reason ?? null,
    ticket: asked?.ticket ?? null,
    entries: entries.map(entryJson),
  };
}
