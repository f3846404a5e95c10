// What does the ledger hear of a plan, before anything is done? (pure)
import type { Draft } from "./entry.ts";
import type { Plan } from "./plan.ts";

/** Everything that was decided: final for its request, whatever becomes of the acts. */
export function decisionDrafts(plan: Plan): readonly Draft[] {
  return [
    ...plan.aboutMain,
    ...plan.admitted.map(({ request, admission }): Draft => ({ kind: "admitted", request, admission })),
    ...plan.refused.map(({ request, path, blob, findings }): Draft => ({
      kind: "refused",
      request,
      path,
      blob,
      codes: [...new Set(findings.map((f) => f.code))],
    })),
    ...missedDrafts(plan.missed),
    ...plan.reviewed.map(({ review: { request, digest }, votes }): Draft => ({
      kind: "breakglass-review",
      request,
      digest,
      votes,
    })),
    ...plan.violations.map(({ code, at, message }): Draft => ({
      kind: "violation",
      code,
      subject: at?.file ?? message.split(":")[0] ?? "",
    })),
  ];
}

/** Ids that are used up because their time went by, or because they are no longer allowed. */
export function missedDrafts(missed: Plan["missed"]): readonly Draft[] {
  return missed.map(({ request, path, blob, because }) => ({ kind: "missed", request, path, blob, because }));
}
