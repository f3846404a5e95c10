// What has a controller to tell? (types and words that need no formatting; one of these a line of its log)
import type { Applied, Expired, Outcome } from "./outcome.ts";
import type { Instant } from "./model.ts";

export interface LogLine {
  readonly event:
    | "turn"
    | "granted"
    | "revoked"
    | "closed"
    | "failed"
    | "refused"
    | "void"
    | "held back"
    | "unknown"
    | "trouble"
    | "pull request"
    | "stopped";
  /** A request, a target or nothing. */
  readonly about: string;
  readonly ok: boolean;
  /** Reasons, codes, residue. */
  readonly says: readonly string[];
  /** The planned end, of what has ended. */
  readonly end?: Instant;
}

const DONE = { grant: "granted", revoke: "revoked", release: "closed" } as const;

function outcomeLine({ request, target, op, ok, notes }: Outcome, end?: Instant): LogLine {
  const event = ok ? DONE[op] : "failed";
  const says = ok ? [`on ${target}`, ...notes] : [`${op} on ${target}`, ...notes];
  return { event, about: request, ok, says, ...(end !== undefined && op !== "grant" && { end }) };
}

export function sweepLines({ sweep, outcomes, unseen, unrecorded }: Expired): readonly LogLine[] {
  const ends = new Map(sweep.ends.map(({ grant }) => [grant.request, grant.end]));
  return [
    ...outcomes.map((one) => outcomeLine(one, ends.get(one.request))),
    ...sweep.missed.map(({ request, because }) => told("void", request, because)),
    ...unseen.map(({ target, reason }) => told("unknown", target, reason)),
    ...(unrecorded === undefined ? [] : [told("trouble", "the ledger", unrecorded)]),
  ];
}

export function applyLines({ plan, outcomes, unrecorded }: Applied): readonly LogLine[] {
  const ends = new Map(plan.ends.map(({ grant }) => [grant.request, grant.end]));
  return [
    ...outcomes.map((one) => outcomeLine(one, ends.get(one.request))),
    ...plan.refused.map(({ request, findings }) =>
      told("refused", request, ...findings.map(({ code, message }) => `${code} ${message}`)),
    ),
    ...plan.missed.map(({ request, because }) => told("void", request, because)),
    ...plan.held.map(({ request, reason }) => told("held back", request, reason)),
    ...plan.unseen.map(({ target, reason }) => told("unknown", target, reason)),
    ...(unrecorded === undefined ? [] : [told("trouble", "the ledger", unrecorded)]),
  ];
}

function told(event: LogLine["event"], about: string, ...says: readonly string[]): LogLine {
  return { event, about, ok: false, says };
}

/** Must it be tried again soon? What was refused is over, and what is void, too. */
export function isOpen({ ok, event }: LogLine): boolean {
  return !ok && event !== "refused" && event !== "void";
}
