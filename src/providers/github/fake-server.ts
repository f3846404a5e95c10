// How does a pretended GitHub answer? (a double of the part that Lapse asks, and worse: small pages, stale lists, 404 for what is forbidden)
import { Hono } from "hono";
import type { Instant } from "../../core/model.ts";
import { serveLoopback } from "../../conformance/loopback.ts";
import { APP_TOKEN, missing, TOKEN, type Desk, type FakeServer, type FakeSettings } from "./fake-desk.ts";
import { collaboration } from "./fake-repos.ts";
import { byLogin, fakeGitHub, type FakeGitHub } from "./fake-state.ts";
import { teamwork } from "./fake-teams.ts";

export async function fakeServer(now: Instant): Promise<FakeServer> {
  const hub = fakeGitHub(now);
  const settings: FakeSettings = {
    ...{ writes: true, page: 30, flags: true, scopes: "admin:org" },
    permissions: { members: "write", metadata: "read" },
  };
  const app = new Hono();
  const lag = lagging();
  const desk: Desk = {
    ...{ hub, settings, app },
    write: (c, act) => {
      if (!settings.writes) return missing(c);
      const before = structuredClone(hub);
      const answer = act();
      lag.remember(before);
      return answer;
    },
    list: (c, render) => {
      const url = new URL(c.req.url);
      const page = Number(url.searchParams.get("page") ?? "1");
      const key = `${url.pathname}?${url.searchParams.get("role") ?? ""}`;
      const items = render(lag.shown(key, page) ?? hub);
      if (!items) return missing(c);
      const size = Math.min(settings.page, Number(url.searchParams.get("per_page") ?? "30"));
      url.searchParams.set("page", String(page + 1));
      if (page * size < items.length) c.header("Link", `<${url.href}>; rel="next"`);
      return c.json(items.slice((page - 1) * size, page * size));
    },
  };
  guard(desk);
  accounts(desk);
  teamwork(desk);
  collaboration(desk);
  app.notFound(missing);
  const loopback = await serveLoopback((request) => app.fetch(request));
  return { ...loopback, hub, settings, forget: lag.forget };
}

function lagging() {
  let before: FakeGitHub | undefined;
  const shown = new Set<string>();
  const forget = () => {
    before = undefined;
  };
  return {
    forget,
    remember: (state: FakeGitHub) => {
      before = state;
      shown.clear();
    },
    shown: (key: string, page: number) => {
      if (page === 1 && shown.has(key)) forget();
      shown.add(key);
      return before;
    },
  };
}

function guard({ app, settings }: Desk): void {
  app.use("*", async (c, next) => {
    const given = c.req.header("authorization") ?? "";
    const isApp = c.req.path.startsWith("/app/") && /^bearer [\w-]+\.[\w-]+\.[\w-]+$/i.test(given);
    if (!isApp && ![`token ${TOKEN}`, `token ${APP_TOKEN}`].includes(given))
      return c.json({ message: "Bad credentials" }, 401);
    await next();
    if (settings.scopes !== undefined && given.endsWith(TOKEN)) c.header("X-OAuth-Scopes", settings.scopes);
    return undefined;
  });
  app.post("/app/installations/:id/access_tokens", (c) =>
    c.json({ token: APP_TOKEN, expires_at: "2099-01-01T00:00:00Z", permissions: settings.permissions }, 201),
  );
  app.get("/meta", (c) => c.json({ verifiable_password_authentication: false }));
}

function accounts({ app, hub, list }: Desk): void {
  app.get("/users/:login", (c) => {
    const found = byLogin(hub, c.req.param("login"));
    return found ? c.json(found) : missing(c);
  });
  app.get("/user/:id{[0-9]+}", (c) => {
    const found = hub.accounts.get(Number(c.req.param("id")));
    return found ? c.json(found) : missing(c);
  });
  app.get("/user/memberships/orgs/:org", (c) => {
    if (c.req.header("authorization") !== `token ${TOKEN}`)
      return c.json({ message: "Resource not accessible by integration" }, 403);
    return c.json({ state: "active", role: "admin" });
  });
  app.get("/orgs/:org", (c) => {
    const { id, login, base } = hub.org;
    const known = c.req.param("org").toLowerCase() === login;
    return known ? c.json({ id, login, default_repository_permission: base }) : missing(c);
  });
  app.get("/orgs/:org/memberships/:login", (c) => {
    const user = byLogin(hub, c.req.param("login"));
    const role = user && hub.members.get(user.id);
    if (role === undefined) return missing(c);
    return c.json({ state: "active", role, user });
  });
  app.get("/orgs/:org/members", (c) =>
    list(c, ({ members, accounts: all }) =>
      [...members].filter(([, role]) => role === c.req.query("role")).map(([id]) => all.get(id)),
    ),
  );
}
