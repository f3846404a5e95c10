// Do GitHub teams hold against what GitHub really does? (each test is named after one of its habits)
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveLoopback } from "../../src/conformance/loopback.ts";
import { TOKEN, type FakeServer } from "../../src/providers/github/fake-desk.ts";
import type { FakeTeam } from "../../src/providers/github/fake-state.ts";
import { GITHUB } from "../../src/providers/github/pace.ts";
import { openTeams } from "../../src/providers/github/team-session.ts";
import {
  ANN,
  BOB,
  classOf,
  EVE,
  failure,
  OLGA,
  site,
  stateOf,
  WINDOW,
  type Site,
} from "../support/github.ts";

let here: Site;
let server: FakeServer;
let team: FakeTeam;
beforeEach(async () => {
  here = await site("github");
  server = here.server;
  const found = server.hub.teams.get(7001);
  if (!found) throw new Error("no team");
  team = found;
});
afterEach(() => server.stop());

const child = (...members: readonly number[]): FakeTeam => {
  const made: FakeTeam = {
    ...{ id: 7002, slug: "night", description: "", parent: team.id, pending: new Set() },
    members: new Map(members.map((id) => [id, "member"])),
  };
  server.hub.teams.set(made.id, made);
  return made;
};

// https://docs.github.com/en/rest/teams/members#add-or-update-team-membership-for-a-user
describe("a PUT overwrites the role of who is in the team already, so", () => {
  test("a maintainer is foreign: not granted over, not demoted, not removed", async () => {
    const assignment = await here.session.resolve(here.claim());
    team.members.set(ANN, "maintainer");
    expect(await stateOf(here.session, assignment)).toBe("foreign");
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
    expect(await here.session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
    const { state, residue } = await here.session.revoke(assignment);
    expect([state, residue.length]).toEqual(["escaped", 1]);
    expect(team.members.get(ANN)).toBe("maintainer");
    expect(here.count(/^(PUT|DELETE)/)).toBe(0);
  });

  test("who is a member is left as he is, and whoever else is in the team too", async () => {
    team.members.set(BOB, "maintainer");
    const assignment = await here.granted();
    await here.session.grant(assignment, WINDOW);
    expect(here.count(/^PUT/)).toBe(1);
    await here.session.revoke(assignment);
    expect([...team.members]).toEqual([[BOB, "maintainer"]]);
  });

  test("who becomes an owner of the organisation is shown as a maintainer, and is still taken out", async () => {
    const assignment = await here.granted();
    server.hub.members.set(ANN, "admin");
    expect(await stateOf(here.session, assignment)).toBe("held");
    expect((await here.session.revoke(assignment)).state).toBe("escaped");
    expect(team.members.has(ANN)).toBe(false);
  });
});

describe("an invitation is not access, so", () => {
  test("who is not in the organisation is refused, with what to do", async () => {
    const error = await failure(here.session.resolve(here.claim({ identity: "eve" })));
    expect([error.class, error.message]).toEqual(["subject-missing", expect.stringContaining("invite eve")]);
  });

  test("who left it since is not added, and not invited", async () => {
    const assignment = await here.session.resolve(here.claim());
    server.hub.members.delete(ANN);
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("subject-missing");
    expect(here.count(/^PUT/)).toBe(0);
  });

  test("what turns out to be an invitation is taken back at once", async () => {
    const assignment = await here.session.resolve(here.claim());
    server.hub.members.has = () => false;
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("subject-missing");
    expect([here.count(/^PUT/), team.pending.size, team.members.size]).toEqual([1, 0, 0]);
  });

  test("one that is there is pending, allows nothing, and is cancelled by revoking", async () => {
    const assignment = await here.session.resolve(here.claim());
    team.pending.add(ANN);
    expect(await stateOf(here.session, assignment)).toBe("pending");
    expect((await here.session.verify(assignment)).allowed).toBe(false);
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    expect(team.pending.size).toBe(0);
  });
});

// https://docs.github.com/en/rest/teams/members#list-team-members
describe.each([true, false])("members of child teams are members (told so: %s), so", (flags) => {
  beforeEach(() => {
    server.settings.flags = flags;
  });

  test("a team that has children is not lent", async () => {
    child();
    const error = await failure(here.session.resolve(here.claim()));
    expect([error.class, error.message]).toEqual([
      "denied-by-policy",
      expect.stringContaining("child teams"),
    ]);
  });

  test("who is in by a child alone is standing, is not listed, and is not removed", async () => {
    const assignment = await here.session.resolve(here.claim());
    const night = child(ANN);
    expect((await here.session.verify(assignment)).standing).toBe(true);
    expect((await here.session.list()).items).toEqual([]);
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
    expect((await here.session.revoke(assignment)).state).toBe("escaped");
    expect([night.members.has(ANN), here.count(/^PUT/)]).toEqual([true, 0]);
  });

  test("who got into a child since is still taken out of the team itself, or that is said to have failed", async () => {
    const assignment = await here.granted();
    child(ANN);
    server.settings.writes = false;
    expect(await classOf(here.session.revoke(assignment))).toBe("forbidden");
    expect(team.members.has(ANN)).toBe(true);
    server.settings.writes = true;
    expect((await here.session.revoke(assignment)).state).toBe("escaped");
    expect(team.members.has(ANN)).toBe(false);
  });
});

// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
describe("404 is said of what is not there and of what is hidden, so", () => {
  test("a team that is hidden makes nobody absent", async () => {
    const assignment = await here.granted();
    server.fault({ on: /^GET \/organizations\//, do: { is: "status", status: 404 }, times: Infinity });
    expect(await classOf(here.session.observe([assignment]))).toBe("role-missing");
    expect(await classOf(here.session.revoke(assignment))).toBe("role-missing");
    expect(await classOf(here.session.verify(assignment))).toBe("role-missing");
  });

  test("a membership alone that is hidden makes nobody absent", async () => {
    const assignment = await here.granted();
    server.fault({ on: /\/memberships\/ann$/, do: { is: "status", status: 404 }, times: Infinity });
    expect(await classOf(here.session.revoke(assignment))).toBe("transient");
    expect(team.members.has(ANN)).toBe(true);
  });

  test("a team is deleted only for who sees all of them", async () => {
    const assignment = await here.granted();
    server.hub.teams.delete(team.id);
    expect(await stateOf(here.session, assignment)).toBe("absent");
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    server.fault({ on: /^GET \/user\/memberships/, do: { is: "status", status: 403 }, times: Infinity });
    expect(await classOf(here.session.revoke(assignment))).toBe("role-missing");
  });

  test("a team that has the name of a deleted one is another team", async () => {
    const assignment = await here.granted();
    server.hub.teams.delete(team.id);
    server.hub.teams.set(7009, { ...team, id: 7009, members: new Map([[ANN, "member"]]) });
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    expect(server.hub.teams.get(7009)?.members.has(ANN)).toBe(true);
  });

  test("adding that is hidden is forbidden, and says which right it wants", async () => {
    const assignment = await here.session.resolve(here.claim());
    server.settings.writes = false;
    const error = await failure(here.session.grant(assignment, WINDOW));
    expect([error.class, error.message]).toEqual(["forbidden", expect.stringContaining("Members: write")]);
  });
});

describe("a login can be renamed and taken by somebody else, so", () => {
  test("the account is added and taken out, whatever it is called, and never its impostor", async () => {
    const assignment = await here.session.resolve(here.claim());
    const ann = server.hub.accounts.get(ANN);
    if (ann) ann.login = "ann-married";
    here.register(1009, "ann");
    await here.session.grant(assignment, WINDOW);
    expect([...team.members.keys()]).toEqual([ANN]);
    team.members.set(1009, "member");
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    expect([...team.members.keys()]).toEqual([1009]);
  });

  test("the number may be written behind the login, and then it decides", async () => {
    expect(await here.session.resolve(here.claim({ identity: "ann#1001" }))).toMatchObject({
      principal: { id: ANN, login: "ann" },
    });
    expect(await classOf(here.session.resolve(here.claim({ identity: "ann#1002" })))).toBe("subject-missing");
  });

  test("an account that is gone has no access any more", async () => {
    const assignment = await here.granted();
    team.members.delete(ANN);
    server.hub.members.delete(ANN);
    server.hub.accounts.delete(ANN);
    expect((await here.session.revoke(assignment)).state).toBe("absent");
  });

  test("an organisation of that name that is another one is not acted on", async () => {
    const assignment = await here.granted();
    const elsewhere = { ...assignment, role: { ...assignment.role, organisation: 43 } };
    expect(await classOf(here.session.revoke(elsewhere))).toBe("target-missing");
    expect(await classOf(here.session.observe([elsewhere]))).toBe("target-missing");
  });
});

describe("some teams are not for lending:", () => {
  test("one that does not say so itself", async () => {
    team.description = "not-lapse:lapse lapse:lapse2";
    const error = await failure(here.session.resolve(here.claim()));
    expect([error.class, error.message]).toEqual([
      "denied-by-policy",
      expect.stringContaining("lapse:lapse"),
    ]);
  });

  test("one that administers a repository", async () => {
    server.hub.repositories.get(9001)?.teams.set(team.id, "admin");
    expect(await classOf(here.session.resolve(here.claim()))).toBe("denied-by-policy");
  });

  // https://docs.github.com/en/rest/orgs/organization-roles
  test.each([
    ["all_repo_admin", null, []],
    ["ci_cd_admin", null, ["write_organization_actions_secrets"]],
    ["app_manager", null, []],
    ["night-watch", "admin", []],
    ["hooks", null, ["read_audit_logs", "manage_organization_webhooks"]],
    ["keys", "read", ["manage_deploy_keys"]],
  ])("one that holds the organisation's role %s", async (name, base_role, permissions) => {
    const teams = new Set([team.id]);
    server.hub.roles.push({ id: 1, name: "other", permissions, base_role, teams: new Set([7009]) });
    server.hub.roles.push({ id: 2, name, permissions, base_role, teams });
    const error = await failure(here.session.resolve(here.claim()));
    expect([error.class, error.message]).toEqual(["denied-by-policy", expect.stringContaining(name)]);
    expect((await here.session.doctor()).map(({ code, message }) => [code, message])).toEqual([
      ["LPS434", expect.stringContaining(name)],
    ]);
  });

  test("but one whose role only looks is lent", async () => {
    for (const name of ["all_repo_read", "auditors"])
      server.hub.roles.push({ id: 3, name, permissions: ["read_audit_logs"], teams: new Set([team.id]) });
    expect((await here.session.resolve(here.claim())).role).toMatchObject({ id: team.id });
  });

  test("and one whose roles are hidden is lent, which doctor says; roles that do not answer are asked again", async () => {
    const on = /\/organization-roles/;
    server.fault({ on, do: { is: "status", status: 403 }, times: 2 });
    await here.session.resolve(here.claim());
    expect((await here.session.doctor()).map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      "LPS430 warning",
    ]);
    server.fault({ on, do: { is: "status", status: 404 }, times: 2 });
    await here.session.resolve(here.claim());
    expect(await here.session.doctor()).toEqual([]);
    server.fault({ on, do: { is: "status", status: 502 }, times: Infinity });
    expect(await classOf(here.session.resolve(here.claim()))).toBe("transient");
  });

  // The 403 of https://docs.github.com/en/rest/teams/members#add-or-update-team-membership-for-a-user
  test("one that an identity provider fills", async () => {
    const assignment = await here.session.resolve(here.claim());
    team.group = "engineers";
    const error = await failure(here.session.grant(assignment, WINDOW));
    expect([error.class, error.message]).toEqual([
      "denied-by-policy",
      expect.stringContaining("identity provider"),
    ]);
  });

  test("a refusal that no identity provider explains is a missing right", async () => {
    const assignment = await here.session.resolve(here.claim());
    const headers = { "x-accepted-github-permissions": "members=write" };
    server.fault({ on: /^PUT/, do: { is: "status", status: 403, headers } });
    const error = await failure(here.session.grant(assignment, WINDOW));
    expect([error.class, error.message]).toEqual(["forbidden", expect.stringContaining("members=write")]);
  });

  test("and an owner of the organisation needs none", async () => {
    const assignment = await here.session.resolve(here.claim({ identity: "olga" }));
    expect(await here.session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("denied-by-policy");
  });
});

describe("answers get lost, late and stale, so", () => {
  test("a list that does not show yet what was written does not end the case", async () => {
    const assignment = await here.session.resolve(here.claim());
    // A run that died right behind its PUT.
    const route = `${server.url}/organizations/42/team/${team.id}/memberships/ann`;
    await fetch(route, { method: "PUT", headers: { authorization: `token ${TOKEN}` } });
    expect((await (await here.connect()).revoke(assignment)).state).toBe("absent");
    expect(team.members.has(ANN)).toBe(false);
  });

  test("a write is sent once, though its answer got lost", async () => {
    const assignment = await here.session.resolve(here.claim());
    server.fault({ on: /^PUT/, do: { is: "reset", effect: "after" } });
    expect(await failure(here.session.grant(assignment, WINDOW))).toMatchObject({
      class: "transient",
      retryable: true,
    });
    await here.session.grant(assignment, WINDOW);
    expect([here.count(/^PUT/), team.members.has(ANN)]).toEqual([1, true]);
  });

  test("a read is repeated", async () => {
    server.fault({ on: /^GET \/users\/ann/, do: { is: "status", status: 502 }, times: 2 });
    await here.session.resolve(here.claim());
    expect(here.count(/^GET \/users\/ann/)).toBe(3);
  });

  test("a server that hangs is left after the bound", async () => {
    const session = await here.connect({}, 200);
    server.fault({ on: /^GET \/users/, do: { is: "hang", effect: "before" }, times: Infinity });
    const start = performance.now();
    expect(await classOf(session.resolve(here.claim()))).toBe("transient");
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(here.count(/^GET \/users/)).toBe(1);
  });

  test("a page of a proxy is no answer", async () => {
    const assignment = await here.granted();
    const page = { is: "status", status: 200, body: "<html>sign in</html>" } as const;
    server.fault({ on: /\/members\?/, do: page, times: Infinity });
    expect(await classOf(here.session.observe([assignment]))).toBe("transient");
    server.fault({ on: /^GET \/users/, do: page });
    expect(await classOf(here.session.resolve(here.claim()))).toBe("transient");
  });

  test("a removal that has no effect is not believed", async () => {
    const assignment = await here.granted();
    server.fault({ on: /^DELETE/, do: { is: "status", status: 200 }, times: Infinity });
    expect(await classOf(here.session.revoke(assignment))).toBe("transient");
  });
});

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
describe("GitHub limits how much it is asked, so", () => {
  const secondary = JSON.stringify({ message: "You have exceeded a secondary rate limit" });
  const json = { "content-type": "application/json" };

  test("a call waits as long as it is told, if that is short", async () => {
    const headers = { ...json, "retry-after": "1" };
    server.fault({ on: /^GET \/users/, do: { is: "status", status: 403, headers, body: secondary } });
    const start = performance.now();
    await here.session.resolve(here.claim());
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
  });

  test.each([
    ["without a time", 403, {}],
    ["for longer than a call may take", 429, { "retry-after": "3600" }],
    ["until the hour is over", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800" }],
  ])("a call that is refused %s is throttled, and asks nothing meanwhile", async (_, status, more) => {
    const headers = { ...json, ...more };
    server.fault({ on: /^GET \/users/, do: { is: "status", status, headers, body: secondary } });
    expect(await failure(here.session.resolve(here.claim()))).toMatchObject({
      class: "throttled",
      retryable: true,
    });
    const calls = server.calls.length;
    expect(await classOf(here.session.doctor())).toBe("throttled");
    expect(server.calls.length).toBe(calls);
  });

  test("writes are a second apart, but on this machine", async () => {
    const secret = () => TOKEN;
    const options = { owner: "lapse", secret, timeout: 5_000 };
    const session = await openTeams({ organisation: "acme", tokenEnv: "T", api: server.url }, options, {
      ...GITHUB,
      again: 20,
    });
    const assignment = await session.resolve(here.claim());
    const start = performance.now();
    await session.grant(assignment, WINDOW);
    await session.revoke(assignment);
    expect(performance.now() - start).toBeGreaterThan(950);
  });
});

describe("lists come in pages, so", () => {
  test("a team of more than one page is listed to its end, without marks", async () => {
    for (let id = 2001; id <= 2065; id += 1) {
      here.register(id, `user-${id}`);
      team.members.set(id, "member");
    }
    const { items, complete } = await here.session.list();
    expect([items.length, complete]).toEqual([65, true]);
    expect(items.some(({ mark }) => mark !== undefined)).toBe(false);
  });

  test("the token goes to no other server", async () => {
    const thief = await serveLoopback(() => Response.json([]));
    const headers = { link: `<${thief.url}/members>; rel="next"`, "content-type": "application/json" };
    server.fault({ on: /\/members\?/, do: { is: "status", status: 200, headers, body: "[]" }, times: 9 });
    expect((await here.session.list()).complete).toBe(false);
    expect(thief.calls).toEqual([]);
    await thief.stop();
  });
});

describe("doctor", () => {
  const codes = async () => (await here.session.doctor()).map(({ code, severity }) => `${code} ${severity}`);

  test("is content with one team, and members:write", async () => {
    expect(await codes()).toEqual([]);
  });

  test("shows what the token lacks and what it has too much of", async () => {
    server.settings.scopes = "read:org, delete_repo";
    expect(await codes()).toEqual(["LPS430 error", "LPS431 warning"]);
  });

  test("shows that no team is declared", async () => {
    team.description = "";
    expect(await codes()).toEqual(["LPS430 error"]);
  });

  test("shows who fills the team beside Lapse, and what makes it last", async () => {
    team.members.set(BOB, "maintainer").set(OLGA, "maintainer");
    child(EVE);
    team.group = "engineers";
    server.hub.repositories.get(9001)?.teams.set(team.id, "admin");
    expect(await codes()).toEqual(["LPS430 error", "LPS432 error", "LPS432 error", "LPS434 warning"]);
    const told = (await here.session.doctor()).map(({ message }) => message).join();
    expect([told.includes("bob"), told.includes("olga")]).toEqual([true, false]);
  });
});
