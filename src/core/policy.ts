// May this request be granted, and who must approve it? (facts and rules → Decision)
import type { CelInput, Compiled } from "./cel.ts";
import { walk } from "./cel-tree.ts";
import { explain } from "./explain-values.ts";
import { error, sorted } from "./finding.ts";
import type {
  AccessRequest,
  ActiveGrant,
  Catalog,
  Decision,
  Finding,
  Instant,
  Policy,
  Window,
} from "./model.ts";
import { approvalsFor } from "./policy-approvals.ts";
import { CHECKS, longest, placeOf } from "./policy-checks.ts";
import { gather } from "./policy-facts.ts";
import { celInput, withApprovals, type Facts } from "./policy-input.ts";
import type { CompiledPolicy, CompiledRule, PolicySet } from "./policy-set.ts";

export { compilePolicies, speaksOf, type PolicySet } from "./policy-set.ts";
export { eligible } from "./policy-people.ts";

/** Everything that one judgement depends on. */
export interface Judgement {
  readonly request: AccessRequest;
  readonly catalog: Catalog;
  readonly policies: PolicySet;
  readonly window: Window;
  readonly now: Instant;
  readonly active: readonly ActiveGrant[];
  /**
   * Ended grants. It must hold those that a live grant extends: a chain whose start is missing is refused.
   */
  readonly history: readonly ActiveGrant[];
}

type Row = Decision["rules"][number];

/**
 * Judges one request: the fixed checks, every rule that matches, and who must approve. All reasons at once. Pure:
 * the same input gives the same decision. Whatever cannot be read or evaluated is a reason to deny (P6).
 */
export function judge(input: Judgement): Decision {
  const { request, policies } = input;
  const unusable = policies.usable ? [] : [unusableFinding(input)];
  const gathered = gather(input);
  if ("findings" in gathered) {
    return decision([...unusable, ...gathered.findings], { approvals: [], cap: request.duration }, []);
  }
  const { facts } = gathered;
  const values = celInput(facts);
  const approvals = approvalsFor(facts, policies.conditions, values);
  const counted = withApprovals(values, approvals.count);
  const ruled = policies.usable ? applyRules(policies.policies, facts, counted) : { rows: [], findings: [] };
  return decision(
    [...unusable, ...CHECKS.flatMap((check) => check(facts)), ...ruled.findings, ...approvals.findings],
    { approvals: approvals.obligations, cap: longest(facts) },
    ruled.rows,
  );
}

function decision(
  findings: readonly Finding[],
  obligations: Decision["obligations"],
  rules: readonly Row[],
): Decision {
  return {
    effect: findings.length === 0 ? "Permit" : "Deny",
    findings: sorted(findings),
    obligations,
    rules,
  };
}

function unusableFinding({ request, policies, catalog }: Judgement): Finding {
  const isRule = (path: string | undefined) => path?.startsWith("policies/rules/") === true;
  const at = policies.findings.find((finding) => isRule(finding.at?.file))?.at;
  const where = at ? `${at.file}:${at.line}` : catalog.broken.filter(isRule).join(", ");
  return error(
    "LPS201",
    `a policy cannot be read (${where}), so nothing can be granted`,
    "correct the policy; `lapse check` in the work tree shows every problem",
    placeOf({ request }, "entitlement"),
  );
}

interface Ruled {
  readonly rows: readonly Row[];
  readonly findings: readonly Finding[];
}

function applyRules(policies: readonly CompiledPolicy[], facts: Facts, values: CelInput): Ruled {
  const parts = policies
    .filter(({ policy }) => matches(policy, facts))
    .map((compiled) => applyPolicy(compiled, facts, values));
  return { rows: parts.flatMap((part) => part.rows), findings: parts.flatMap((part) => part.findings) };
}

function applyPolicy({ policy, when, rules }: CompiledPolicy, facts: Facts, values: CelInput): Ruled {
  const applies = when?.evaluate(values) ?? { ok: true, value: true };
  if (when && !applies.ok) return { rows: [], findings: [failed(facts, when, policy.name, applies.error)] };
  if (applies.ok && !applies.value) return { rows: [], findings: [] };
  const parts = rules.map((rule) => applyRule(policy, rule, facts, values));
  return { rows: parts.flatMap((part) => part.rows), findings: parts.flatMap((part) => part.findings) };
}

function matches({ match }: Policy, { entitlement, target }: Facts): boolean {
  const allows = (names: readonly string[] | undefined, name: string) => names?.includes(name) ?? true;
  return (
    allows(match.environments, target.environment) &&
    allows(match.risks, entitlement.risk) &&
    allows(match.entitlements, entitlement.name)
  );
}

function applyRule(policy: Policy, { rule, require }: CompiledRule, facts: Facts, values: CelInput): Ruled {
  const name = `${policy.name}/${rule.name}`;
  const outcome = require.evaluate(values);
  const row = (ok: boolean, why: string): Row => ({ policy: policy.name, rule: rule.name, ok, why });
  if (!outcome.ok)
    return { rows: [row(false, outcome.error)], findings: [failed(facts, require, name, outcome.error)] };
  if (outcome.value) return { rows: [row(true, require.expression.text)], findings: [] };
  const why = explain(require, values);
  const { file, line } = require.expression.at;
  const found = error(
    "LPS202",
    `${rule.message} (${name}, ${file}:${line})`,
    `change the request so that the rule holds, or ask the owners of ${file}`,
    concerned(require, facts),
  );
  return { rows: [row(false, why)], findings: [{ ...found, why }] };
}

function failed(facts: Facts, expression: Compiled, name: string, reason: string): Finding {
  const { file, line } = expression.expression.at;
  return error(
    "LPS214",
    `${name} cannot be evaluated: ${reason} (${file}:${line})`,
    "test optional fields with has() first; what cannot be evaluated is denied",
    concerned(expression, facts),
  );
}

/** The first field of the request that the rule speaks about and that was written. */
function concerned({ tree }: Compiled, facts: Facts): Finding["at"] & object {
  const fields = [...walk(tree)]
    .filter((node) => node.op === "." && node.parts[0]?.label === "request")
    .map((node) => node.label);
  const written = fields.find((field) => facts.request.places[field] !== undefined);
  return placeOf(facts, written ?? "entitlement");
}
