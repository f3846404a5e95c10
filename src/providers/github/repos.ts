// Who has what on a repository? (reads and writes by numbers, since a repository can be renamed and its name used again)
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import { refuse, whole, type Organisation } from "./accounts.ts";
import type { Api } from "./client.ts";

/** Lowest first. https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization */
const LEVELS = ["pull", "triage", "push", "maintain", "admin"] as const;
export type Level = (typeof LEVELS)[number];

/** Answers call two of them by other names. */
const OTHER_NAMES: Readonly<Record<string, Level>> = { read: "pull", write: "push" };

export function levelOf(name: string | undefined): Level | undefined {
  return OTHER_NAMES[name ?? ""] ?? LEVELS.find((level) => level === name);
}

/** 0 for none. */
export const rank = (level: Level | undefined): number => (level ? LEVELS.indexOf(level) + 1 : 0);

export interface Repository {
  readonly id: number;
  readonly name: string;
  readonly isPublic: boolean;
}

export interface Collaborator {
  readonly id: number;
  readonly login: string;
  /** Undefined for a role that the organisation made up itself. */
  readonly role: Level | undefined;
  /** The highest of the five that it amounts to, whatever gives it. */
  readonly level: Level | undefined;
}

export interface Invitation {
  readonly id: number;
  readonly invitee: number;
  readonly permission: Level | undefined;
  readonly expired: boolean;
}

type Found = Methods["repos"]["get"]["response"]["data"];
type Listed = Methods["repos"]["listCollaborators"]["response"]["data"][number];
type Permission = Methods["repos"]["getCollaboratorPermissionLevel"]["response"]["data"];
type Invited = Methods["repos"]["listInvitations"]["response"]["data"][number];

/** What GitHub redirects to from old names of a repository: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
const REPOSITORY = "/repositories/{repository}";

/** Throws role-missing. */
export async function repositoryNamed(api: Api, org: Organisation, name: string): Promise<Repository> {
  const found = await api.get<Found>({
    doing: `show the repository ${name}`,
    route: "GET /repos/{owner}/{repo}",
    values: { owner: org.login, repo: name },
  });
  return repositoryFrom(org, found);
}

export async function repositoryBy(api: Api, org: Organisation, repository: number): Promise<Repository> {
  const found = await api.get<Found>({
    doing: "show the repository",
    route: `GET ${REPOSITORY}`,
    values: { repository },
  });
  return repositoryFrom(org, found);
}

function repositoryFrom(org: Organisation, found: Found): Repository {
  if (found.owner.id !== org.id)
    refuse("role-missing", `the repository ${found.name} is not ${org.login}'s any more`, "moved");
  return { id: whole(found.id), name: found.name, isPublic: !found.private };
}

/** Everybody who was put on the repository himself, outside of teams. What gives the level is not told. */
export async function direct(api: Api, repository: number): Promise<ReadonlyMap<number, Collaborator>> {
  const found = await api.all<Listed>({
    doing: "list the collaborators",
    route: `GET ${REPOSITORY}/collaborators?affiliation=direct`,
    values: { repository },
  });
  const all = found.map(({ id, login, role_name, permissions }) => {
    const level = LEVELS.findLast((one) => permissions?.[one] === true) ?? levelOf(role_name);
    return { id: whole(id), login, role: levelOf(role_name), level };
  });
  return new Map(all.map((one) => [one.id, one]));
}

/** What somebody may do in the end, whatever gives it. */
export async function effective(api: Api, repository: number, login: string): Promise<Level | undefined> {
  const found = await api.get<Permission>({
    doing: `show the permission of ${login}`,
    route: `GET ${REPOSITORY}/collaborators/{username}/permission`,
    values: { repository, username: login },
  });
  return levelOf(found.role_name) ?? levelOf(found.permission);
}

export async function invitations(api: Api, repository: number): Promise<readonly Invitation[]> {
  const found = await api.all<Invited>({
    doing: "list the invitations",
    route: `GET ${REPOSITORY}/invitations`,
    values: { repository },
  });
  return found.map(invitationFrom);
}

function invitationFrom({ id, invitee, permissions, expired }: Invited): Invitation {
  return {
    id: whole(id),
    invitee: invitee?.id ?? 0,
    permission: levelOf(permissions),
    expired: expired === true,
  };
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly level: Level | undefined;
}

export async function teamsOn(api: Api, repository: number): Promise<readonly Team[]> {
  const found = await api.all<Methods["repos"]["listTeams"]["response"]["data"][number]>({
    doing: "list the teams",
    route: `GET ${REPOSITORY}/teams`,
    values: { repository },
  });
  return found.map(({ id, slug, permission }) => ({ id: whole(id), slug, level: levelOf(permission) }));
}

/** An invitation where the person has to accept first; undefined where it took effect, false where GitHub hides it. */
export async function add(
  api: Api,
  repository: number,
  { login, level }: { readonly login: string; readonly level: Level },
): Promise<Invitation | undefined | false> {
  const { status, data } = await api.write({
    doing: "add a collaborator",
    route: `PUT ${REPOSITORY}/collaborators/{username}`,
    values: { repository, username: login, permission: level },
  });
  if (status === 404) return false;
  return status === 201 ? invitationFrom(data as Invited) : undefined;
}

export async function remove(api: Api, repository: number, login: string): Promise<number> {
  const { status } = await api.write({
    doing: "remove a collaborator",
    route: `DELETE ${REPOSITORY}/collaborators/{username}`,
    values: { repository, username: login },
  });
  return status;
}

export async function uninvite(api: Api, repository: number, invitation: number): Promise<number> {
  const { status } = await api.write({
    doing: "delete an invitation",
    route: `DELETE ${REPOSITORY}/invitations/{invitation}`,
    values: { repository, invitation },
  });
  return status;
}
