// How is each question about settings asked of GitHub?
import type { User } from "../core/facts.ts";
import type { Environment, Rule } from "../core/repository-facts.ts";
import { userFrom } from "./answers.ts";
import type { Client } from "./client.ts";
import { ownClaims } from "./own-token.ts";
import { isThrottled, statusOf } from "./problems.ts";
import { REPO, unless, type Scope } from "./reading.ts";
import {
  actionsFrom,
  appFrom,
  branchRuleFrom,
  bypassFrom,
  codeownersErrorsFrom,
  environmentFrom,
  forkWorkflowsFrom,
  mergingFrom,
  patternFrom,
  rulesetFrom,
  secretFrom,
  workflowFrom,
  workflowTokenFrom,
} from "./settings-answers.ts";
import { protectionFrom } from "./settings-protection.ts";
import type { ForgeSettings, SecretScope } from "./settings.ts";

/** How every API of GitHub says that a branch has no protection; a token that may not see it is told "Not Found". */
const UNPROTECTED = /branch not protected/i;

/** Rules come without who may go around them: that is asked of each ruleset, and unknown where the token may not see it. */
async function branchRules(api: Client, scope: Scope, branch: string): Promise<readonly Rule[]> {
  const found = (await api.all(`${REPO}/rules/branches/{branch}`, { ...scope, branch })).flatMap(
    (each) => branchRuleFrom(each) ?? [],
  );
  const numbers = [...new Set(found.map(({ ruleset }) => ruleset))];
  const sources = new Map(
    await Promise.all(numbers.map(async (id) => [id, await source(api, scope, id)] as const)),
  );
  return found.map(({ ruleset, rule }) => ({
    ...rule,
    from: `ruleset #${ruleset}`,
    ...sources.get(ruleset),
  }));
}

async function source(api: Client, scope: Scope, id: number): Promise<Pick<Rule, "from" | "bypass">> {
  const ask = async () => await api.call(`${REPO}/rulesets/{id}`, { ...scope, id });
  const json = await unless(404, () => unless(403, ask));
  if (json === undefined) return { from: `ruleset #${id}` };
  const bypass = bypassFrom(json);
  return { from: `ruleset "${rulesetFrom(json).name}"`, ...(bypass && { bypass }) };
}

async function branchProtection(api: Client, scope: Scope, branch: string): Promise<readonly Rule[]> {
  try {
    return protectionFrom(await api.call(`${REPO}/branches/{branch}/protection`, { ...scope, branch }));
  } catch (error) {
    const none = statusOf(error) === 404 && !isThrottled(error);
    const said = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    if (none && UNPROTECTED.test(said)) return [];
    throw error;
  }
}

async function environment(api: Client, scope: Scope, name: string): Promise<Environment | undefined> {
  const all = await api.all(`${REPO}/environments`, { ...scope }, "environments");
  const found = all.map(environmentFrom).find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found?.branches !== "listed") return found && { ...found, patterns: [] };
  const at = { ...scope, name: found.name };
  const route = `${REPO}/environments/{name}/deployment-branch-policies`;
  return { ...found, patterns: (await api.all(route, at, "branch_policies")).map(patternFrom) };
}

async function secrets(api: Client, scope: Scope, of: SecretScope): Promise<readonly string[]> {
  const path =
    of === "repository"
      ? "/actions/secrets"
      : of === "organisation"
        ? "/actions/organization-secrets"
        : "/environments/{environment}/secrets";
  const values = { ...scope, ...(typeof of === "object" && of) };
  return (await api.all(`${REPO}${path}`, values, "secrets")).map(secretFrom);
}

const nobody = async (read: () => Promise<User>): Promise<User | null> => (await unless(404, read)) ?? null;

export function settingsReading(api: Client, scope: Scope): ForgeSettings {
  const ask = async (path: string) => await api.call(`${REPO}${path}`, { ...scope });
  return {
    rulesets: async () => (await api.all(`${REPO}/rulesets`, { ...scope })).map(rulesetFrom),
    branchRules: (branch) => branchRules(api, scope, branch),
    branchProtection: (branch) => branchProtection(api, scope, branch),
    merging: async () => mergingFrom(await ask("")),
    environment: (name) => environment(api, scope, name),
    secrets: (of) => secrets(api, scope, of),
    actions: async () => actionsFrom(await ask("/actions/permissions")),
    workflowToken: async () => workflowTokenFrom(await ask("/actions/permissions/workflow")),
    forkWorkflows: async () =>
      forkWorkflowsFrom(await ask("/actions/permissions/fork-pr-workflows-private-repos")),
    workflows: async () =>
      (await api.all(`${REPO}/actions/workflows`, { ...scope }, "workflows")).map(workflowFrom),
    codeownersErrors: async () => codeownersErrorsFrom(await ask("/codeowners/errors")),
    account: (id) => nobody(async () => userFrom(await api.call("GET /user/{id}", { id }))),
    holder: (login) => nobody(async () => userFrom(await api.call("GET /users/{login}", { login }))),
    ownClaims,
    app: async (slug) => appFrom(await api.call("GET /apps/{slug}", { slug })),
  };
}
