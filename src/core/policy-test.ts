// Do the policies decide the cases of policies/tests as written?
import { complain, misnamed, readFile, type ReadFile } from "./file.ts";
import { sorted } from "./finding.ts";
import type { Catalog, Decision, Finding, Place } from "./model.ts";
import { judge, type PolicySet } from "./policy.ts";
import { expectations, toCases, type Case, type Expectation } from "./policy-case.ts";
import { didYouMean } from "./suggest.ts";

export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly ok: boolean;
  /** What differed, one line each; only where `ok` is false. */
  readonly message?: string;
  readonly at: Place;
}

export interface TestReport {
  readonly results: readonly TestResult[];
  /** Files that are no policy tests; a report with findings is not a pass. */
  readonly findings: readonly Finding[];
  /** Rules as `policy/rule`; exercised is a rule that one case passes and another one fails. */
  readonly coverage: {
    readonly rules: number;
    readonly exercised: readonly string[];
    readonly unexercised: readonly string[];
  };
}

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Runs every case on the evaluator that grants access. Never throws; files are independent of each other. */
export function runPolicyTests(catalog: Catalog, policies: PolicySet, files: readonly File[]): TestReport {
  const known = rulesOf(policies);
  const reads = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(read);
  const sound = reads.flatMap((one) => ("findings" in one ? [] : [one]));
  const cases = sound.flatMap((one) => toCases(one, catalog));
  const runs = cases.map((test) => run(test, catalog, policies));
  return {
    results: runs.map(({ result }) => result),
    findings: sorted([
      ...reads.flatMap((one) => ("findings" in one ? one.findings : [])),
      ...sound.flatMap((one) => unknownRules(one, known)),
    ]),
    coverage: coverage(
      known,
      runs.map(({ decision }) => decision),
    ),
  };
}

function read({ path, bytes }: File): ReadFile | { readonly findings: readonly Finding[] } {
  const one = readFile(["PolicyTest"], path, bytes);
  if ("findings" in one) return one;
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/\.yaml$/, "");
  const findings = misnamed(one.document, base);
  return findings.length > 0 ? { findings } : one;
}

const UNEVALUATED = "LPS214";

interface Run {
  readonly result: TestResult;
  readonly decision: Decision;
}

function run(test: Case, catalog: Catalog, policies: PolicySet): Run {
  const { file, name, at, stage, expect } = test;
  const decision = judge({ ...stage, catalog, policies });
  const wrong = differences(expect, decision);
  const ok = wrong.length === 0;
  return { decision, result: { file, name, ok, at, ...(!ok && { message: wrong.join("\n") }) } };
}

/** What is not named is not compared, but the effect always is, and so is that every rule could be evaluated. */
function differences(expect: Expectation, decision: Decision): readonly string[] {
  const got = found(decision);
  const { codes = [] } = expect;
  const differs = [
    ...compare("", expect.effect, got.effect, String),
    ...compare("failing rules ", expect.rules, got.rules, sortedList),
    ...compare("approvals ", expect.approvals, decision.obligations.approvals, demands),
    ...compare(
      "findings ",
      codes,
      [...codes].filter((code) => got.codes.has(code)),
      sortedList,
    ),
  ];
  if (got.codes.has(UNEVALUATED) && !codes.includes(UNEVALUATED))
    differs.push("expected every rule to say yes or no");
  return differs.length > 0 ? [...differs, ...reasons(decision)] : [];
}

function compare<T>(what: string, wanted: T | undefined, got: T, text: (value: T) => string): string[] {
  if (wanted === undefined || text(wanted) === text(got)) return [];
  return [`expected ${what}${text(wanted)}, got ${text(got)}`];
}

function found({ effect, rules, findings }: Decision) {
  const failing = rules.filter(({ ok }) => !ok).map(({ rule }) => rule);
  return {
    effect: effect === "Permit" ? "permit" : "deny",
    rules: [...new Set(failing)],
    codes: new Set<string>(findings.map(({ code }) => code)),
  };
}

function demands(approvals: readonly { readonly from: readonly string[]; readonly count: number }[]): string {
  return approvals.map(({ from, count }) => `${count} of ${from.join(", ")}`).join(" and ") || "none";
}

function sortedList(names: readonly string[]): string {
  return [...names].sort().join(", ") || "none";
}

function reasons({ findings }: Decision): readonly string[] {
  return findings.map(({ code, message, why }) => `${code} ${message}${why === undefined ? "" : `\n${why}`}`);
}

function rulesOf(policies: PolicySet): readonly string[] {
  return policies.policies
    .flatMap(({ policy }) => policy.rules.map((rule) => `${policy.name}/${rule.name}`))
    .sort();
}

/** A name that no rule has would make the case fail for ever, or hide that a rule was renamed. */
function unknownRules(file: ReadFile, known: readonly string[]): readonly Finding[] {
  const names = known.map((name) => name.slice(name.indexOf("/") + 1));
  return expectations(file).flatMap(({ rules = [] }, i) =>
    rules.flatMap((rule, j) => {
      if (names.includes(rule)) return [];
      const message = `no policy has a rule "${rule}"${didYouMean(rule, names)}`;
      return [
        complain(file, "LPS231", ["spec", "cases", i, "expect", "rules", j], message, "correct the name"),
      ];
    }),
  );
}

/** A rule that could not be evaluated was not exercised: its case says nothing about the rule. */
function coverage(known: readonly string[], decisions: readonly Decision[]): TestReport["coverage"] {
  const seen = (ok: boolean) =>
    new Set(
      decisions
        .filter(({ findings }) => !findings.some(({ code }) => code === UNEVALUATED))
        .flatMap(({ rules }) =>
          rules.filter((row) => row.ok === ok).map(({ policy, rule }) => `${policy}/${rule}`),
        ),
    );
  const [passed, failed] = [seen(true), seen(false)];
  const exercised = known.filter((name) => passed.has(name) && failed.has(name));
  return { rules: known.length, exercised, unexercised: known.filter((name) => !exercised.includes(name)) };
}
