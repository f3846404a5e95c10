// What does a gate's log say? (one line, and the way in for whoever was not let through)
import type { Answer, Question } from "../core/gate.ts";
import type { Instant, JsonObject } from "../core/model.ts";
import { printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { when } from "./time-words.ts";

export function canText({ actor, entitlement }: Question, answer: Answer, now: Instant): string {
  const on = visible(entitlement);
  if (answer.allowed) {
    const { request, end, evidence } = answer.grant;
    const by = evidence.approvals.map((a) => visible(a.person)).join(", ");
    const approved = by === "" ? "pre-authorised" : `approved by ${by}`;
    return page([
      `✓ ${visible(actor)} may pass ${on} until ${when(end, now)} (${visible(request)}, ${approved})`,
    ]);
  }
  const ask = `  fix: lapse request ${on} --for 1h --reason "…", then approval and merge`;
  return page([`✕ ${visible(actor)} may not pass ${on}: ${visible(answer.reason)}`, ask]);
}

export function canJson({ actor, entitlement }: Question, answer: Answer): JsonObject {
  const asked = { actor, entitlement, allowed: answer.allowed };
  if (!answer.allowed) return { ...asked, reason: answer.reason };
  const { request, end } = answer.grant;
  return { ...asked, person: answer.person, request, until: printInstant(end) };
}
