// Which teams are there, and who is in them? (reads only; by numbers, since a team can be renamed and its name used again)
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import type { Api } from "./client.ts";
import { refuse, whole, type Organisation } from "./accounts.ts";

/** One organisation, and the mark of the Lapse that works there. */
export interface Home {
  readonly api: Api;
  readonly org: Organisation;
  readonly owner: string;
}

/** A team by its numbers: what an assignment holds. */
export interface Place {
  readonly org: number;
  readonly team: number;
}

export interface Team extends Place {
  readonly slug: string;
  readonly description: string;
  readonly type: string;
}

export interface Member {
  readonly id: number;
  readonly login: string;
  readonly role: "member" | "maintainer";
  /** In by a child team alone; GitHub tells that only in some organisations. */
  readonly inherited?: boolean;
}

export interface Roster {
  readonly members: ReadonlyMap<number, Member>;
  /** Everybody in a child team is a member of its parent: https://docs.github.com/en/rest/teams/members#list-team-members */
  readonly children: readonly { readonly slug: string; readonly ids: ReadonlySet<number> }[];
}

/** What the newer description of the API says in addition. */
type Listed = Methods["teams"]["listMembersInOrg"]["response"]["data"][number] & {
  readonly inherited?: boolean;
};
type Child = Methods["teams"]["listChildInOrg"]["response"]["data"][number];
type Repository = Methods["teams"]["listReposInOrg"]["response"]["data"][number];

/** https://docs.github.com/en/rest/teams/teams#get-a-team-by-name: the same by numbers, which outlive a rename. */
const TEAM = "/organizations/{org}/team/{team}";
const values = ({ org, team }: Place) => ({ org, team });

/** What the team's description must say, so that nobody lends a team by mistake that has members of its own. */
export const markOf = (owner: string): string => `lapse:${owner}`;
export const isMarked = (description: string, owner: string): boolean =>
  description.split(/[\s,;()]+/).includes(markOf(owner));

/** Throws role-missing. */
export async function teamNamed(api: Api, org: Organisation, slug: string): Promise<Team> {
  const found = await api.get<Methods["teams"]["getByName"]["response"]["data"]>({
    doing: `show the team ${slug}`,
    route: "GET /orgs/{org}/teams/{team_slug}",
    values: { org: org.login, team_slug: slug },
  });
  return teamFrom(org, found);
}

function teamFrom(org: Organisation, found: Pick<Child, "id" | "slug" | "description" | "type">): Team {
  const { id, slug, description, type } = found;
  return { org: org.id, team: whole(id), slug, description: description ?? "", type };
}

async function allTeams({ api, org }: Home): Promise<readonly Team[]> {
  const found = await api.all<Child>({
    doing: "list the teams",
    route: "GET /orgs/{org}/teams",
    values: { org: org.login },
    missing: "forbidden",
  });
  return found.map((team) => teamFrom(org, team));
}

/** Every team that is declared to be Lapse's. */
export async function markedTeams(home: Home): Promise<readonly Team[]> {
  return (await allTeams(home)).filter(({ description }) => isMarked(description, home.owner));
}

/** Was the team deleted? Said only where the applier sees every team of the organisation, the secret ones included. */
export async function isDeleted(home: Home, { team }: Place): Promise<boolean> {
  if (!(await seesAll(home))) return false;
  return !(await allTeams(home)).some((one) => one.team === team);
}

/** An App that may see members, or an owner of the organisation. */
async function seesAll({ api, org }: Home): Promise<boolean> {
  const { permissions } = await api.rights();
  if (permissions) return permissions["members"] !== undefined;
  const own = await optional<Methods["orgs"]["getMembershipForAuthenticatedUser"]["response"]["data"]>(api, {
    doing: "say who the applier is in the organisation",
    route: "GET /user/memberships/orgs/{org}",
    values: { org: org.login },
  });
  return own?.state === "active" && own.role === "admin";
}

export async function childrenOf(api: Api, place: Place): Promise<readonly Child[]> {
  return api.all<Child>({ doing: "list child teams", route: `GET ${TEAM}/teams`, values: values(place) });
}

