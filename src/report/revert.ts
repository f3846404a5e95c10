// What does the revert pull request say? (pure)
import { printInstant } from "../core/time.ts";
import type { RootContent } from "mdast";
import type { Instant } from "../core/model.ts";
import { visible } from "./encode.ts";
import { code, paragraph, render, table, words } from "./markdown.ts";

/** A request file on main whose case is closed. */
export interface EndedFile {
  readonly request: string;
  readonly path: string;
  /** The commit of main that brought the file. */
  readonly commit: string;
  readonly state: "revoked" | "refused" | "missed" | (string & {});
  readonly subject?: string;
  readonly entitlement?: string;
  readonly target?: string;
  readonly pull?: number;
  readonly approvers?: readonly string[];
  readonly start?: Instant;
  readonly end?: Instant;
  readonly because?: string;
  readonly closedAt?: Instant;
  /** Sequence number of the ledger entry that closed it. */
  readonly receipt?: string;
  readonly residue?: readonly string[];
}

/** First line of the body: the commit of main on which the branch was built, so that a later run can build it again. */
const MARKER = /^<!-- lapse:v1:ended on ([0-9a-f]{40}) -->\r?\n/;

/** What the body says that the branch was built on; a claim, to be held against the branch. */
export function revertBase(body: string): string | undefined {
  return MARKER.exec(body)?.[1];
}

export function revertTitle(ended: readonly EndedFile[]): string {
  const [first] = ended;
  return ended.length === 1 && first
    ? visible(`End access: ${about(first)}`)
    : `End access: ${String(ended.length)} requests`;
}

function about({ subject, entitlement, request, target }: EndedFile): string {
  return subject === undefined ? request : `${subject}, ${entitlement ?? ""} on ${target ?? ""}`;
}

/** A real revert's message, with what an auditor wants as trailers. */
export function revertMessage(ended: EndedFile): string {
  const asked = ended.subject === undefined ? ended.request : `${ended.subject}, ${ended.entitlement ?? ""}`;
  const trailers = facts(ended).flatMap(({ trailer, value }) =>
    value === undefined ? [] : [`${trailer}: ${visible(value)}`],
  );
  const subject = visible(`Revert "Access: ${asked} (${ended.request})"`);
  return `${subject}\n\nThis reverts commit ${visible(ended.commit)}.\n\n${trailers.join("\n")}\n`;
}

interface Fact {
  readonly trailer: string;
  readonly label: string;
  readonly value: string | undefined;
}

/** What a commit's trailers and a pull request's table both say. */
function facts(e: EndedFile): readonly Fact[] {
  const removed = e.state === "revoked";
  const approved = e.approvers?.length === 0 ? "nobody: pre-authorised" : e.approvers?.join(", ");
  return [
    { trailer: "Request", label: "Request", value: e.request },
    { trailer: "Subject", label: "Who", value: e.subject },
    { trailer: "Entitlement", label: "What", value: e.entitlement },
    { trailer: "Approved-By", label: "Approved by", value: approved },
    { trailer: "Window", label: "Window", value: windowWords(e) },
    { trailer: "Outcome", label: "Outcome", value: outcomeWords(e) },
    {
      trailer: removed ? "Revoked-At" : "Closed-At",
      label: removed ? "Removed, read back" : "Closed",
      value: at(e.closedAt),
    },
    {
      trailer: "Receipt",
      label: "Receipt",
      value: e.receipt === undefined ? undefined : `ledger entry ${e.receipt}`,
    },
  ];
}

function at(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : printInstant(instant);
}

function windowWords({ start, end }: EndedFile): string | undefined {
  return start === undefined || end === undefined ? undefined : `${printInstant(start)}/${printInstant(end)}`;
}

function outcomeWords({ state, because }: EndedFile): string {
  return because === undefined ? state : `${state} (${because})`;
}

const INTRO = {
  revoked: "the access that this file asked for has ended and is already removed.",
  refused: "this request was refused: nothing was ever granted.",
  missed:
    "this request was never granted: its time had passed, or it was no longer allowed when it was to start.",
};

/** Facts from the ledger; what people typed stays in the request file. */
export function revertBody(ended: readonly EndedFile[], base: string): string {
  const tidy = "Merging only tidies the default branch; closing this pull request gives nothing back.";
  const first = `<!-- lapse:v1:ended on ${base} -->`;
  return render([...ended.flatMap(section), paragraph(words(tidy))], { first });
}

function section(e: EndedFile): readonly RootContent[] {
  const intro = INTRO[e.state as keyof typeof INTRO];
  const pull = e.pull === undefined ? [] : [[words("Pull request")], [words(`#${e.pull}`)]];
  const left =
    e.residue === undefined || e.residue.length === 0
      ? []
      : [[words("Left over")], [code(e.residue.join("; "))]];
  const rows = facts(e).flatMap(({ label, value }) =>
    value === undefined ? [] : [[[words(label)], [code(value)]]],
  );
  const more = [pull, left].filter((row) => row.length > 0);
  return [paragraph(code(e.path), words(`: ${intro}`)), table(["", ""], [...rows, ...more])];
}
