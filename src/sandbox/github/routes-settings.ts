// How is the repository set up? (what a token may not see is refused, or left out, as GitHub does it)
import { need, numberParam, page, refuse, REPO } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import {
  branchRulesJson,
  environmentJson,
  rulesetJson,
  secretJson,
  wholeRulesetJson,
  workflowJson,
} from "./json-settings.ts";
import { appJson, profileJson } from "./json-user.ts";
import type { EnvironmentRecord } from "./settings.ts";
import type { World } from "./world.ts";

const isAdmin = (c: Call): boolean => c.var.user.permission === "admin";

/** A page of a list that GitHub wraps with its length. */
const wrapped = (c: Call, world: World, name: string, items: readonly object[]) =>
  c.json({ total_count: items.length, [name]: page(c, world, items) });

function environmentOf(c: Call): EnvironmentRecord {
  const name = (c.req.param("name") ?? "").toLowerCase();
  const found = c.var.state.settings.environments.find((one) => one.name.toLowerCase() === name);
  return found ?? refuse(404, "Not Found");
}

const rules: Routes = (api, world) => {
  api.get(`${REPO}/rules/branches/:branch{.+}`, (c) => {
    need(c, "read");
    const branch = c.req.param("branch");
    const active = c.var.state.settings.rulesets.filter(
      ({ enforcement, branches }) => enforcement === "active" && branches.includes(branch),
    );
    return c.json(page(c, world, branchRulesJson(world, active)));
  });
  api.get(`${REPO}/rulesets`, (c) => {
    need(c, "read");
    const all = c.var.state.settings.rulesets.map((ruleset) => rulesetJson(world, ruleset));
    return c.json(page(c, world, all));
  });
  api.get(`${REPO}/rulesets/:number`, (c) => {
    need(c, "read");
    const id = numberParam(c, "number");
    const found = c.var.state.settings.rulesets.find((ruleset) => ruleset.id === id);
    return c.json(wholeRulesetJson(world, found ?? refuse(404, "Not Found"), isAdmin(c)));
  });
  api.get(`${REPO}/branches/:branch{.+}/protection`, (c) => {
    // What one may not see does not exist.
    if (!isAdmin(c)) refuse(404, "Not Found");
    const found = c.var.state.settings.protection[c.req.param("branch")];
    return c.json(found ?? refuse(404, "Branch not protected"));
  });
};

const secrets: Routes = (api, world) => {
  const list = (c: Call, names: readonly string[]) => wrapped(c, world, "secrets", names.map(secretJson));
  api.get(`${REPO}/actions/secrets`, (c) => {
    need(c, "admin");
    return list(c, c.var.state.settings.secrets);
  });
  api.get(`${REPO}/actions/organization-secrets`, (c) => {
    need(c, "admin");
    return list(c, c.var.state.settings.organisationSecrets);
  });
  api.get(`${REPO}/environments/:name/secrets`, (c) => {
    need(c, "admin");
    return list(c, environmentOf(c).secrets);
  });
};

const environments: Routes = (api, world) => {
  api.get(`${REPO}/environments`, (c) => {
    need(c, "read");
    const all = c.var.state.settings.environments.map((one, i) => environmentJson(world, one, i + 1));
    return wrapped(c, world, "environments", all);
  });
  api.get(`${REPO}/environments/:name/deployment-branch-policies`, (c) => {
    need(c, "read");
    const { branches } = environmentOf(c);
    const named = typeof branches === "string" ? [] : branches;
    const all = named.map((name, i) => ({ id: i + 1, node_id: `GB_${i}`, name, type: "branch" }));
    return wrapped(c, world, "branch_policies", all);
  });
};

const actions: Routes = (api, world) => {
  const permissions = `${REPO}/actions/permissions`;
  api.get(permissions, (c) => {
    need(c, "admin");
    const { shaPinning } = c.var.state.settings;
    return c.json({ enabled: true, allowed_actions: "all", sha_pinning_required: shaPinning });
  });
  api.get(`${permissions}/workflow`, (c) => {
    need(c, "admin");
    const { workflowsWrite, workflowsApprove } = c.var.state.settings;
    return c.json({
      default_workflow_permissions: workflowsWrite ? "write" : "read",
      can_approve_pull_request_reviews: workflowsApprove,
    });
  });
  api.get(`${permissions}/fork-pr-workflows-private-repos`, (c) => {
    need(c, "admin");
    const { forks, isPrivate } = c.var.state.settings;
    if (!isPrivate) refuse(404, "Not Found");
    return c.json({
      run_workflows_from_fork_pull_requests: forks.run,
      send_write_tokens_to_workflows: forks.writeTokens,
      send_secrets_and_variables: forks.secrets,
      require_approval_for_fork_pr_workflows: forks.approval,
    });
  });
  api.get(`${REPO}/actions/workflows`, (c) => {
    need(c, "read");
    const all = Object.entries(c.var.state.settings.workflows);
    return wrapped(
      c,
      world,
      "workflows",
      all.map(([path, state], i) => workflowJson(world, path, state, i + 1)),
    );
  });
};

const names: Routes = (api, world) => {
  api.get(`${REPO}/codeowners/errors`, (c) => {
    need(c, "read");
    const errors = c.var.state.settings.codeownersErrors.map(({ line, message }) => {
      const place = { line, column: 1, path: ".github/CODEOWNERS" };
      return { ...place, kind: "Unknown owner", source: "", suggestion: null, message };
    });
    return c.json({ errors });
  });
  api.get("/user/:number", (c) => {
    const id = numberParam(c, "number");
    const found = c.var.state.accounts.find((account) => account.id === id && !account.deleted);
    return c.json(profileJson(world, found ?? refuse(404, "Not Found")));
  });
  api.get("/apps/:slug", (c) => {
    const { accounts } = c.var.state;
    const bot = accounts.find(
      ({ login, type, deleted }) =>
        type === "Bot" && !deleted && login.replace("[bot]", "") === c.req.param("slug"),
    );
    return c.json(appJson(world, c.var.state, bot?.id ?? refuse(404, "Not Found")));
  });
};

export const settingsRoutes: Routes = (api, world) => {
  for (const add of [rules, secrets, environments, actions, names]) add(api, world);
};
