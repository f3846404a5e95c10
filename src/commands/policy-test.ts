// `lapse policy test`: do the policies in the work tree decide policies/tests as written?
import { loadCatalog } from "../catalog.ts";
import type { Context, ExitCode } from "../context.ts";
import { compilePolicies } from "../core/policy.ts";
import { runPolicyTests } from "../core/policy-test.ts";
import { sorted } from "../core/finding.ts";
import { findingsText } from "../report/findings.ts";
import { json } from "../report/json.ts";
import { policyTestJson, policyTestText } from "../report/policy-test.ts";

export async function policyTest(context: Context): Promise<ExitCode> {
  const { catalog, files } = await loadCatalog(context, { dir: context.dir });
  const policies = compilePolicies(catalog);
  const tests = files.filter(({ path }) => /^policies\/tests\/.*\.yaml$/u.test(path));
  const report = runPolicyTests(catalog, policies, tests);
  const findings = sorted([...catalog.findings, ...policies.findings, ...report.findings]);
  const { io } = context;
  if (context.json) io.out(json(policyTestJson({ ...report, findings })));
  else {
    if (findings.length > 0) io.out(`${findingsText(findings, io)}\n`);
    io.out(policyTestText(report, io));
  }
  const sound = findings.every((finding) => finding.severity === "warning");
  return sound && report.results.every((result) => result.ok) ? 0 : 3;
}
