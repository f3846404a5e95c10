// How does GitHub show settings?
import type { EnvironmentRecord, RulesetRecord } from "./settings.ts";
import { repositoryUrl } from "./json-pull.ts";
import { iso, type World } from "./world.ts";

const EPOCH = "2020-01-01T00:00:00Z";

/** The list of rulesets shows neither rules nor who may go around them. */
export function rulesetJson(world: World, ruleset: RulesetRecord) {
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: "branch",
    source_type: "Repository",
    source: `${world.owner}/${world.name}`,
    enforcement: ruleset.enforcement,
    node_id: `RRS_${ruleset.id}`,
    created_at: EPOCH,
    updated_at: iso(ruleset.updatedAt),
  };
}

/** `mayChange`: only who may change a ruleset is shown who may go around it. */
export function wholeRulesetJson(world: World, ruleset: RulesetRecord, mayChange: boolean) {
  return {
    ...rulesetJson(world, ruleset),
    conditions: { ref_name: { include: ruleset.branches.map((name) => `refs/heads/${name}`), exclude: [] } },
    rules: ruleset.rules,
    ...(mayChange && { bypass_actors: ruleset.bypass }),
  };
}

export const branchRulesJson = (world: World, rulesets: readonly RulesetRecord[]) =>
  rulesets.flatMap(({ id, rules }) =>
    rules.map((rule) => ({
      ...rule,
      ruleset_source_type: "Repository",
      ruleset_source: `${world.owner}/${world.name}`,
      ruleset_id: id,
    })),
  );

export function environmentJson(world: World, environment: EnvironmentRecord, id: number) {
  const { name, branches, adminsBypass, waitMinutes, reviewers } = environment;
  const rule = (type: string, more: object = {}) => ({ id: 1, node_id: `GA_${type}`, type, ...more });
  const url = `${repositoryUrl(world)}/environments/${name}`;
  return {
    ...{ id, node_id: `EN_${id}`, name, url, html_url: url, created_at: EPOCH, updated_at: EPOCH },
    can_admins_bypass: adminsBypass,
    protection_rules: [
      ...(waitMinutes > 0 ? [rule("wait_timer", { wait_timer: waitMinutes })] : []),
      ...(reviewers ? [rule("required_reviewers", { prevent_self_review: false, reviewers: [] })] : []),
      ...(branches === "all" ? [] : [rule("branch_policy")]),
    ],
    deployment_branch_policy:
      branches === "all"
        ? null
        : { protected_branches: branches === "protected", custom_branch_policies: branches !== "protected" },
  };
}

export const secretJson = (name: string) => ({ name, created_at: EPOCH, updated_at: EPOCH });

export function workflowJson(world: World, path: string, state: string, id: number) {
  const url = `${repositoryUrl(world)}/actions/workflows/${id}`;
  return {
    ...{ id, node_id: `W_${id}`, name: path, path, state, created_at: EPOCH, updated_at: EPOCH },
    ...{ url, html_url: url, badge_url: `${url}/badge.svg` },
  };
}
