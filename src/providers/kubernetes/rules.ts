// What does a role allow? (its rules, whether one covers a right, and their hash)
import { createHash } from "node:crypto";
import type { V1PolicyRule } from "@kubernetes/client-node";

export interface Rule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: all. */
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

/** One thing that somebody may do. `resource` holds the subresource, too: `pods/exec`. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

export function rulesOf(rules: readonly V1PolicyRule[] | undefined): readonly Rule[] {
  return (rules ?? []).map((rule) => ({
    verbs: sorted(rule.verbs),
    groups: sorted(rule.apiGroups),
    resources: sorted(rule.resources),
    names: sorted(rule.resourceNames),
    paths: sorted(rule.nonResourceURLs),
  }));
}

function sorted(words: readonly string[] | undefined): readonly string[] {
  return [...new Set(words)].sort();
}

/** The same for the same rights in any order: aggregated roles are written anew whenever one of their parts changes. */
export function hashOf(rules: readonly Rule[]): string {
  const lines = rules.map(({ verbs, groups, resources, names, paths }) =>
    JSON.stringify([verbs, groups, resources, names, paths]),
  );
  return createHash("sha256").update(sorted(lines).join("\n")).digest("hex");
}

/** As the API server's RBAC matches. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
export function covers(rule: Rule, { verb, group, resource }: Right): boolean {
  const has = (words: readonly string[], word: string) => words.includes("*") || words.includes(word);
  const sub = resource.split("/")[1];
  const everySub = sub !== undefined && rule.resources.includes(`*/${sub}`);
  return has(rule.verbs, verb) && has(rule.groups, group) && (has(rule.resources, resource) || everySub);
}
