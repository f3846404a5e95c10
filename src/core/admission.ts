// May this request become access, and if not, for good or only for now?
import { owing } from "./break-glass.ts";
import { judgeConsent, type Consent } from "./consent.ts";
import { landedAt, mergedPull, openedAt } from "./landing.ts";
import { judge } from "./policy.ts";
import { identityOn } from "./identity.ts";
import { dutyOf } from "./review-duty.ts";
import { isOver, minus, plus } from "./time.ts";
import { error } from "./finding.ts";
import type { Admission, EvidenceRecord, OpenReview } from "./entry.ts";
import type { Candidate, Landing, Rulebook } from "./evidence.ts";
import type { AccessRequest, ActiveGrant, Claim, Decision, Finding, Instant, Window } from "./model.ts";
import type { Admitted, Held, Missed, Refusal } from "./plan.ts";

export type Admittance =
  | ({ readonly is: "admitted" } & Admitted)
  | ({ readonly is: "refused" } & Refusal)
  | ({ readonly is: "missed" } & Missed)
  | ({ readonly is: "held" } & Held);

export interface AdmissionInput {
  readonly candidate: Candidate;
  readonly rules: Rulebook;
  readonly now: Instant;
  /** Live grants and those admitted earlier in this run, in the order of their merges. */
  readonly active: readonly ActiveGrant[];
  readonly history: readonly ActiveGrant[];
  /** Break-glass reviews that are owed. */
  readonly owed: readonly OpenReview[];
  readonly frozen: string | undefined;
}

/** Names why nothing can be said now: something that this request needs exists but cannot be read. */
export function unreadable(rules: Rulebook, request: Pick<AccessRequest, "entitlement">): string | undefined {
  const { catalog, policies } = rules;
  const entitlement = catalog.entitlement(request.entitlement);
  const target = entitlement.is === "found" ? catalog.target(entitlement.value.target).is : "absent";
  const people = catalog.broken.filter((path) => path.startsWith("policies/people/"));
  const parts: readonly (readonly [string, boolean])[] = [
    ["policies/lapse.yaml", catalog.settings.is !== "found"],
    ["policies/rules", !policies.usable],
    [people.join(", "), people.length > 0],
    [`entitlement ${request.entitlement}`, entitlement.is === "unreadable"],
    [`the target of ${request.entitlement}`, target === "unreadable"],
  ];
  const broken = parts.filter(([, is]) => is).map(([name]) => name);
  return broken.length > 0 ? `cannot be read on main: ${broken.join(", ")}` : undefined;
}

/** Fixed once: from the merge by the server's clock, or from `notBefore`; an extension runs on from what it extends. */
export function windowOf(request: AccessRequest, landed: Instant, active: readonly ActiveGrant[]): Window {
  const start = request.notBefore !== undefined && request.notBefore > landed ? request.notBefore : landed;
  const extended = active.find((g) => g.request === request.extends);
  return { start, end: plus(extended?.end ?? start, request.duration) };
}

/** Who asks for what where, with everything that granting and revoking need. Only after a Permit. */
export function claimOf(request: AccessRequest, { catalog }: Rulebook): Claim | undefined {
  const person = catalog.person(request.subject);
  const entitlement = catalog.entitlement(request.entitlement);
  if (person.is !== "found" || entitlement.is !== "found" || catalog.settings.is !== "found")
    return undefined;
  const target = catalog.target(entitlement.value.target);
  if (target.is !== "found") return undefined;
  const { name, provider, connection } = target.value;
  const identity = identityOn({ target: name, provider }, person.value);
  if (identity === undefined) return undefined;
  const { owner } = catalog.settings.value;
  const { id, scope } = request;
  return {
    request: id,
    owner,
    target: name,
    provider,
    connection,
    identity,
    role: entitlement.value.role,
    scope,
  };
}

/** Judges one candidate. Everything that cannot be read holds it back; everything that says no refuses it for good. */
export function admit(input: AdmissionInput): Admittance {
  const { candidate, rules, now } = input;
  const { path, blob, request } = candidate;
  const names = { request: candidate.id, path, blob };
  const { frozen } = input;
  // First of all: an id is not used up by rules that nobody vouched for.
  if (frozen !== undefined) return { is: "held", ...names, reason: frozen };
  if (!request) return { is: "refused", ...names, findings: candidate.findings };
  if ("unknown" in candidate.landing) return { is: "held", ...names, reason: candidate.landing.unknown };
  const reason = unreadable(rules, request);
  if (reason !== undefined) return { is: "held", ...names, reason };
  const landing = candidate.landing;
  const window = windowOf(request, landedAt(landing), input.active);
  if (isOver(window.end, now)) return { is: "missed", ...names, because: "window-over", findings: [] };
  if (tooOld(rules, landing)) return { is: "missed", ...names, because: "pending-timeout", findings: [] };
  const result = judged(input, request, landing, window);
  return result.is === "admitted" ? unlessOwing(input, result) : result;
}

