// Do policy tests run on the evaluator that grants, and would they notice a weakened policy?
import { describe, expect, test } from "vitest";
import { runPolicyTests, type TestReport } from "../../src/core/policy-test.ts";
import { company, edited, policyFile, policyFiles, type World } from "./policy-world.ts";

const utf8 = new TextEncoder();
const tests = policyFiles().filter(({ path }) => path.startsWith("policies/tests/"));

function run(
  world: World = company(),
  files: readonly { path: string; bytes: Uint8Array }[] = tests,
): TestReport {
  return runPolicyTests(world.catalog, world.policies, files);
}

function failed(report: TestReport): readonly string[] {
  return report.results.filter(({ ok }) => !ok).map(({ name }) => name);
}

/** One PolicyTest file with one case. */
function oneCase(request: string, expected: string, name = "t"): { path: string; bytes: Uint8Array } {
  const text = `apiVersion: lapse.dev/v1
kind: PolicyTest
metadata: { name: ${name} }
spec:
  now: 2026-11-23T09:00:00Z
  cases:
    - name: the case
      request: { ${request} }
      expect: { ${expected} }
`;
  return { path: `policies/tests/${name}.yaml`, bytes: utf8.encode(text) };
}

const ASK = "subject: ann, entitlement: orders-db-read, duration: 1h";

describe("the tests of the example company", () => {
  const report = run();

  test("pass, and see every rule say yes and no", () => {
    expect(report.results.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(report.results.length).toBeGreaterThan(25);
    expect(report.coverage.unexercised).toEqual([]);
    expect(report.coverage.exercised.length).toBe(report.coverage.rules);
  });

  test.each(report.coverage.exercised)("notice when %s says yes to everything", (name) => {
    const { catalog, policies } = company();
    const weakened = catalog.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.filter((rule) => `${policy.name}/${rule.name}` !== name),
    }));
    const kept = policies.policies.map((compiled, i) => {
      const names = new Set(weakened[i]?.rules.map((rule) => rule.name));
      return { ...compiled, rules: compiled.rules.filter(({ rule }) => names.has(rule.name)) };
    });
    expect(failed(run({ catalog, policies: { ...policies, policies: kept } }))).not.toEqual([]);
  });

  test.each([
    ["longer", "policies/entitlements/orders-db-read.yaml", "maxDuration: 8h", "maxDuration: 1d"],
    [
      "for more people",
      "policies/entitlements/orders-db-read.yaml",
      "group:sre]",
      "group:sre, group:platform]",
    ],
    [
      "with fewer approvals",
      "policies/entitlements/orders-db-write.yaml",
      "- { from: [group:security], count: 1 }",
      "",
    ],
    [
      "with a later second approval",
      "policies/entitlements/orders-db-read.yaml",
      "duration('2h')",
      "duration('8h')",
    ],
  ])("notice when an entitlement is given %s", (_, path, from, to) => {
    expect(failed(run(company(edited(path, from, to))))).not.toEqual([]);
  });

  test("fail as a whole when a rule is broken", () => {
    const broken = run(company({ "policies/rules/quota.yaml": "kind: [" }));
    expect(broken.results.filter(({ ok }) => ok).length).toBeLessThan(broken.results.length / 2);
  });
});

describe("a case", () => {
  test("says what differed, with the reasons, at its own line", () => {
    const [result] = run(company(), [oneCase(ASK, "effect: permit")]).results;
    expect(result).toMatchObject({
      ok: false,
      name: "the case",
      at: { file: "policies/tests/t.yaml", line: 7 },
    });
    expect(result?.message).toMatch(
      /^expected permit, got deny\nLPS202 production access needs .*\n.*\n.*not set$/,
    );
  });

  test.each([
    ["effect: deny, rules: [ticket-required]", true],
    ["effect: deny, rules: []", false],
    ["effect: deny, codes: [LPS202]", true],
    ["effect: deny, codes: [LPS203]", false],
    ["effect: deny, approvals: [{ from: [group:data-owners], count: 1 }]", true],
    ["effect: deny, approvals: []", false],
    ["effect: deny, approvals: [{ from: [group:data-owners], count: 2 }]", false],
  ])("with %s is %s", (expected, ok) => {
    expect(run(company(), [oneCase(ASK, expected)]).results.map((result) => result.ok)).toEqual([ok]);
  });

  test("that meets a rule which cannot be evaluated fails, and exercises nothing", () => {
    const rules = { careless: "request.ticket == 'INC-1'" };
    const world = company({ "policies/rules/x.yaml": policyFile("x", rules) });
    const good = oneCase(`${ASK}, ticket: INC-1`, "effect: permit", "good");
    const bad = oneCase(ASK, "effect: deny, rules: [careless, ticket-required]", "bad");
    const report = run(world, [good, bad]);
    expect(failed(report)).toEqual(["the case"]);
    expect(report.coverage.unexercised).toContain("x/careless");
    const expecting = oneCase(ASK, "effect: deny, codes: [LPS214]");
    expect(failed(run(world, [expecting]))).toEqual([]);
  });
});

describe("a file that is no test", () => {
  test.each([
    ["without now", (text: string) => text.replace(/ {2}now: .*\n/, ""), "LPS111"],
    ["without an effect", (text: string) => text.replace("effect: deny", "rules: []"), "LPS111"],
    ["with an unknown key", (text: string) => text.replace("subject:", "user:"), "LPS110"],
    ["under another name", (text: string) => text.replace("name: t ", "name: other "), "LPS122"],
    [
      "with a rule that no policy has",
      (text: string) => text.replace("deny", "deny, rules: [ticket-requird]"),
      "LPS231",
    ],
    ["that is no YAML", () => "kind: [", "LPS101"],
  ])("%s is a finding", (_, change, code) => {
    const file = oneCase(ASK, "effect: deny");
    const bytes = utf8.encode(change(new TextDecoder().decode(file.bytes)));
    const report = run(company(), [{ ...file, bytes }]);
    expect(report.findings.map((finding) => finding.code)).toContain(code);
  });

  test("does not keep the others from running", () => {
    const report = run(company(), [{ path: "policies/tests/a.yaml", bytes: utf8.encode("[") }, ...tests]);
    expect(report.results.length).toBe(run().results.length);
    expect(report.findings.length).toBe(1);
  });
});
