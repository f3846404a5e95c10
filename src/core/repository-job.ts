// Does the job that we run in look as the targets that trust it should demand?
import { error, warning } from "./finding.ts";
import type { Finding, JsonObject } from "./model.ts";
import { expectedClaims, GITHUB_ISSUER, judgeClaims } from "./oidc.ts";
import { APPLIER } from "./repository-actions.ts";

/** For whom the doctor lets its token be made out, so that no target would take it. */
export const DOCTOR_AUDIENCE = "lapse-doctor";

export interface JobFacts {
  readonly claims: JsonObject;
  /** Number of the repository, from the forge. */
  readonly repository: number;
  readonly branch: string;
}

/** Says nothing of `job_workflow_ref`: the doctor may run from a workflow that no target should trust. */
export function jobFindings({ claims, repository, branch }: JobFacts): readonly Finding[] {
  return [...runnerFindings(claims), ...claimFindings({ claims, repository, branch })];
}

function runnerFindings(claims: JsonObject): readonly Finding[] {
  const runner = claims["runner_environment"];
  if (runner === "github-hosted") return [];
  const message = `the applier's job runs on a runner of kind ${JSON.stringify(runner ?? null)}: what one job leaves there, the next one finds`;
  const fix = "runs-on: ubuntu-24.04, or a runner that is made for one job and thrown away";
  return [error("LPS936", message, fix)];
}

function claimFindings({ claims, repository, branch }: JobFacts): readonly Finding[] {
  if (claims["environment"] !== APPLIER) {
    const message = `this job does not run in the environment ${APPLIER}, so what targets would see of the applier was not compared`;
    return [warning("LPS937", message, `run lapse doctor in a job with \`environment: ${APPLIER}\``)];
  }
  const mismatches = judgeClaims(claims, expectedOf({ claims, repository, branch })).filter(
    ({ claim }) => claim !== "job_workflow_ref" && claim !== "runner_environment",
  );
  return mismatches.map(({ claim, expected, actual }) => {
    const message = `the applier's token says ${claim} = ${actual ?? "nothing"}; trust that \`lapse trust\` writes demands ${expected.join(" or ")}`;
    return error(
      "LPS937",
      message,
      "write the targets' trust again with `lapse trust`, never with a pattern",
    );
  });
}

/** What only the token tells is compared with itself; the rest comes from the forge. */
function expectedOf({ claims, repository, branch }: JobFacts) {
  return expectedClaims({
    issuer: text(claims, "iss") || GITHUB_ISSUER,
    audience: DOCTOR_AUDIENCE,
    repository: text(claims, "repository"),
    repositoryId: repository,
    ownerId: Number(text(claims, "repository_owner_id")),
    environment: APPLIER,
    branch,
    subjects: ["immutable", "classic"],
  });
}

function text(claims: JsonObject, name: string): string {
  const value = claims[name];
  return typeof value === "string" ? value : "";
}
