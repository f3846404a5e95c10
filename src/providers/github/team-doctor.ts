// Can the applier lend the teams that are declared to be Lapse's, and does nobody else fill them?
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { heldRoles, judgeRoles } from "./org-roles.ts";
import { judgeRights } from "./rights.ts";
import {
  administered,
  childrenOf,
  markedTeams,
  markOf,
  roster,
  syncedWith,
  type Home,
  type Team,
} from "./teams.ts";

const NEED = { permissions: ["members"], reads: [], scopes: ["admin:org"] };

/** Members whom no request put there are known to the ledger alone, so they are not judged here. */
export async function doctor(home: Home): Promise<readonly Finding[]> {
  const rights = judgeRights(await home.api.rights(), NEED);
  const teams = await markedTeams(home);
  const owners = teams.length > 0 ? await ownersOf(home) : new Set<number>();
  const findings = [];
  for (const team of teams) findings.push(...(await judgeTeam(home, team, owners)));
  if (teams.length === 0) return [...rights, nothingToLend(home)];
  return [...rights, ...findings, ...judgeRoles(await heldRoles(home), teams)];
}

function nothingToLend({ org, owner }: Home): Finding {
  const fix = `put ${markOf(owner)} into the description of each team that exists for temporary access alone`;
  return error("LPS430", `the applier sees no team of ${org.login} that is declared to be Lapse's`, fix);
}

async function ownersOf({ api, org }: Home): Promise<ReadonlySet<number>> {
  const owners = await api.all<Methods["orgs"]["listMembers"]["response"]["data"][number]>({
    doing: "list the organisation's owners",
    route: "GET /orgs/{org}/members?role=admin",
    values: { org: org.login },
    missing: "forbidden",
  });
  return new Set(owners.map(({ id }) => id));
}

async function judgeTeam(home: Home, team: Team, owners: ReadonlySet<number>): Promise<readonly Finding[]> {
  const { api, org } = home;
  const groups = await syncedWith(api, org, team.slug);
  const children = (await childrenOf(api, team)).map(({ slug }) => slug);
  const repositories = await administered(api, team);
  const maintainers = [...(await roster(api, team)).members.values()]
    .filter(({ id, role }) => role === "maintainer" && !owners.has(id))
    .map(({ login }) => login);
  const name = `the team ${team.slug}`;
  return [
    ...some(groups, (what) =>
      error(
        "LPS430",
        `${name} is filled by an identity provider (${what})`,
        "disconnect it, or lend another team",
      ),
    ),
    ...some(children, (what) =>
      error("LPS432", `everybody in ${what} is a member of ${name}`, "lend a team that has no child teams"),
    ),
    ...some(maintainers, (what) =>
      error(
        "LPS432",
        `${what} can put anybody into ${name}`,
        "leave that to owners: make them no maintainers",
      ),
    ),
    ...some(repositories, (what) =>
      warning(
        "LPS434",
        `${name} administers ${what}: its members could make access that stays`,
        "take admin away",
      ),
    ),
  ];
}

function some(names: readonly string[], finding: (what: string) => Finding): readonly Finding[] {
  return names.length === 0 ? [] : [finding(names.join(", "))];
}
