// Can a workflow that nobody reviewed reach the applier's credentials, and does the sweep run?
import { error, warning } from "./finding.ts";
import type { Finding } from "./model.ts";
import type {
  ActionsPolicy,
  Environment,
  ForkWorkflows,
  Workflow,
  WorkflowToken,
} from "./repository-facts.ts";
import { hidden } from "./told.ts";

/** The environment that the applier's workflows run in. */
export const APPLIER = "lapse-apply";

const MENU = `Settings → Environments → ${APPLIER}`;

export function environmentFindings(
  environment: Environment | undefined,
  defaultBranch: string,
): readonly Finding[] {
  if (environment === undefined) {
    const message = `there is no environment ${APPLIER}: whatever the applier may is open to every branch`;
    return [error("LPS926", message, `Settings → Environments → New environment: ${APPLIER}`)];
  }
  return [
    ...branchFindings(environment, defaultBranch),
    ...adminFindings(environment),
    ...delayFindings(environment),
  ];
}

function branchFindings({ branches, patterns }: Environment, main: string): readonly Finding[] {
  const fix = `${MENU} → Deployment branches and tags → Selected branches and tags: ${main} alone`;
  if (branches !== "listed") {
    const which = branches === "all" ? "any branch" : "any protected branch";
    return [error("LPS927", `a workflow on ${which} can use the environment ${APPLIER}`, fix)];
  }
  const others = patterns.filter(({ name, type }) => name !== main || type !== "branch");
  return others.map(({ name, type }) => {
    const what = type === "branch" ? "branches" : "tags";
    return error("LPS927", `workflows on ${what} like "${name}" can use the environment ${APPLIER}`, fix);
  });
}

function adminFindings({ adminsBypass }: Environment): readonly Finding[] {
  if (adminsBypass === null) return [hidden(`whether administrators can bypass the rules of ${APPLIER}`)];
  if (!adminsBypass) return [];
  const fix = `${MENU}: Allow administrators to bypass configured protection rules off`;
  return [error("LPS928", `administrators can use ${APPLIER} against its rules`, fix)];
}

/** Whatever holds a job back holds back the end of access. */
function delayFindings({ waitMinutes, reviewers, others }: Environment): readonly Finding[] {
  const delays = [
    ...(waitMinutes > 0 ? [`waits ${waitMinutes} min`] : []),
    ...(reviewers ? ["waits for a reviewer"] : []),
    ...others.map((kind) => `waits for the rule ${kind}`),
  ];
  const fix = `${MENU}: no wait timer, no reviewers, no custom rules; consent is the pull request's`;
  return delays.map((how) => error("LPS929", `every job of ${APPLIER} ${how}, so access ends late`, fix));
}

/** Secrets that every workflow can read, on any branch that somebody can push. */
export function secretFindings(
  where: "repository" | "organisation",
  names: readonly string[],
): readonly Finding[] {
  if (names.length === 0) return [];
  const whose = where === "repository" ? "of the repository" : "that the organisation shares with it";
  const fix = `move what the applier needs to the environment ${APPLIER}, delete the others: gh secret delete NAME`;
  const message = `whoever can push a branch can read secrets ${whose}: ${names.join(", ")}`;
  return [error("LPS930", message, fix)];
}

const ACTIONS = "Settings → Actions → General";

export function tokenFindings({ writes, approves }: WorkflowToken): readonly Finding[] {
  const menu = `${ACTIONS} → Workflow permissions`;
  return [
    ...(writes
      ? [
          error(
            "LPS931",
            "a workflow without permissions of its own may write",
            `${menu}: Read repository contents`,
          ),
        ]
      : []),
    ...(approves
      ? [
          error(
            "LPS932",
            "workflows can approve pull requests",
            `${menu}: Allow GitHub Actions to create and approve pull requests off (also for the organisation)`,
          ),
        ]
      : []),
  ];
}

export function actionsFindings({ enabled, shaPinning }: ActionsPolicy): readonly Finding[] {
  if (!enabled)
    return [
      error("LPS935", "Actions are off: nothing is granted and nothing ends", `${ACTIONS}: allow actions`),
    ];
  if (shaPinning === null) return [hidden("whether actions must be pinned to a commit")];
  const fix = `${ACTIONS}: Require actions to be pinned to a full-length commit SHA`;
  return shaPinning ? [] : [warning("LPS933", "workflows may use actions by a tag that can be moved", fix)];
}

export function forkFindings({ run, writeTokens, secrets, approval }: ForkWorkflows): readonly Finding[] {
  const menu = `${ACTIONS} → Fork pull request workflows`;
  if (!run) return [];
  const given = [...(writeTokens ? ["a token that writes"] : []), ...(secrets ? ["secrets"] : [])];
  return [
    ...(given.length > 0
      ? [error("LPS934", `pull requests from forks get ${given.join(" and ")}`, `${menu}: send neither`)]
      : []),
    ...(approval
      ? []
      : [warning("LPS934", "pull requests from forks run workflows unseen", `${menu}: Require approval`)]),
  ];
}

const isNamed = (verb: string) => (workflow: Workflow) =>
  new RegExp(`(^|/)${verb}\\.ya?ml$`).test(workflow.path);

/** Names of the workflows are ours; whoever calls them from others sees that by the heartbeat. */
export function workflowFindings(workflows: readonly Workflow[]): readonly Finding[] {
  const sweeps = workflows.filter(isNamed("expire"));
  if (sweeps.length === 0) {
    const message = "there is no workflow expire.yml: access ends only if something else runs `lapse expire`";
    return [warning("LPS935", message, "copy .github/workflows/expire.yml, or watch the heartbeat")];
  }
  return [...sweeps, ...workflows.filter(isNamed("apply"))]
    .filter(({ state }) => state !== "active")
    .map(({ path, state }) => {
      const why = state === "disabled_inactivity" ? "after 60 days without a change" : `(${state})`;
      return error(
        "LPS935",
        `${path} does not run any more: it was disabled ${why}`,
        `gh workflow enable ${path.split("/").at(-1) ?? path}`,
      );
    });
}
