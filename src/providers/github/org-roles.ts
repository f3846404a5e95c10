// Which teams hold a role in the organisation whose holders can make access that stays?
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { refuse, whole } from "./accounts.ts";
import type { Home, Team } from "./teams.ts";

interface Role {
  readonly id: number;
  readonly name: string;
  readonly base_role?: string | null;
  readonly permissions?: readonly string[];
}
type Holder = Methods["orgs"]["listOrgRoleTeams"]["response"]["data"][number];

/** Names of such roles by team; undefined where GitHub does not let the applier see them. */
export type Held = ReadonlyMap<number, readonly string[]> | undefined;

/** GitHub's own, which are shown without permissions. https://docs.github.com/en/organizations/managing-peoples-access-to-your-organization-with-roles/permissions-of-predefined-organization-roles */
const PREDEFINED = ["all_repo_admin", "ci_cd_admin", "app_manager"];
/** Of roles that the organisation made: webhooks, runners, secrets, other roles, and keys of every repository. */
const LASTING = /^(write|manage)_organization_|^manage_(deploy_keys|webhooks)$/;
/** An organisation has a few of GitHub's and up to 20 of its own, the enterprise's beside them. */
const MOST = 100;

export async function heldRoles({ api, org }: Home): Promise<Held> {
  const held = new Map<number, string[]>();
  try {
    const found = await api.find<{ readonly roles?: readonly Role[] }>({
      doing: "list the organisation's roles",
      route: "GET /orgs/{org}/organization-roles",
      values: { org: org.login },
    });
    // Not every GitHub has such roles.
    for (const { id, name } of lasting(found?.roles ?? [])) {
      const teams = await api.all<Holder>({
        doing: `list the teams with the role ${name}`,
        route: "GET /orgs/{org}/organization-roles/{role_id}/teams",
        values: { org: org.login, role_id: whole(id) },
      });
      for (const team of teams) held.set(team.id, [...(held.get(team.id) ?? []), name]);
    }
    return held;
  } catch (thrown) {
    if (isHidden(thrown)) return undefined;
    throw thrown;
  }
}

function lasting(roles: readonly Role[]): readonly Role[] {
  if (roles.length > MOST) refuse("transient", "GitHub shows more roles than there can be", "odd");
  return roles.filter(
    ({ name, base_role, permissions }) =>
      PREDEFINED.includes(name) ||
      base_role === "admin" ||
      (permissions ?? []).some((one) => LASTING.test(one)),
  );
}

/** 422: the organisation's plan has no such roles. https://docs.github.com/en/rest/orgs/organization-roles */
function isHidden(thrown: unknown): boolean {
  if (!(thrown instanceof ProviderError)) return false;
  return thrown.class === "forbidden" || ["404", "422"].includes(thrown.vendorCode);
}

export function judgeRoles(held: Held, teams: readonly Team[]): readonly Finding[] {
  if (!held) {
    return [
      warning(
        "LPS430",
        "the applier cannot see which teams hold roles in the organisation, so it lends them whatever they hold",
        "give it the permission Custom organization roles: read",
      ),
    ];
  }
  return teams.flatMap(({ team, slug }) => {
    const roles = held.get(team)?.join(", ");
    if (roles === undefined) return [];
    const message = `the team ${slug} holds ${roles}: its members could make access that stays`;
    return [error("LPS434", message, "take the role away, or lend another team")];
  });
}
