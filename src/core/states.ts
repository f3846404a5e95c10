// Which one word says where an access stands?
import type { LiveGrant } from "./entry.ts";
import type { Instant } from "./model.ts";

/** Every state that any screen or report may show: glyph for people, `json` for programs. */
export const STATES = {
  pending: {
    glyph: "◌",
    json: "pending",
    means: "the pull request is open and waits for checks or approvals",
  },
  scheduled: { glyph: "◔", json: "scheduled", means: "merged and valid; nothing is granted yet" },
  active: { glyph: "●", json: "active", means: "the access was read back on the target" },
  ending: { glyph: "◑", json: "active", means: "active, and little of the window is left" },
  revoked: { glyph: "✓", json: "revoked", means: "the removal was confirmed by reading the target back" },
  overdue: { glyph: "▲", json: "overdue", means: "past its end, and the removal is not confirmed" },
  refused: { glyph: "✕", json: "refused", means: "merged, but not allowed; nothing was granted" },
  unmanaged: { glyph: "≠", json: "unmanaged", means: "found on a target, and no request stands behind it" },
  unknown: { glyph: "?", json: "unknown", means: "the target was not read, so it may or may not exist" },
} as const;

export type State = keyof typeof STATES;

export function isState(text: string): text is State {
  return Object.hasOwn(STATES, text);
}

const QUARTER_HOUR = 15 * 60_000;

/**
 * The state of an open case. A removal that was ordered counts as an end, whenever it was ordered: until it is
 * confirmed the access is overdue. Standing access was never ours, so it cannot outlive anything.
 */
export function stateOf(grant: LiveGrant, now: Instant): State {
  const over = now >= grant.end;
  if (grant.phase === "waiting") return over ? "refused" : "scheduled";
  if (grant.standing) return over ? "ending" : activeOrEnding(grant, now);
  if (over || grant.phase === "ending") return "overdue";
  return grant.phase === "granting" ? "unknown" : activeOrEnding(grant, now);
}

function activeOrEnding(grant: LiveGrant, now: Instant): State {
  const soon = Math.min(QUARTER_HOUR, (grant.end - grant.start) / 10);
  return grant.end - now <= soon ? "ending" : "active";
}
