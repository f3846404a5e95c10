// How many cases of each kind are there, who approved them, and does the ledger agree with its own index?
import { error, warning } from "./finding.ts";
import type { LiveGrant } from "./entry.ts";
import type { Case, Chronicle } from "./history.ts";
import type { Finding, Instant } from "./model.ts";
import { isOver, printInstant } from "./time.ts";

export interface LedgerReconciled {
  readonly admitted: number;
  readonly removed: number;
  /** Admitted, and then never granted. */
  readonly void: number;
  readonly open: number;
  readonly difference: number;
  readonly findings: readonly Finding[];
}

export interface Population {
  readonly admitted: number;
  readonly granted: number;
  readonly removed: number;
  readonly open: number;
  readonly refused: number;
  readonly missed: number;
  readonly breakGlass: number;
}

export interface Approvals {
  /** By at least one person who is neither subject nor author. */
  readonly independent: number;
  /** Policy asked for nobody's approval. */
  readonly preauthorised: number;
  readonly none: number;
}

export function populationOf(list: readonly Case[]): Population {
  const count = (is: (one: Case) => boolean) => list.filter(is).length;
  return {
    admitted: count((one) => one.verdict === "admitted"),
    granted: count((one) => one.granted !== undefined),
    removed: count((one) => one.closed?.as === "revoked"),
    open: count(isOpen),
    refused: count((one) => one.verdict === "refused"),
    missed: count((one) => one.verdict === "missed"),
    breakGlass: count((one) => one.grant?.breakGlass === true),
  };
}

function isOpen(one: Case): boolean {
  return one.grant !== undefined && one.closed === undefined;
}

export function approvalsOf(list: readonly Case[]): Approvals {
  const grants = list.flatMap((one) => one.grant ?? []);
  const independent = grants.filter((grant) => grant.approvers.length > 0).length;
  const preauthorised = grants.filter((grant) => grant.approvals === 0).length;
  return { independent, preauthorised, none: grants.length - independent - preauthorised };
}

/** Admitted = removed + void + open, and what is open is exactly what the index holds, case by case. */
export function reconcileLedger(chronicle: Chronicle, live: readonly LiveGrant[]): LedgerReconciled {
  const admitted = [...chronicle.cases.values()].filter((one) => one.grant !== undefined);
  const open = new Set(admitted.filter(isOpen).map((one) => one.request));
  const indexed = new Set(live.map((grant) => grant.request));
  const forgotten = [...open].filter((id) => !indexed.has(id)).sort();
  const invented = [...indexed].filter((id) => !open.has(id)).sort();
  const { misplaced } = chronicle;
  return {
    admitted: admitted.length,
    removed: admitted.filter((one) => one.closed?.as === "revoked").length,
    void: admitted.filter((one) => one.closed?.as === "void").length,
    open: open.size,
    difference: forgotten.length + invented.length + misplaced.length,
    findings: [
      ...forgotten.map((id) => indexFinding(`${id} is open by its entries and missing in live.jsonl`)),
      ...invented.map((id) => indexFinding(`${id} is in live.jsonl and not open by its entries`)),
      ...misplaced.map(({ seq, kind, request }) => {
        const message = `entry ${seq} (${kind}) about ${request} does not belong where it stands`;
        return error("LPS560", message, "look at who pushed to the ledger branch");
      }),
    ],
  };
}

function indexFinding(message: string): Finding {
  return error(
    "LPS559",
    message,
    "look at who pushed to the ledger branch; rebuild the index from the entries",
  );
}

/** What every reviewer wants to see, whether or not it is wrong. */
export function caseFindings(list: readonly Case[], now: Instant): readonly Finding[] {
  return list.flatMap((one) => {
    const { request, grant } = one;
    if (grant === undefined) return [];
    const found: Finding[] = [];
    if (grant.approvals > 0 && grant.approvers.length === 0) {
      const message = `${request} was approved by nobody but its subject or author`;
      found.push(error("LPS565", message, "end the access, and look at the policy that let it through"));
    }
    if (grant.breakGlass) found.push(glassFinding(one, grant, now));
    return found;
  });
}

/** Every break-glass is told, with its review; one that nobody reviewed in time does not add up. */
function glassFinding(one: Case, grant: NonNullable<Case["grant"]>, now: Instant): Finding {
  const { request, reviewed, issue, attempted } = one;
  const used = `${request} used break-glass (${grant.subject}, ${grant.entitlement})`;
  if (reviewed) {
    const last = Math.max(...reviewed.map((vote) => vote.at)) as Instant;
    const late = grant.review !== undefined && last > grant.review.due ? ", LATE" : "";
    const who = reviewed.map((vote) => vote.person).join(", ");
    return warning("LPS566", `${used}, reviewed by ${who} at ${printInstant(last)}${late}`, "nothing to do");
  }
  if (attempted === undefined) return warning("LPS566", `${used}, never given`, "nothing to do");
  const where = issue === undefined ? "the issue that `lapse apply` opens" : `issue #${issue}`;
  const fix = `have one of its reviewers write the line that ${where} asks for`;
  if (grant.review === undefined || isOver(grant.review.due, now))
    return error("LPS330", `${used}, and its review is OVERDUE`, fix);
  return warning("LPS566", `${used}, its review is due at ${printInstant(grant.review.due)}`, fix);
}

export function violation({ code, subject, seq }: Chronicle["violations"][number]): Finding {
  const message = `${code} about ${subject} was recorded in entry ${seq}`;
  return warning("LPS564", message, `\`lapse explain ${code}\``);
}
