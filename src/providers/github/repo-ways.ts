// Who lets this person onto the repository, beside what Lapse put there?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { word } from "../schema.ts";
import { currentUser, sameOrganisation, standingOf, userId, whole, type User } from "./accounts.ts";
import { direct, effective, levelOf, rank, repositoryBy, teamsOn, type Level } from "./repos.ts";
import { membership, type Home } from "./teams.ts";

export interface Way {
  readonly name: string;
  readonly level: Level | undefined;
}

export const repositoryOf = ({ role }: Assignment): number => whole(role["id"]);
export const wantedOf = ({ role }: Assignment): Level | undefined => levelOf(word(role["permission"]));

/** Every way that GitHub names: what everybody has, what owners have, and what teams give. */
export async function otherWays(
  { api, org }: Home,
  assignment: Assignment,
  user: User,
): Promise<readonly Way[]> {
  const repository = await repositoryBy(api, org, repositoryOf(assignment));
  const ways: Way[] = repository.isPublic ? [{ name: "everybody", level: "pull" }] : [];
  const standing = await standingOf(api, org, user);
  if (standing === "owner") ways.push({ name: `owner of ${org.login}`, level: "admin" });
  else if (standing === "member" && org.base !== undefined)
    ways.push({ name: `every member of ${org.login}`, level: levelOf(org.base) });
  for (const { id, slug, level } of await teamsOn(api, repository.id)) {
    if ((await membership(api, { org: org.id, team: id }, user.login)) === "active")
      ways.push({ name: `the team ${slug}`, level });
  }
  return ways;
}

/** May the person do it although neither a team nor the organisation gives it? */
export async function unexplained(home: Home, assignment: Assignment): Promise<boolean> {
  const user = await currentUser(home.api, userId(assignment));
  if (!user) return false;
  const level = rank(await effective(home.api, repositoryOf(assignment), user.login));
  if (level < rank(wantedOf(assignment))) return false;
  return (await otherWays(home, assignment, user)).every((way) => rank(way.level) < level);
}

/** Overlapping requests for one level share the edge, so it is not standing access to any of them. */
export async function verify(home: Home, assignment: Assignment): Promise<Verdict> {
  sameOrganisation(home.org, assignment);
  const user = await currentUser(home.api, userId(assignment));
  if (!user) return { allowed: false, via: [], standing: false };
  const wanted = rank(wantedOf(assignment));
  const repository = repositoryOf(assignment);
  const [collaborators, final, ways] = await Promise.all([
    direct(home.api, repository),
    effective(home.api, repository, user.login),
    otherWays(home, assignment, user),
  ]);
  const own = collaborators.get(user.id);
  const level = rank(final);
  const enough = ways.filter((way) => rank(way.level) >= wanted).map(({ name }) => name);
  const explained = Math.max(own ? wanted : 0, ...ways.map((way) => rank(way.level)));
  // Somebody raised what Lapse gave, or the enterprise gives it: GitHub does not say which.
  if (level >= wanted && level > explained)
    enough.push("another grant of the organisation or the repository");
  const via = [...(own && rank(own.level) >= wanted ? ["collaborator"] : []), ...enough];
  return { allowed: level >= wanted || via.length > 0, via, standing: enough.length > 0 };
}
