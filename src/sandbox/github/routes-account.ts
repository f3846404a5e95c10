// Who am I, who is that, and what may they do here?
import { need, REPO, refuse } from "./api.ts";
import type { Routes } from "./api.ts";
import { repositoryJson } from "./json-repository.ts";
import { profileJson, userJson } from "./json-user.ts";
import type { Access } from "./state.ts";
import { accountOf } from "./world.ts";

const PRIVATE = {
  private_gists: 0,
  total_private_repos: 0,
  owned_private_repos: 0,
  disk_usage: 0,
  collaborators: 0,
  two_factor_authentication: true,
} as const;

const can = (permission: Access) => ({
  pull: permission !== "none",
  triage: permission === "write" || permission === "admin",
  push: permission === "write" || permission === "admin",
  maintain: permission === "admin",
  admin: permission === "admin",
});

export const accountRoutes: Routes = (api, world) => {
  api.get("/user", (c) => {
    if (c.var.user.type === "Bot") refuse(403, "Resource not accessible by integration");
    return c.json({ ...profileJson(world, c.var.user), ...PRIVATE });
  });
  api.get("/users/:login", (c) => {
    const account = accountOf(c.var.state, c.req.param("login")) ?? refuse(404, "Not Found");
    return c.json(profileJson(world, account));
  });
  api.get("/rate_limit", (c) => {
    const rate = { limit: 5000, remaining: 5000, reset: Math.floor(world.clock() / 1000) + 3600, used: 0 };
    return c.json({ resources: { core: rate, search: rate }, rate });
  });
  api.get(REPO, (c) => {
    need(c, "read");
    const { isPrivate, autoMerge, methods } = c.var.state.settings;
    return c.json({
      ...repositoryJson(world, c.var.state),
      private: isPrivate,
      // Shown to administrators alone.
      ...(c.var.user.permission === "admin" && {
        allow_auto_merge: autoMerge,
        allow_squash_merge: methods.includes("squash"),
        allow_merge_commit: methods.includes("merge"),
        allow_rebase_merge: methods.includes("rebase"),
      }),
    });
  });
  api.get(`${REPO}/collaborators/:login/permission`, (c) => {
    need(c, "write");
    const account = accountOf(c.var.state, c.req.param("login")) ?? refuse(404, "Not Found");
    const { permission } = account;
    const user = {
      ...userJson(world, c.var.state, account.id),
      role_name: permission,
      permissions: can(permission),
    };
    return c.json({ permission, role_name: permission, user });
  });
};
