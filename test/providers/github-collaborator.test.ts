// Do collaborators on a repository hold against what GitHub really does? (each test is named after one of its habits)
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FakeServer } from "../../src/providers/github/fake-desk.ts";
import { accept, type FakeRepository } from "../../src/providers/github/fake-state.ts";
import { provider } from "../../src/providers/github/collaborator.ts";
import { ANN, classOf, EVE, failure, site, stateOf, WINDOW, type Site } from "../support/github.ts";

const WEEK = 7 * 86_400_000;

let here: Site;
let server: FakeServer;
let repository: FakeRepository;
beforeEach(async () => {
  here = await site("github-collaborator");
  server = here.server;
  const found = server.hub.repositories.get(9001);
  if (!found) throw new Error("no repository");
  repository = found;
});
afterEach(() => server.stop());

const level = (permission: string) => ({ role: { repository: "orders", permission } });

// https://docs.github.com/en/rest/collaborators/collaborators#add-a-repository-collaborator
describe("a PUT changes the level of who is there, with the same 204, so", () => {
  test.each(["admin", "maintain", "pull"] as const)("who has %s already keeps it", async (has) => {
    const assignment = await here.session.resolve(here.claim());
    repository.direct.set(ANN, has);
    expect(await stateOf(here.session, assignment)).toBe("foreign");
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
    const { state } = await here.session.revoke(assignment);
    expect(state).toBe(has === "pull" ? "absent" : "escaped");
    expect(repository.direct.get(ANN)).toBe(has);
    expect(here.count(/^(PUT|DELETE)/)).toBe(0);
  });

  test("two levels for one person are two accesses that exclude each other", async () => {
    const first = await here.granted();
    const second = await here.session.resolve(here.claim(level("triage")));
    expect(second.key).not.toBe(first.key);
    expect(await classOf(here.session.grant(second, WINDOW))).toBe("conflict");
    await here.session.revoke(second);
    expect(repository.direct.get(ANN)).toBe("push");
  });

  test("who was raised since is left as he is, and that is said", async () => {
    const assignment = await here.granted();
    repository.direct.set(ANN, "maintain");
    const { state, residue } = await here.session.revoke(assignment);
    expect([state, residue.length, repository.direct.get(ANN)]).toEqual(["escaped", 1, "maintain"]);
  });
});

describe("the highest level is shown, whatever gives it, so", () => {
  test("what Lapse gave is found and taken away below what a team gives", async () => {
    const assignment = await here.granted();
    server.hub.teams.get(7001)?.members.set(ANN, "member");
    repository.teams.set(7001, "admin");
    expect(await stateOf(here.session, assignment)).toBe("held");
    expect((await here.session.revoke(assignment)).state).toBe("escaped");
    expect(repository.direct.has(ANN)).toBe(false);
  });

  test.each([
    ["a team", () => repository.teams.set(7001, "push"), "the team deploy-production"],
    ["the organisation's base permission", () => (server.hub.org.base = "push"), "every member of acme"],
    ["owning the organisation", () => server.hub.members.set(ANN, "admin"), "owner of acme"],
  ])("access by %s is standing", async (_, give, name) => {
    const assignment = await here.session.resolve(here.claim());
    server.hub.teams.get(7001)?.members.set(ANN, "member");
    give();
    const verdict = await (await here.connect()).verify(assignment);
    expect(verdict).toEqual({ allowed: true, via: [name], standing: true });
  });

  test("everybody may read what is public", async () => {
    repository.isPrivate = false;
    const assignment = await here.session.resolve(here.claim(level("pull")));
    expect((await here.session.verify(assignment)).via).toEqual(["everybody"]);
  });

  test("a lower level is no standing access to a higher one", async () => {
    server.hub.org.base = "pull";
    const assignment = await here.session.resolve(here.claim());
    expect(await here.session.verify(assignment)).toEqual({ allowed: false, via: [], standing: false });
  });
});

describe("whoever is outside of the organisation is invited, so", () => {
  const eve = () => here.granted({ identity: "eve" });

  test("the access is pending until he accepts, and then it is there", async () => {
    const assignment = await eve();
    expect(await stateOf(here.session, assignment)).toBe("pending");
    expect((await here.session.verify(assignment)).allowed).toBe(false);
    await here.session.grant(assignment, WINDOW);
    expect(here.count(/^PUT/)).toBe(1);
    accept(server.hub, repository, EVE);
    expect(await stateOf(here.session, assignment)).toBe("held");
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    expect(repository.direct.size).toBe(0);
  });

  test("revoking deletes the invitation, the expired one too", async () => {
    for (const later of [0, WEEK]) {
      const assignment = await eve();
      server.hub.now += later;
      expect(await stateOf(here.session, assignment)).toBe(later === 0 ? "pending" : "tombstone");
      expect((await here.session.revoke(assignment)).state).toBe("absent");
      expect(repository.invitations).toEqual([]);
    }
  });

  test("an invitation to another level is somebody else's, and stays", async () => {
    const assignment = await here.session.resolve(here.claim({ identity: "eve" }));
    repository.invitations = [{ id: 1, invitee: EVE, level: "pull", at: server.hub.now }];
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
    await here.session.revoke(assignment);
    expect(repository.invitations.length).toBe(1);
  });

  test("whoever took the login meanwhile is not invited in his place", async () => {
    const assignment = await here.session.resolve(here.claim({ identity: "eve" }));
    const account = server.hub.accounts.get(EVE);
    // Renamed, and taken by somebody else, between the look at the account and the invitation.
    server.fault({
      on: /^GET \/user\/1004/,
      do: {
        ...{ is: "status", status: 200, headers: { "content-type": "application/json" } },
        body: JSON.stringify({ id: EVE, login: "eve" }),
      },
      times: Infinity,
    });
    if (account) account.login = "eve-married";
    server.hub.accounts.set(1009, { id: 1009, login: "eve", type: "User" });
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
    expect(repository.invitations).toEqual([]);
  });
});

