// Are the rules of this catalog usable, and what are they compiled to?
import { compile, type Compiled } from "./cel.ts";
import { walk } from "./cel-tree.ts";
import type { VariableSet } from "./cel-variables.ts";
import { sorted } from "./finding.ts";
import type { Catalog, Entitlement, Expression, Finding, Policy, Rule } from "./model.ts";

export interface CompiledRule {
  readonly rule: Rule;
  readonly require: Compiled;
}

export interface CompiledPolicy {
  readonly policy: Policy;
  readonly when?: Compiled;
  readonly rules: readonly CompiledRule[];
}

/** Every rule of one catalog, compiled once. */
export interface PolicySet {
  /** False when any rule file is broken or any rule does not compile: then nothing may be granted (P6). */
  readonly usable: boolean;
  readonly findings: readonly Finding[];
  readonly policies: readonly CompiledPolicy[];
  /** Conditions of approval demands by their text; one that does not compile is missing. */
  readonly conditions: ReadonlyMap<string, Compiled>;
}

const RULES = "policies/rules/";

/** Compiles all CEL of a catalog and collects every problem. Never throws. */
export function compilePolicies(catalog: Catalog): PolicySet {
  const findings: Finding[] = [];
  const attempt = (expression: Expression, set: VariableSet): Compiled | undefined => {
    const result = compile(expression, set);
    if ("evaluate" in result) return result;
    findings.push(...result);
    return undefined;
  };
  const policies = catalog.policies.map((policy) => compilePolicy(policy, attempt));
  const broken = findings.length > 0 || catalog.broken.some((path) => path.startsWith(RULES));
  const conditions = new Map<string, Compiled>();
  for (const expression of catalog.entitlements.flatMap(conditionsOf)) {
    const compiled = attempt(expression, "when");
    if (compiled) conditions.set(expression.text, compiled);
  }
  return { usable: !broken, findings: sorted(findings), policies, conditions };
}

type Attempt = (expression: Expression, set: VariableSet) => Compiled | undefined;

function compilePolicy(policy: Policy, attempt: Attempt): CompiledPolicy {
  const when = policy.when && attempt(policy.when, "when");
  const rules = policy.rules.flatMap((rule) => {
    const require = attempt(rule.require, "rule");
    return require ? [{ rule, require }] : [];
  });
  return { policy, rules, ...(when && { when }) };
}

function conditionsOf(entitlement: Entitlement): readonly Expression[] {
  const demands = [...entitlement.approvals, ...(entitlement.breakGlass?.approvals ?? [])];
  return demands.flatMap((demand) => demand.when ?? []);
}

/**
 * Does any expression speak of this variable? What none speaks of cannot change a decision and need not be read.
 * `mine` is a part of `active`.
 */
export function speaksOf({ policies, conditions }: PolicySet, variable: "active" | "history"): boolean {
  const names = variable === "active" ? ["active", "mine"] : ["history"];
  const rules = policies.flatMap(({ when, rules }) => [
    ...(when ? [when] : []),
    ...rules.map((r) => r.require),
  ]);
  return [...rules, ...conditions.values()].some(({ tree }) =>
    [...walk(tree)].some((node) => node.op === "id" && names.includes(node.label)),
  );
}
