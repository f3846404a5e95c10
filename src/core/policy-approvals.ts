// Whose approval does this request need, and can it be had?
import type { CelInput, Compiled } from "./cel.ts";
import { error } from "./finding.ts";
import type { ApprovalDemand, Finding, Obligation } from "./model.ts";
import { placeOf } from "./policy-checks.ts";
import type { Facts } from "./policy-input.ts";
import { approversOf, canBeMet } from "./policy-people.ts";

interface Part {
  readonly obligations: readonly Obligation[];
  readonly findings: readonly Finding[];
}

interface Approvals extends Part {
  /** Approvals in all; undefined where a demand cannot be decided. */
  readonly count: number | undefined;
}

/** The demands that apply. One that cannot be decided is never left out: it denies. */
export function approvalsFor(
  facts: Facts,
  conditions: ReadonlyMap<string, Compiled>,
  values: CelInput,
): Approvals {
  const { request, entitlement } = facts;
  const demands = (request.breakGlass ? entitlement.breakGlass?.approvals : entitlement.approvals) ?? [];
  const parts = demands.map((demand) => demanded(facts, demand, conditions, values));
  const obligations = parts.flatMap((part) => part.obligations);
  const findings = parts.flatMap((part) => part.findings);
  if (findings.length > 0) return { obligations, findings, count: undefined };
  const count = obligations.reduce((sum, obligation) => sum + obligation.count, 0);
  return { obligations, findings: canBeMet(obligations) ? [] : [nobody(facts, obligations)], count };
}

function demanded(
  facts: Facts,
  demand: ApprovalDemand,
  conditions: ReadonlyMap<string, Compiled>,
  values: CelInput,
): Part {
  if (demand.when) {
    const outcome = conditions.get(demand.when.text)?.evaluate(values) ?? {
      ok: false as const,
      error: "it does not compile",
    };
    const { file, line } = demand.when.at;
    if (!outcome.ok) return undecided(facts, `its condition at ${file}:${line}: ${outcome.error}`);
    if (!outcome.value) return { obligations: [], findings: [] };
  }
  const obligation = approversOf(facts.catalog, demand, facts.subject.name);
  return obligation
    ? { obligations: [obligation], findings: [] }
    : undecided(facts, `${demand.from.join(", ")} cannot be read`);
}

function undecided(facts: Facts, reason: string): Part {
  const { entitlement } = facts;
  const found = error(
    "LPS216",
    `who must approve ${entitlement.name} cannot be decided: ${reason}`,
    `correct ${entitlement.at.file} or the groups it names`,
    placeOf(facts, "entitlement"),
  );
  return { obligations: [], findings: [found] };
}

function nobody(facts: Facts, obligations: readonly Obligation[]): Finding {
  const asked = obligations.map(
    ({ count, from, approvers }) => `${count} of ${from.join(", ")} (${approvers.join(", ") || "nobody"})`,
  );
  return error(
    "LPS215",
    `nobody can approve this: it needs ${asked.join(" and ")}, each a different person and not ${facts.subject.name}`,
    "add people to these groups, or ask someone else to do the work",
    placeOf(facts, "entitlement"),
  );
}
