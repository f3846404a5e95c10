// Which things can be wrong, and what does each code mean? (the catalogue behind `lapse explain`)
import { FILE_CODES } from "./codes/file.ts";
import { POLICY_CODES } from "./codes/policy.ts";
import { APPROVAL_CODES } from "./codes/approval.ts";
import { BREAK_GLASS_CODES } from "./codes/break-glass.ts";
import { TARGET_CODES } from "./codes/target.ts";
import { LEDGER_CODES } from "./codes/ledger.ts";
import { REPOSITORY_CODES } from "./codes/repository.ts";
import { WATCH_CODES } from "./codes/watch.ts";
import type { Finding, Place } from "./model.ts";

/** Title and explanation of every stable finding code: 1xx file, 2xx policy, 3xx approval, 4xx target, 5xx ledger, 9xx set-up. */
export const CODES = {
  ...FILE_CODES,
  ...POLICY_CODES,
  ...APPROVAL_CODES,
  ...BREAK_GLASS_CODES,
  ...TARGET_CODES,
  ...LEDGER_CODES,
  ...REPOSITORY_CODES,
  ...WATCH_CODES,
} as const satisfies Record<`LPS${number}`, { title: string; explain: string }>;

export type Code = keyof typeof CODES;

/** An error finding. `message` says what and why with values, `fix` what to type. */
export function error(code: Code, message: string, fix: string, at?: Place): Finding {
  return { code, severity: "error", message, fix, ...(at && { at }) };
}

/** The same for what is odd and forbids nothing. */
export function warning(code: Code, message: string, fix: string, at?: Place): Finding {
  return { ...error(code, message, fix, at), severity: "warning" };
}

/** Sorted by place, then code, so that output never depends on the order of discovery. */
export function sorted(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => byPlace(a, b) || (a.code < b.code ? -1 : Number(a.code > b.code)));
}

function byPlace({ at: a }: Finding, { at: b }: Finding): number {
  if (!a || !b) return Number(a !== undefined) - Number(b !== undefined);
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
