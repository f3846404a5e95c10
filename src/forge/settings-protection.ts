// What does classic branch protection say, in the words of rules?
import type { Bypass, Rule } from "../core/repository-facts.ts";
import { ifAny, inner, items, part, text, whole, yes } from "./fields.ts";
import type { Part } from "./fields.ts";

const FROM = "branch protection";

/** GitHub's number for the repository role "admin". */
const ADMIN_ROLE = 5;

const isOn = (of: Part, key: string): boolean =>
  ifAny(of, key, (each, name) => ifAny(inner(each, name), "enabled", yes)) ?? false;

/** Administrators, unless they are included; and whoever a restriction lists. */
function everyone(of: Part): readonly Bypass[] {
  return isOn(of, "enforce_admins") ? [] : [{ kind: "RepositoryRole", id: ADMIN_ROLE, byPull: false }];
}

function listed(of: Part | null): readonly Bypass[] {
  if (of === null) return [];
  const kinds = [
    ["apps", "Integration"],
    ["teams", "Team"],
    ["users", "User"],
  ] as const;
  return kinds.flatMap(([key, kind]) =>
    Object.hasOwn(of.fields, key)
      ? items(of, key).map((each): Bypass => ({ kind, id: ifAny(each, "id", whole), byPull: false }))
      : [],
  );
}

/** Rules that protection puts on a branch. It names no ruleset, and no rule of it can be older than another. */
export function protectionFrom(json: unknown): readonly Rule[] {
  const of = part(json, "branch protection");
  const bypass = everyone(of);
  const reviews = ifAny(of, "required_pull_request_reviews", inner);
  const checks = ifAny(of, "required_status_checks", inner);
  const restricted = ifAny(of, "restrictions", inner);
  const rule = (kind: Rule["kind"], more: Partial<Rule> = {}): Rule => ({
    kind,
    from: FROM,
    bypass,
    ...more,
  });
  return [
    ...(isOn(of, "allow_force_pushes") ? [] : [rule("no-force-push")]),
    ...(isOn(of, "allow_deletions") ? [] : [rule("no-deletion")]),
    ...(reviews === null ? [] : [rule("pull-request", pullOf(reviews, bypass))]),
    ...(restricted === null
      ? []
      : [rule("restrict-updates", { bypass: [...bypass, ...listed(restricted)] })]),
    ...(restricted !== null && isOn(of, "block_creations")
      ? [rule("restrict-creations", { bypass: [...bypass, ...listed(restricted)] })]
      : []),
    ...(checks === null ? [] : [rule("checks", { checks: items(checks, "checks").map(checkOf) })]),
  ];
}

function pullOf(reviews: Part, bypass: readonly Bypass[]): Pick<Rule, "pull" | "bypass"> {
  return {
    bypass: [...bypass, ...listed(ifAny(reviews, "bypass_pull_request_allowances", inner))],
    pull: {
      dismissStale: yes(reviews, "dismiss_stale_reviews"),
      lastPush: ifAny(reviews, "require_last_push_approval", yes) ?? false,
    },
  };
}

/** -1: any source may set it. */
function checkOf(of: Part): NonNullable<Rule["checks"]>[number] {
  const app = ifAny(of, "app_id", whole);
  return { name: text(of, "context"), app: app === null || app < 0 ? null : app };
}
