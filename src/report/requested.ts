// What happened to the request that I just made? (for the engineer who asks)
import type { Checked } from "../core/check.ts";
import type { Pull } from "../core/facts.ts";
import type { Finding, Instant } from "../core/model.ts";
import { printInstant } from "../core/time.ts";
import { page, visible } from "./encode.ts";
import { findingsJson } from "./json.ts";
import { when } from "./time-words.ts";

export interface Requested {
  readonly path: string;
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly checked: Checked | undefined;
  readonly pull: Pull | undefined;
}

export function requestedText({ path, text, checked, pull }: Requested, now: Instant): string {
  const facts = checked ? summary(checked, now) : [];
  if (pull) {
    return page([
      `Pull request #${pull.number} is open: ${visible(pull.url)}`,
      ...facts,
      `  Follow it  lapse show ${checked?.request.id ?? ""}`,
    ]);
  }
  return page([
    `# ${visible(path)}`,
    ...text.trimEnd().split("\n").map(visible),
    "",
    ...facts,
    "  Nothing was written.",
  ]);
}

/** Who, what, how long, and who must say yes: the four facts that an asker and a reviewer want. */
function summary({ request, decision, window, claim }: Checked, now: Instant): readonly string[] {
  const approvals = decision?.obligations.approvals ?? [];
  const need = approvals.map((a) => `${a.count} of ${a.from.join(" or ")} (${a.approvers.join(", ")})`);
  return [
    `  Who        ${visible(request.subject)}${claim ? ` as ${visible(claim.identity)}` : ""}`,
    `  What       ${visible(request.entitlement)}${claim ? ` on ${visible(claim.target)}` : ""}`,
    `  Window     if merged now: ${when(window.start, now)} to ${when(window.end, now)}`,
    `  Approval   ${need.length > 0 ? need.map(visible).join(" and ") : "none needed: pre-authorised"}`,
  ];
}

export function requestedJson({ path, text, checked, pull, findings }: Requested): object {
  return {
    path,
    text,
    findings: findingsJson(findings),
    window: checked && { start: printInstant(checked.window.start), end: printInstant(checked.window.end) },
    approvals: checked?.decision?.obligations.approvals ?? null,
    pull: pull ? { number: pull.number, url: pull.url } : null,
  };
}
