// How does a pretended GitHub answer about teams? (https://docs.github.com/en/rest/teams)
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import type { Context } from "hono";
import { missing, type Desk } from "./fake-desk.ts";
import {
  byLogin,
  childrenOf,
  rolesIn,
  type FakeAccount,
  type FakeGitHub,
  type FakeTeam,
} from "./fake-state.ts";

type Team = Pick<
  Methods["teams"]["list"]["response"]["data"][number],
  "id" | "slug" | "description" | "type" | "permission"
>;
type Membership = Pick<Methods["teams"]["getMembershipForUserInOrg"]["response"]["data"], "role" | "state">;

const BY_NUMBER = "/organizations/:org/team/:team";

function shown({ id, slug, description }: FakeTeam): Team {
  return { id, slug, description, permission: "pull", type: "organization" };
}

const teamOf = ({ teams, org }: FakeGitHub, c: Context): FakeTeam | undefined =>
  Number(c.req.param("org")) === org.id ? teams.get(Number(c.req.param("team"))) : undefined;

export function teamwork(desk: Desk): void {
  const { app, hub, list } = desk;
  const named = (c: Context) => [...hub.teams.values()].find(({ slug }) => slug === c.req.param("slug"));
  app.get("/orgs/:org/teams", (c) => list(c, ({ teams }) => [...teams.values()].map(shown)));
  app.get("/orgs/:org/teams/:slug", (c) => {
    const team = named(c);
    return team ? c.json(shown(team)) : missing(c);
  });
  app.get("/orgs/:org/teams/:slug/team-sync/group-mappings", (c) => {
    const group = named(c)?.group;
    if (group === undefined) return c.json({ message: "This team is not externally managed." }, 403);
    return c.json({ groups: [{ group_id: "1", group_name: group, group_description: "" }] });
  });
  app.get(`${BY_NUMBER}/teams`, (c) =>
    list(c, (state) => {
      const team = teamOf(state, c);
      return team && childrenOf(state, team).map(shown);
    }),
  );
  app.get(`${BY_NUMBER}/repos`, (c) =>
    list(c, (state) => {
      const team = teamOf(state, c);
      const mine = [...state.repositories.values()].filter(({ teams }) => teams.has(team?.id ?? 0));
      return team && mine.map((one) => repository(one.name, one.teams.get(team.id) === "admin"));
    }),
  );
  app.get(`${BY_NUMBER}/members`, (c) =>
    list(c, (state) => {
      const team = teamOf(state, c);
      return team && membersOf(desk, state, { team, role: c.req.query("role") ?? "all" });
    }),
  );
  memberships(desk);
  roles(desk);
}

/** https://docs.github.com/en/rest/orgs/organization-roles: one answer for all roles, pages for those who hold one. */
function roles({ app, hub, list }: Desk): void {
  const route = "/orgs/:org/organization-roles";
  app.get(route, (c) =>
    c.json({
      total_count: hub.roles.length,
      roles: hub.roles.map((role) => ({ ...role, teams: undefined })),
    }),
  );
  app.get(`${route}/:id/teams`, (c) =>
    list(c, (state) => {
      const role = state.roles.find(({ id }) => id === Number(c.req.param("id")));
      const holders = [...state.teams.values()].filter(({ id }) => role?.teams.has(id) === true);
      return role && holders.map((team) => ({ ...shown(team), assignment: "direct" }));
    }),
  );
}

const repository = (name: string, admin: boolean) => ({
  name,
  permissions: { admin, pull: true },
  role_name: admin ? "admin" : "read",
});

function membersOf(
  { settings }: Desk,
  state: FakeGitHub,
  { team, role }: { readonly team: FakeTeam; readonly role: string },
): readonly (FakeAccount | undefined)[] {
  return [...rolesIn(state, team)]
    .filter(([, is]) => role === "all" || is.role === role)
    .map(([id, is]) => {
      const account = state.accounts.get(id);
      return account && { ...account, ...(settings.flags && is) };
    });
}

function memberships({ app, hub, write }: Desk): void {
  const route = `${BY_NUMBER}/memberships/:login`;
  const found = (c: Context) => ({ team: teamOf(hub, c), user: byLogin(hub, c.req.param("login") ?? "") });
  app.get(route, (c) => {
    const { team, user } = found(c);
    if (!team || !user) return missing(c);
    if (team.pending.has(user.id)) return c.json<Membership>({ state: "pending", role: "member" });
    const is = rolesIn(hub, team).get(user.id);
    return is ? c.json<Membership>({ state: "active", role: is.role }) : missing(c);
  });
  app.put(route, (c) =>
    write(c, () => {
      const { team, user } = found(c);
      if (!team || !user) return missing(c);
      if (team.group !== undefined) return c.json({ message: "This team is externally managed." }, 403);
      if (user.type !== "User") return c.json({ message: "Cannot add an organization" }, 422);
      // Whoever is not in the organisation is invited into it; whoever is in the team gets the role that was sent.
      const active = hub.members.has(user.id);
      if (active) team.members.set(user.id, "member");
      else team.pending.add(user.id);
      return c.json<Membership>({ state: active ? "active" : "pending", role: "member" });
    }),
  );
  app.delete(route, (c) =>
    write(c, () => {
      const { team, user } = found(c);
      if (!team || !user) return missing(c);
      if (team.group !== undefined) return c.json({ message: "This team is externally managed." }, 403);
      team.members.delete(user.id);
      team.pending.delete(user.id);
      // Also for who was not in it, as for who is still in it by a child team.
      return c.body(null, 204);
    }),
  );
}