function tooOld({ catalog: { settings } }: Rulebook, landing: Landing): boolean {
  if (settings.is !== "found") return false;
  return minus(landedAt(landing), openedAt(landing)) > settings.value.pendingTimeout;
}

function judged(input: AdmissionInput, request: AccessRequest, landing: Landing, window: Window): Admittance {
  const { candidate, rules, active, history } = input;
  const { path, blob, id } = candidate;
  const by = (book: Rulebook, now: Instant): Decision =>
    judge({ request, catalog: book.catalog, policies: book.policies, window, now, active, history });
  const decisions = { atMerge: by(landing.atMerge, landedAt(landing)), now: by(rules, input.now) };
  const entitlement = rules.catalog.entitlement(request.entitlement);
  const consent = judgeConsent({
    candidate,
    request,
    landing,
    now: rules,
    decisions,
    entitlement: entitlement.is === "found" ? entitlement.value : undefined,
  });
  const findings = [...denials(decisions), ...(consent.is === "refused" ? consent.findings : [])];
  const claim = claimOf(request, rules);
  const objection = claim && rules.lint(claim);
  if (objection !== undefined) findings.push(lintFinding(request, objection));
  if (findings.length > 0 || consent.is === "refused" || !claim)
    return { is: "refused", request: id, path, blob, findings };
  const admission = admissionOf(input, { request, landing, window, claim, consent });
  return { is: "admitted", request: id, admission, decision: decisions.now };
}

/** A review can still be given, so the id of who owes one is not used up. */
function unlessOwing(
  { owed, rules, now, candidate: { path } }: AdmissionInput,
  admitted: Admitted,
): Admittance {
  const { request, admission } = admitted;
  const asking = { subject: admission.subject, author: admission.evidence.author };
  const reason = owing(owed, asking, rules.catalog, now);
  return reason === undefined ? { is: "admitted", ...admitted } : { is: "held", request, path, reason };
}

/** What the provider objects to, at the place where the entitlement was named. */
export function lintFinding(request: AccessRequest, objection: string): Finding {
  const fix = "ask the owners of policies/ to correct the entitlement or the person's identity";
  return error("LPS402", `${request.path}: ${objection}`, fix, request.places["entitlement"]);
}

/** Findings of both decisions, each said once. */
function denials(decisions: { readonly atMerge: Decision; readonly now: Decision }): readonly Finding[] {
  const denied = [decisions.now, decisions.atMerge].filter((d) => d.effect === "Deny");
  const seen = new Map(denied.flatMap((d) => d.findings).map((f) => [`${f.code} ${f.message}`, f]));
  return [...seen.values()];
}

interface Proved {
  readonly request: AccessRequest;
  readonly landing: Landing;
  readonly window: Window;
  readonly claim: Claim;
  readonly consent: Extract<Consent, { is: "proved" }>;
}

function admissionOf(input: AdmissionInput, proved: Proved): Admission {
  const { request, window, claim } = proved;
  const target = input.rules.catalog.target(claim.target);
  return {
    ...window,
    path: input.candidate.path,
    blob: input.candidate.blob,
    subject: request.subject,
    entitlement: request.entitlement,
    environment: target.is === "found" ? target.value.environment : "",
    claim,
    ...(request.extends !== undefined && { extends: request.extends }),
    breakGlass: request.breakGlass,
    ...(request.breakGlass && { review: dutyOf(input.candidate, input.rules.catalog, proved) }),
    evidence: recordOf(proved, input.rules),
  };
}

/** Zero and the empty string stand for what a landing without a pull request does not have: none is ever admitted. */
function recordOf({ landing, consent }: Proved, rules: Rulebook): EvidenceRecord {
  const record = {
    openedAt: openedAt(landing),
    mergedAt: landedAt(landing),
    before: landing.push.before,
    after: landing.push.after,
    approvals: consent.votes,
    policyAtMerge: landing.atMerge.catalog.digest,
    policyNow: rules.catalog.digest,
  };
  const pull = mergedPull(landing)?.pull;
  if (!pull) return { ...record, pull: 0, author: 0, mergedBy: null, head: "" };
  const author = pull.author?.id ?? 0;
  return { ...record, pull: pull.number, author, mergedBy: pull.mergedBy?.id ?? null, head: pull.head.sha };
}
