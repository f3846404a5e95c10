// Why does an access end, or never begin, in words?
import type { EndReason } from "../core/entry.ts";

export const END_WORDS: Readonly<Record<EndReason, string>> = {
  expired: "its window is over",
  "file-removed": "its file was removed from main",
  "file-changed": "its file was changed on main",
  "subject-gone": "the subject is no longer a person in policies/people",
  "subject-changed": "the subject is somebody else on the target now",
  "not-eligible": "the subject is no longer eligible",
  "entitlement-gone": "the entitlement is gone",
  "entitlement-changed": "the entitlement was changed",
  "target-gone": "the target is gone",
  "revoked-by-hand": "revoked by hand",
  "no-open-case": "it carried our mark, but no request stood behind it",
};

export const MISSED_WORDS: Readonly<Record<"window-over" | "pending-timeout" | "no-longer-allowed", string>> =
  {
    "window-over": "its window was over when it was first seen",
    "pending-timeout": "it was merged too long after it was opened",
    "no-longer-allowed": "it was no longer allowed when its window began",
  };

/** A reason as the ledger names it, in words; a finding's code stays as it is. */
export function reasonWords(reason: string): string {
  const words: Readonly<Record<string, string>> = { ...END_WORDS, ...MISSED_WORDS };
  return Object.hasOwn(words, reason) ? (words[reason] ?? reason) : reason;
}