/** Names of repositories that members of the team administer. */
export async function administered(api: Api, place: Place): Promise<readonly string[]> {
  const ask = {
    doing: "list the team's repositories",
    route: `GET ${TEAM}/repos`,
    values: values(place),
  };
  return (await api.all<Repository>(ask))
    .filter(({ permissions, role_name }) => permissions?.admin === true || role_name === "admin")
    .map(({ name }) => name);
}

/** Everybody who is in the team in any way. Invitations that nobody has accepted are not among them. */
export async function roster(api: Api, place: Place): Promise<Roster> {
  // Asked for by role, since not every GitHub says each member's role.
  const [maintainers, plain, children] = await Promise.all([
    listed(api, place, "maintainer"),
    listed(api, place, "member"),
    childRosters(api, place),
  ]);
  const all = [
    ...plain.map((one) => memberFrom(one, "member")),
    ...maintainers.map((one) => memberFrom(one, "maintainer")),
  ];
  return { members: new Map(all.map((one) => [one.id, one])), children };
}

function memberFrom({ id, login, inherited }: Listed, role: Member["role"]): Member {
  return { id: whole(id), login, role, ...(inherited !== undefined && { inherited }) };
}

async function childRosters(api: Api, place: Place): Promise<Roster["children"]> {
  const children = [];
  for (const { id, slug } of await childrenOf(api, place)) {
    const inside = await listed(api, { org: place.org, team: whole(id) }, "all");
    children.push({ slug, ids: new Set(inside.map((one) => whole(one.id))) });
  }
  return children;
}

function listed(api: Api, place: Place, role: string): Promise<readonly Listed[]> {
  return api.all<Listed>({
    doing: "list the team's members",
    route: `GET ${TEAM}/members?role={role}`,
    values: { ...values(place), role },
  });
}

/** What the team says of one login; undefined if it has no membership, or if the token must not see it. */
export async function membership(
  api: Api,
  place: Place,
  login: string,
): Promise<"active" | "pending" | undefined> {
  const found = await api.find<Methods["teams"]["getMembershipForUserInOrg"]["response"]["data"]>({
    doing: `show the membership of ${login}`,
    route: `GET ${TEAM}/memberships/{username}`,
    values: { ...values(place), username: login },
  });
  if (!found) return undefined;
  const state: string = found.state;
  if (state === "active" || state === "pending") return state;
  return refuse("transient", "GitHub shows a membership in a state that does not exist", "odd");
}

/** Adds a member. What the server said: active, or pending for who is only invited. */
export async function put(
  api: Api,
  place: Place,
  login: string,
): Promise<{ status: number; state: unknown }> {
  const { status, data } = await api.write({
    doing: "add a member to the team",
    route: `PUT ${TEAM}/memberships/{username}`,
    values: { ...values(place), username: login, role: "member" },
  });
  return { status, state: (data as { readonly state?: unknown } | undefined)?.state };
}

export async function remove(api: Api, place: Place, login: string): Promise<number> {
  const { status } = await api.write({
    doing: "remove a member from the team",
    route: `DELETE ${TEAM}/memberships/{username}`,
    values: { ...values(place), username: login },
  });
  return status;
}

/** Names of groups of an identity provider that fill the team; empty also where nobody can tell. */
export async function syncedWith(api: Api, org: Organisation, slug: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const what of ["team-sync/group-mappings", "external-groups"]) {
    const found = await optional<{ groups?: readonly { group_name?: string }[] }>(api, {
      doing: "say what fills the team",
      route: `GET /orgs/{org}/teams/{team_slug}/${what}`,
      values: { org: org.login, team_slug: slug },
    });
    names.push(...(found?.groups ?? []).map(({ group_name }) => group_name ?? "a group"));
  }
  return names;
}

/** Not every plan and every token knows that; the others refuse in ways of their own. */
async function optional<T>(api: Api, ask: Parameters<Api["find"]>[0]): Promise<T | undefined> {
  try {
    return await api.find<T>(ask);
  } catch {
    return undefined;
  }
}
