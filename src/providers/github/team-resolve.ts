// Who and what does a claim on a team mean, and may it be granted at all?
import type { Assignment, Claim } from "../../core/model.ts";
import { word } from "../schema.ts";
import { refuse, resolveUser, standingOf, type Organisation, type User } from "./accounts.ts";
import { heldRoles } from "./org-roles.ts";
import {
  administered,
  childrenOf,
  isMarked,
  markOf,
  teamNamed,
  type Home,
  type Place,
  type Team,
} from "./teams.ts";

/** The edge, and not the request: whoever wants the same membership shares it. Numbers are of one GitHub only. */
export const keyOf = ({ api }: Home, { org, team }: Place, user: number): string =>
  `github:${api.host}/${org}/${team}/${user}`;

/** Throws malformed, subject-missing, role-missing or denied-by-policy. */
export async function resolve(home: Home, claim: Claim): Promise<Assignment> {
  const { api, org } = home;
  const user = await resolveUser(api, claim);
  const team = await teamNamed(api, org, word(claim.role["team"]));
  const inside = await standingOf(api, org, user);
  if (inside === "stranger" || inside === "invited") notInside(org, user);
  await lendable(home, team);
  const { owner, target, provider, connection, scope } = claim;
  return {
    key: keyOf(home, team, user.id),
    ...{ owner, target, provider, connection, scope },
    principal: { id: user.id, login: user.login },
    role: { organisation: org.id, id: team.team, team: team.slug },
  };
}

/** An invitation would make a member of the organisation, which nobody approved and nothing ends. */
export function notInside(org: Organisation, { login }: User): never {
  const fix = `have an owner invite ${login}, and merge the request again once that is accepted`;
  refuse("subject-missing", `${login} is not a member of ${org.login}: ${fix}`, "not-a-member");
}

/** Is it a team for temporary access alone, and one whose members cannot make access that stays? */
async function lendable(home: Home, team: Team): Promise<void> {
  const { api, owner } = home;
  const deny = (why: string) => refuse("denied-by-policy", `the team ${team.slug} ${why}`);
  if (team.type === "enterprise") deny("belongs to the enterprise, where its members come from");
  if (!isMarked(team.description, owner))
    deny(`is not declared to be Lapse's: put ${markOf(owner)} into its description, if it has no members`);
  const children = await childrenOf(api, team);
  if (children.length > 0) deny("has child teams, whose members are its members: use one that has none");
  const powers = [...(await administered(api, team)), ...(await rolesOf(home, team))];
  if (powers.length > 0)
    deny(`administers ${powers.slice(0, 3).join(", ")}: its members could make access that stays`);
}

async function rolesOf(home: Home, { team }: Team): Promise<readonly string[]> {
  const roles = (await heldRoles(home))?.get(team) ?? [];
  return roles.map((name) => `${home.org.login} as ${name}`);
}
