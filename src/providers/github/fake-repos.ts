// How does a pretended GitHub answer about collaborators? (https://docs.github.com/en/rest/collaborators)
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import type { Context } from "hono";
import { missing, type Desk } from "./fake-desk.ts";
import {
  atLeast,
  byLogin,
  isExpired,
  levelOn,
  type FakeGitHub,
  type FakeInvitation,
  type FakeLevel,
  type FakeRepository,
} from "./fake-state.ts";

type Permission = Pick<
  Methods["repos"]["getCollaboratorPermissionLevel"]["response"]["data"],
  "permission" | "role_name"
>;

const BY_NUMBER = "/repositories/:id";
const NAMES: Readonly<Record<string, string>> = { pull: "read", push: "write" };
const LEGACY: Readonly<Record<string, string>> = { triage: "read", maintain: "write" };
const LEVELS: readonly FakeLevel[] = ["pull", "triage", "push", "maintain", "admin"];
const named = (level: FakeLevel | undefined): string => NAMES[level ?? ""] ?? level ?? "none";

const flags = (level: FakeLevel | undefined) =>
  Object.fromEntries(LEVELS.map((one) => [one, atLeast(level, one)]));

const repositoryOf = ({ repositories }: FakeGitHub, c: Context): FakeRepository | undefined =>
  repositories.get(Number(c.req.param("id")));

const shown = ({ id, name, owner, isPrivate }: FakeRepository) => ({
  ...{ id, name, private: isPrivate, owner: { id: owner } },
});

function invitation(state: FakeGitHub, one: FakeInvitation) {
  return {
    id: one.id,
    invitee: state.accounts.get(one.invitee) ?? null,
    permissions: named(one.level),
    expired: isExpired(state, one),
  };
}

export function collaboration(desk: Desk): void {
  const { app, hub, list } = desk;
  app.get("/repos/:owner/:name", (c) => {
    const found = [...hub.repositories.values()].find(({ name }) => name === c.req.param("name"));
    return found ? c.json(shown(found)) : missing(c);
  });
  app.get(BY_NUMBER, (c) => {
    const found = repositoryOf(hub, c);
    return found ? c.json(shown(found)) : missing(c);
  });
  app.get(`${BY_NUMBER}/teams`, (c) =>
    list(c, (state) =>
      [...(repositoryOf(state, c)?.teams ?? [])].map(([id, permission]) => ({
        ...{ id, slug: state.teams.get(id)?.slug, permission },
      })),
    ),
  );
  app.get(`${BY_NUMBER}/invitations`, (c) =>
    list(c, (state) => repositoryOf(state, c)?.invitations.map((one) => invitation(state, one))),
  );
  app.get(`${BY_NUMBER}/collaborators`, (c) =>
    list(c, (state) => {
      const repository = repositoryOf(state, c);
      // The highest level is shown, whatever gives it.
      return [...(repository?.direct.keys() ?? [])].map((id) => {
        const level = repository && levelOn(state, id, repository);
        return { ...state.accounts.get(id), role_name: named(level), permissions: flags(level) };
      });
    }),
  );
  app.get(`${BY_NUMBER}/collaborators/:login/permission`, (c) => {
    const [repository, user] = [repositoryOf(hub, c), byLogin(hub, c.req.param("login"))];
    if (!repository || !user) return missing(c);
    const level = levelOn(hub, user.id, repository);
    const permission = named(LEGACY[level ?? ""] === undefined ? level : undefined);
    return c.json<Permission>({ permission: LEGACY[level ?? ""] ?? permission, role_name: named(level) });
  });
  changes(desk);
}

function changes({ app, hub, write }: Desk): void {
  app.put(`${BY_NUMBER}/collaborators/:login`, async (c) => {
    const { permission } = await c.req.json<{ permission: FakeLevel }>();
    return write(c, () => {
      const [repository, user] = [repositoryOf(hub, c), byLogin(hub, c.req.param("login"))];
      if (!repository || !user) return missing(c);
      const base = hub.org.base;
      if (hub.members.has(user.id) && base !== "none" && !atLeast(permission, base))
        return c.json({ message: "Cannot assign a permission below the base permission" }, 422);
      // Whoever is there gets another level, up or down, and the answer is the same.
      if (hub.members.has(user.id) || repository.direct.has(user.id)) {
        repository.direct.set(user.id, permission);
        return c.body(null, 204);
      }
      const made = { id: ++hub.lastId, invitee: user.id, level: permission, at: hub.now };
      repository.invitations = [...repository.invitations, made];
      return c.json(invitation(hub, made), 201);
    });
  });
  app.delete(`${BY_NUMBER}/collaborators/:login`, (c) =>
    write(c, () => {
      const [repository, user] = [repositoryOf(hub, c), byLogin(hub, c.req.param("login"))];
      if (!repository || !user) return missing(c);
      repository.direct.delete(user.id);
      return c.body(null, 204);
    }),
  );
  app.delete(`${BY_NUMBER}/invitations/:invitation`, (c) =>
    write(c, () => {
      const repository = repositoryOf(hub, c);
      const left = repository?.invitations.filter(({ id }) => id !== Number(c.req.param("invitation")));
      if (!repository || left?.length === repository.invitations.length) return missing(c);
      repository.invitations = left ?? [];
      return c.body(null, 204);
    }),
  );
}
