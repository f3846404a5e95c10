// What does `git log` of the ledger say? (who asked, who approved, what was given, until when, when it was gone)
import type { Admission, Draft, Entry } from "./entry.ts";
import { printInstant } from "./time.ts";

/** What is known of a request: its admission, wherever it came from. */
export type CaseOf = (request: string) => Admission | undefined;

type Of<K extends Draft["kind"]> = Extract<Entry, { readonly kind: K }>;
type Writers<T> = { readonly [K in Draft["kind"]]: (entry: Of<K>, known: Admission | undefined) => T };
type Trailer = readonly [string, string];

const SENTENCES: Writers<string> = {
  admitted: (_, known) => `${loud(known)}Admitted: ${access(known)}${approvers(known)}`,
  refused: ({ request, codes }) => `Refused: ${request} (${codes.join(", ")})`,
  missed: ({ request, because }) => `Missed: ${request} (${because})`,
  intent: ({ op, because }, known) =>
    op === "grant"
      ? `${loud(known)}Granting: ${access(known)}`
      : `Revoking: ${who(known)} (${because ?? "expired"})`,
  granted: ({ standing }, known) =>
    `${loud(known)}Granted: ${access(known)}${standing ? " (had it already)" : ""}`,
  "revoke-sent": ({ because }, known) => `Revocation sent: ${who(known)} (${because})`,
  revoked: ({ at, because }, known) => `Revoked: ${who(known)} at ${printInstant(at)} (${because})`,
  failed: ({ op, error }, known) => `Failed to ${op}: ${who(known)} (${error})`,
  "breakglass-issue": ({ request, issue }) => `Break-glass review asked for: ${request} (issue #${issue})`,
  "breakglass-review": ({ request, votes }) =>
    `Break-glass reviewed: ${request} by ${votes.map((vote) => vote.person).join(", ")}`,
  heartbeat: ({ main }) => `Heartbeat: swept with main at ${main === "" ? "unknown" : main.slice(0, 12)}`,
  rules: ({ digest }) => `Rules: rulesets are ${digest.slice(0, 12)}`,
  vouched: ({ commit, because, changes }) =>
    `Vouched: main at ${commit.slice(0, 12)} (${because}${changes.map(({ pull }) => ` #${pull}`).join("")})`,
  violation: ({ code, subject }) => `Violation: ${code} ${subject}`,
};

const TRAILERS: Partial<Writers<readonly Trailer[]>> = {
  admitted: (_, known) =>
    known
      ? [
          ["From", printInstant(known.start)],
          ["Pull-request", String(known.evidence.pull)],
          ["Asked-by", `user ${known.evidence.author}`],
        ]
      : [],
  vouched: ({ changes }) =>
    changes
      .flatMap(({ approvals }) => approvals)
      .map((a) => ["Approved-by", `${a.person} (user ${a.user}, review ${a.review})`]),
  revoked: ({ at, end }) => [
    ["Planned-end", printInstant(end)],
    ["Revoked-at", printInstant(at)],
  ],
};

/**
 * Message of the commit that appends these entries: entries about one request tell its story under the first one's
 * sentence; those about several are counted, and listed one a line.
 * `receipt` is the last entry's hash; `main` is set when a tip of main was processed.
 */
export function appendMessage(
  entries: readonly Entry[],
  caseOf: CaseOf,
  append: { readonly receipt: string; readonly main?: string; readonly nonce: string },
): string {
  const lines = entries.map((entry) => plain(sentence(entry, caseOf)));
  const first = entries.find((entry) => "request" in entry) ?? entries[0];
  const listed = entries.map((entry, i) => `${lines[i] ?? ""}${tag(entry)}`);
  const body = listed.length > 1 ? ["", ...listed] : [];
  const alone = first !== undefined && isAlone(first, entries);
  const told = alone ? trailersOf(first, caseOf) : entries.flatMap(requestTrailer);
  const all = [...told, ...appendTrailers(entries.at(-1), append)];
  const subject = (alone ? lines[entries.indexOf(first)] : undefined) ?? subjectOf(entries, append.main);
  return [subject, ...body, "", ...all.map(([key, value]) => `${key}: ${plain(value)}`), ""].join("\n");
}

/** What every append carries, whatever it tells. */
function appendTrailers(
  last: Entry | undefined,
  { receipt, main, nonce }: Parameters<typeof appendMessage>[2],
): readonly Trailer[] {
  return [
    ...(last ? [["Receipt", `${last.seq} ${receipt}`] as const] : []),
    ...(main === undefined ? [] : [["Main", main] as const]),
    ["Append", nonce],
  ];
}

function subjectOf(entries: readonly Entry[], main: string | undefined): string {
  if (entries.length === 0) return `Processed: main at ${(main ?? "").slice(0, 12)}`;
  const counts = new Map<string, number>();
  for (const { kind } of entries) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
  return `${entries.length} entries: ${kinds}`;
}

function sentence(entry: Entry, caseOf: CaseOf): string {
  const write: (entry: never, known: Admission | undefined) => string = SENTENCES[entry.kind];
  return write(entry as never, admissionOf(entry, caseOf));
}

function trailersOf(entry: Entry, caseOf: CaseOf): readonly Trailer[] {
  const known = admissionOf(entry, caseOf);
  const special: ((entry: never, known: Admission | undefined) => readonly Trailer[]) | undefined =
    TRAILERS[entry.kind];
  const what: readonly Trailer[] = known
    ? [
        ["Subject", known.subject],
        ["Entitlement", known.entitlement],
        ["Until", printInstant(known.end)],
        ...known.evidence.approvals.map(
          (a) => ["Approved-by", `${a.person} (user ${a.user}, review ${a.review})`] as const,
        ),
      ]
    : [];
  return [...requestTrailer(entry), ...what, ...(special?.(entry as never, known) ?? [])];
}

/** One entry, or all that are about a request at all are about this one: what Lapse notes beside them has no subject. */
function isAlone(first: Entry, entries: readonly Entry[]): boolean {
  const told = entries.filter((entry) => "request" in entry);
  return entries.length === 1 || (told.length > 0 && told.every((entry) => about(entry, first)));
}

function about(entry: Entry, first: Entry): boolean {
  return "request" in entry && "request" in first && entry.request === first.request;
}

function requestTrailer(entry: Entry): readonly Trailer[] {
  return "request" in entry ? [["Request", entry.request]] : [];
}

function admissionOf(entry: Entry, caseOf: CaseOf): Admission | undefined {
  if (entry.kind === "admitted") return entry.admission;
  return "request" in entry ? caseOf(entry.request) : undefined;
}

function tag(entry: Entry): string {
  return "request" in entry ? ` [${plain(entry.request)}]` : "";
}

/** Nobody who reads `git log` may miss it. */
function loud(known: Admission | undefined): string {
  return known?.breakGlass === true ? "BREAK-GLASS " : "";
}

function who(known: Admission | undefined): string {
  return known ? `${known.subject}, ${known.entitlement}` : "a request without an open case";
}

function access(known: Admission | undefined): string {
  return `${who(known)}${known ? ` until ${printInstant(known.end)}` : ""}`;
}

function approvers(known: Admission | undefined): string {
  const names = known?.evidence.approvals.map((a) => a.person) ?? [];
  return names.length > 0 ? `, approved by ${names.join(", ")}` : "";
}

/** One line of printable ASCII: no path and no name can add a line or a trailer to a message. */
function plain(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .slice(0, 300);
}
