// What does the revert pull request say? (pure)
import { printInstant } from "../core/time.ts";
import type { Instant } from "../core/model.ts";

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

/** First line of the body: names exactly this set of requests, so that a later run knows whether to update. */
export function revertMarker(requests: readonly string[]): string {
  return `<!-- lapse:v1:ended ${[...requests].sort().join(" ")} -->`;
}

export function revertTitle(ended: readonly EndedFile[]): string {
  const [first] = ended;
  return ended.length === 1 && first
    ? `End access: ${about(first)}`
    : `End access: ${String(ended.length)} requests`;
}

function about({ subject, entitlement, request, target }: EndedFile): string {
  return subject === undefined ? request : `${subject}, ${entitlement ?? ""} on ${target ?? ""}`;
}

/** A real revert's message, with what an auditor wants as trailers. */
export function revertMessage(e: EndedFile): string {
  const trailers: readonly (readonly [string, string | undefined])[] = [
    ["Request", e.request],
    ["Subject", e.subject],
    ["Entitlement", e.entitlement],
    [
      "Window",
      e.start !== undefined && e.end !== undefined
        ? `${printInstant(e.start)}/${printInstant(e.end)}`
        : undefined,
    ],
    ["Outcome", e.because === undefined ? e.state : `${e.state} (${e.because})`],
    [
      e.state === "revoked" ? "Revoked-At" : "Closed-At",
      e.closedAt === undefined ? undefined : printInstant(e.closedAt),
    ],
    ["Receipt", e.receipt === undefined ? undefined : `ledger entry ${e.receipt}`],
  ];
  const lines = trailers.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  const asked = e.subject === undefined ? e.request : `${e.subject}, ${e.entitlement ?? ""}`;
  return `Revert "Access: ${asked} (${e.request})"\n\nThis reverts commit ${e.commit}.\n\n${lines.join("\n")}\n`;
}

const INTRO = {
  revoked: "has ended **and is already removed**",
  refused: "was refused: nothing was ever granted",
  missed: "was never granted: its time had passed, or it was no longer allowed when it was to start",
};

/** Names and times only: what people typed stays in the request file. */
export function revertBody(ended: readonly EndedFile[]): string {
  const tidy = "Merging only tidies the default branch; closing this pull request gives nothing back.";
  return `${ended.map(section).join("\n\n")}\n\n${tidy}\n`;
}

function section(e: EndedFile): string {
  const intro = INTRO[e.state as keyof typeof INTRO];
  const rows: readonly (readonly [string, string | undefined])[] = [
    [
      "Request",
      `\`${e.path}\`${e.pull === undefined ? "" : ` (#${String(e.pull)}, approved by ${e.approvers?.join(", ") ?? "nobody"})`}`,
    ],
    [
      "Window",
      e.start !== undefined && e.end !== undefined
        ? `${printInstant(e.start)} → ${printInstant(e.end)}`
        : undefined,
    ],
    ["Ended because", e.because],
    [e.state === "revoked" ? "Removed, read back" : "Closed", closing(e)],
    ["Left over", e.residue === undefined || e.residue.length === 0 ? undefined : e.residue.join("; ")],
  ];
  const table = rows.flatMap(([k, v]) => (v === undefined ? [] : [`| ${k} | ${v} |`])).join("\n");
  return `**${about(e)}**: the access that this file asked for ${intro}.\n\n| | |\n|---|---|\n${table}`;
}

function closing({ closedAt, receipt }: EndedFile): string | undefined {
  return closedAt === undefined ? undefined : `${printInstant(closedAt)} (ledger entry ${receipt ?? "?"})`;
}
