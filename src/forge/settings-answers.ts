// What do GitHub's answers about settings mean in the words of the port?
import type {
  ActionsPolicy,
  Bypass,
  CodeownersError,
  Environment,
  ForgeApp,
  ForkWorkflows,
  Merging,
  Rule,
  RuleKind,
  Ruleset,
  Workflow,
  WorkflowToken,
} from "../core/repository-facts.ts";
import { id, ifAny, inner, items, odd, part, text, time, whole, word, yes } from "./fields.ts";
import type { Part } from "./fields.ts";

const BYPASSERS = [
  "Integration",
  "OrganizationAdmin",
  "RepositoryRole",
  "Team",
  "DeployKey",
  "User",
] as const satisfies Bypass["kind"][];

/** What a rule of GitHub's is called here; others are of no interest. */
const KINDS: Readonly<Record<string, RuleKind>> = {
  pull_request: "pull-request",
  non_fast_forward: "no-force-push",
  deletion: "no-deletion",
  update: "restrict-updates",
  creation: "restrict-creations",
  required_status_checks: "checks",
  merge_queue: "merge-queue",
};

export function rulesetFrom(json: unknown): Ruleset {
  const of = part(json, "ruleset");
  return {
    id: id(of, "id"),
    name: text(of, "name"),
    enforcement: text(of, "enforcement"),
    updatedAt: ifAny(of, "updated_at", time),
  };
}

/** Who may go around a ruleset; undefined where GitHub leaves it out, which it does for a token that may not change it. */
export function bypassFrom(json: unknown): readonly Bypass[] | undefined {
  const of = part(json, "ruleset");
  if (!Object.hasOwn(of.fields, "bypass_actors")) return undefined;
  return items(of, "bypass_actors").map((each) => ({
    kind: word(each, "actor_type", BYPASSERS),
    id: ifAny(each, "actor_id", whole),
    byPull: ifAny(each, "bypass_mode", text) === "pull_request",
  }));
}

/** A rule of a branch with the number of its ruleset; undefined for kinds that say nothing about us. */
export function branchRuleFrom(
  json: unknown,
): { readonly ruleset: number; readonly rule: Omit<Rule, "from" | "bypass"> } | undefined {
  const of = part(json, "rule");
  const kind = KINDS[text(of, "type")];
  if (kind === undefined) return undefined;
  return { ruleset: id(of, "ruleset_id"), rule: { kind, ...detailsOf(kind, of) } };
}

function detailsOf(kind: RuleKind, of: Part): Pick<Rule, "pull" | "checks" | "queue"> {
  if (kind === "pull-request") return { pull: pullRule(inner(of, "parameters")) };
  if (kind === "merge-queue") return { queue: text(inner(of, "parameters"), "merge_method").toLowerCase() };
  if (kind !== "checks") return {};
  const all = items(inner(of, "parameters"), "required_status_checks");
  return {
    checks: all.map((one) => ({ name: text(one, "context"), app: ifAny(one, "integration_id", id) })),
  };
}

function pullRule(of: Part): NonNullable<Rule["pull"]> {
  const methods = ifAny(of, "allowed_merge_methods", (each, key) => {
    const list = each.fields[key];
    return Array.isArray(list) ? list.map(String) : odd(`${each.name}.${key}`);
  });
  return {
    dismissStale: yes(of, "dismiss_stale_reviews_on_push"),
    lastPush: yes(of, "require_last_push_approval"),
    ...(methods !== null && { methods }),
  };
}

const visible = (of: Part, key: string) => ifAny(of, key, yes);

export function mergingFrom(json: unknown): Merging {
  const of = part(json, "repository");
  return {
    isPrivate: yes(of, "private"),
    autoMerge: visible(of, "allow_auto_merge"),
    squash: visible(of, "allow_squash_merge"),
    merge: visible(of, "allow_merge_commit"),
    rebase: visible(of, "allow_rebase_merge"),
  };
}

const STANDARD = ["wait_timer", "required_reviewers", "branch_policy"];

export function environmentFrom(json: unknown): Omit<Environment, "patterns"> {
  const of = part(json, "environment");
  const rules = Object.hasOwn(of.fields, "protection_rules") ? items(of, "protection_rules") : [];
  const policy = ifAny(of, "deployment_branch_policy", inner);
  const kinds = rules.map((rule) => text(rule, "type"));
  const waits = rules.map((rule) => ifAny(rule, "wait_timer", whole) ?? 0);
  const listed = policy !== null && yes(policy, "custom_branch_policies");
  return {
    name: text(of, "name"),
    branches: policy === null ? "all" : listed ? "listed" : "protected",
    adminsBypass: visible(of, "can_admins_bypass"),
    waitMinutes: Math.max(0, ...waits),
    reviewers: kinds.includes("required_reviewers"),
    others: kinds.filter((kind) => !STANDARD.includes(kind)),
  };
}

export function patternFrom(json: unknown): Environment["patterns"][number] {
  const of = part(json, "branch policy");
  return { name: text(of, "name"), type: ifAny(of, "type", text) ?? "branch" };
}

export const secretFrom = (json: unknown): string => text(part(json, "secret"), "name");

export function actionsFrom(json: unknown): ActionsPolicy {
  const of = part(json, "permissions of Actions");
  return { enabled: yes(of, "enabled"), shaPinning: visible(of, "sha_pinning_required") };
}

export function workflowTokenFrom(json: unknown): WorkflowToken {
  const of = part(json, "permissions of workflows");
  const may = word(of, "default_workflow_permissions", ["read", "write"]);
  return { writes: may === "write", approves: yes(of, "can_approve_pull_request_reviews") };
}

export function forkWorkflowsFrom(json: unknown): ForkWorkflows {
  const of = part(json, "settings for forks");
  return {
    run: yes(of, "run_workflows_from_fork_pull_requests"),
    writeTokens: yes(of, "send_write_tokens_to_workflows"),
    secrets: yes(of, "send_secrets_and_variables"),
    approval: yes(of, "require_approval_for_fork_pr_workflows"),
  };
}

export function workflowFrom(json: unknown): Workflow {
  const of = part(json, "workflow");
  return { path: text(of, "path"), state: text(of, "state") };
}

export function appFrom(json: unknown): ForgeApp {
  const of = part(json, "App");
  const permissions = Object.entries(inner(of, "permissions").fields);
  return {
    id: id(of, "id"),
    slug: text(of, "slug"),
    permissions: Object.fromEntries(permissions.map(([key, level]) => [key, String(level)])),
  };
}

export function codeownersErrorsFrom(json: unknown): readonly CodeownersError[] {
  return items(part(json, "CODEOWNERS"), "errors").map((one) => ({
    path: text(one, "path"),
    line: id(one, "line"),
    message: text(one, "message").split("\n")[0] ?? "",
  }));
}