describe("answers are stale and say little, so", () => {
  test("a list that does not show yet what was written does not end the case", async () => {
    const assignment = await here.session.resolve(here.claim());
    server.fault({ on: /^PUT/, do: { is: "reset", effect: "after" } });
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("transient");
    expect((await (await here.connect()).revoke(assignment)).state).toBe("absent");
    expect(repository.direct.has(ANN)).toBe(false);
  });

  test("an invitation that is not shown yet does not end the case", async () => {
    const assignment = await here.session.resolve(here.claim({ identity: "eve" }));
    server.fault({ on: /^PUT/, do: { is: "reset", effect: "after" } });
    expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("transient");
    expect((await (await here.connect()).revoke(assignment)).state).toBe("absent");
    expect(repository.invitations).toEqual([]);
  });

  describe("who is not listed, but can do what only an entry would give,", () => {
    const body = {
      is: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: "[]",
    } as const;
    /** The list is behind for as many readings as one look takes, or for ever. */
    const unlisted = (times = 5) => {
      server.fault({ on: /\/collaborators\?/, do: body, times });
    };

    test("is removed all the same", async () => {
      const assignment = await here.granted();
      unlisted();
      expect((await here.session.revoke(assignment)).state).toBe("absent");
      expect([repository.direct.has(ANN), here.count(/^DELETE/)]).toEqual([false, 1]);
    });

    test("is not said to have escaped while that goes on", async () => {
      const assignment = await here.granted();
      unlisted(Infinity);
      server.fault({ on: /^DELETE/, do: { is: "status", status: 204 }, times: Infinity });
      expect((await here.session.revoke(assignment)).state).toBe("sent");
      server.heal();
      expect((await here.session.revoke(assignment)).state).toBe("absent");
      expect(repository.direct.has(ANN)).toBe(false);
    });

    test("is not said to be on his way out by who must not remove him", async () => {
      const assignment = await here.granted();
      unlisted(Infinity);
      server.settings.writes = false;
      expect(await classOf(here.session.revoke(assignment))).toBe("forbidden");
    });
  });

  test("a removal that has no effect is not believed", async () => {
    const assignment = await here.granted();
    server.fault({ on: /^DELETE/, do: { is: "status", status: 200 }, times: Infinity });
    expect(await classOf(here.session.revoke(assignment))).toBe("transient");
  });

  test("a repository that is hidden makes nobody absent", async () => {
    const assignment = await here.granted();
    server.fault({ on: /^GET \/repositories/, do: { is: "status", status: 404 }, times: Infinity });
    expect(await classOf(here.session.observe([assignment]))).toBe("role-missing");
    expect(await classOf(here.session.revoke(assignment))).toBe("role-missing");
  });

  test("a repository that was renamed is the same one; one of its name is not", async () => {
    const assignment = await here.granted();
    repository.name = "orders-old";
    server.hub.repositories.set(9002, {
      ...repository,
      id: 9002,
      name: "orders",
      direct: new Map([[ANN, "push"]]),
    });
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    expect([repository.direct.size, server.hub.repositories.get(9002)?.direct.size]).toEqual([0, 1]);
  });

  test("a repository that moved to another organisation is not acted on", async () => {
    const assignment = await here.granted();
    repository.owner = 43;
    expect(await classOf(here.session.revoke(assignment))).toBe("role-missing");
    expect(repository.direct.has(ANN)).toBe(true);
  });

  test("a level below the organisation's base is refused with the reason", async () => {
    const assignment = await here.session.resolve(here.claim());
    server.hub.org.base = "maintain";
    const error = await failure(here.session.grant(assignment, WINDOW));
    expect([error.class, error.vendorCode]).toEqual(["denied-by-policy", "422"]);
  });
});

describe("it is discouraged:", () => {
  test("doctor, the pull request and the residue say why", async () => {
    const findings = await here.session.doctor();
    expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["LPS434 warning"]);
    expect(provider.capabilities.residue.join()).toContain("private forks");
  });

  test("administering a repository outlives any end, and is refused", async () => {
    expect(provider.selfPerpetuating({ permission: "admin" })).toContain("deploy keys");
    expect(provider.selfPerpetuating({ permission: "maintain" })).toBeUndefined();
    expect(await classOf(here.session.resolve(here.claim(level("admin"))))).toBe("denied-by-policy");
  });

  test.each([".", ".."])("the repository %s is not asked for", (name) => {
    expect(provider.lint({ identity: "ann", role: { repository: name }, scope: {} })).toBeDefined();
  });
});
