// Does the PostgreSQL provider hold against what real servers do? (each test is named after one of their habits)
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Assignment, Claim, Instant } from "../src/core/model.ts";
import { provider } from "../src/providers/postgres/index.ts";
import { roleName } from "../src/providers/postgres/names.ts";
import type { Session } from "../src/providers/provider.ts";
import { startPostgres, type PostgresServer } from "../src/sandbox/postgres.ts";
import { classOf, codeOf, LATER, NOW, quote, site, WINDOW, type Site } from "./support/postgres.ts";

describe.each([14, 16, 18] as const)("PostgreSQL %i", (major) => {
  const modern = major >= 16;
  let server: PostgresServer;
  let here: Site;
  let session: Session;

  beforeAll(async () => {
    server = await startPostgres({ major });
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    here = await site(server);
    session = await here.connect();
  });
  afterEach(() => here.close());

  const granted = async (more: Partial<Claim> = {}): Promise<Assignment> => {
    const assignment = await session.resolve(here.claim(more));
    await session.grant(assignment, WINDOW);
    return assignment;
  };
  const own = (assignment: Assignment) => quote(assignment.mark ?? "");
  const comment = (assignment: Assignment, text: string) =>
    here.admin(`COMMENT ON ROLE ${own(assignment)} IS '${text}'`);
  const edges = () => here.admin("SELECT to_json(m) FROM pg_auth_members m ORDER BY roleid, member, grantor");

  test("a standing membership that the administrator gave is still there, row for row", async () => {
    await here.admin(`GRANT ${quote(here.role)} TO ${quote(here.ann)}`);
    const before = await edges();
    const assignment = await granted();
    expect((await session.verify(assignment)).via).toEqual(
      expect.arrayContaining([here.ann, assignment.mark]),
    );
    await session.revoke(assignment);
    expect(await edges()).toEqual(before);
  });

  test("D20: SET ROLE is of no use from 16 on, and its session is ended before", async () => {
    const assignment = await granted();
    const ann = await here.login(here.ann);
    const set = [here.role, assignment.mark ?? ""].map((role) =>
      codeOf(ann.query(`SET ROLE ${quote(role)}`)),
    );
    expect(await Promise.all(set)).toEqual(modern ? ["42501", "42501"] : ["none", "none"]);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent", residue: [] });
    expect(await codeOf(ann.query("SELECT 1"))).not.toBe("none");
  });

  test("an open session loses inherited rights at its next statement, even if it is left alone", async () => {
    const kind = await here.connect({ terminate: false });
    const assignment = await granted();
    const ann = await here.login(here.ann);
    const read = `SELECT FROM ${quote(here.role.replace("_read", ""))}`;
    expect(await codeOf(ann.query({ name: "prepared", text: read }))).toBe("none");
    expect((await kind.revoke(assignment)).residue).toEqual(["1 open session(s) go on until they end"]);
    expect(await codeOf(ann.query({ name: "prepared", text: read }))).toBe("42501");
    expect(await codeOf(ann.query("SELECT 1"))).toBe("none");
  });

  test("sessions of others, and of a subject who may go on, are not ended", async () => {
    const first = await granted();
    const second = await granted({ request: "second" });
    const [ann, bob] = [await here.login(here.ann), await here.login(here.bob)];
    await session.revoke(first);
    expect(await codeOf(ann.query("SELECT 1"))).toBe("none");
    await session.revoke(second);
    expect(await codeOf(ann.query("SELECT 1"))).not.toBe("none");
    expect(await codeOf(bob.query("SELECT 1"))).toBe("none");
  });

  test("D20: an applier without pg_signal_backend says which sessions go on", async () => {
    await here.admin(`REVOKE pg_signal_backend FROM ${quote(here.applier)}`);
    const assignment = await granted();
    await here.login(here.ann);
    const { state, residue } = await session.revoke(assignment);
    expect(state).toBe("absent");
    expect(residue).toEqual([expect.stringContaining("pg_signal_backend")]);
  });

  test("a subject that blocks DROP ROLE from another database loses the access all the same", async () => {
    const other = `${here.ann}_db`;
    await here.admin(`CREATE DATABASE ${quote(other)} OWNER ${quote(here.ann)}`);
    const assignment = await granted();
    const there = await here.login(here.ann, other);
    await there.query("CREATE SCHEMA hers");
    await there.query(`GRANT USAGE ON SCHEMA hers TO ${own(assignment)}`);
    const { state, residue } = await session.revoke(assignment);
    expect(state).toBe("absent");
    expect(residue).toEqual([expect.stringMatching(`tombstone: 1 object\\(s\\) in database ${other}`)]);
    expect(await here.can(here.ann)).toBe(false);
    expect(await session.observe([assignment])).toMatchObject([{ state: "tombstone" }]);
    expect((await session.list()).items).toEqual([]);
    expect(await session.cleanup()).toEqual([]);
    expect(await session.doctor()).toContainEqual(expect.objectContaining({ code: "LPS420" }));
    await here.admin(`DROP DATABASE ${quote(other)} WITH (FORCE)`);
    expect(await session.cleanup()).toEqual([`removed the role ${assignment.mark ?? ""}`]);
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
  });

  test("many appliers at once do not trip over each other", async () => {
    const made = await Promise.all(
      [1, 2, 3, 4, 5].map(async (n) => {
        const one = await here.connect();
        const assignment = await one.resolve(here.claim({ request: `request-${n}` }));
        await one.grant(assignment, WINDOW);
        return { one, assignment };
      }),
    );
    expect((await session.list()).items).toHaveLength(5);
    await Promise.all(made.map(({ one, assignment }) => one.revoke(assignment)));
    expect((await session.list()).items).toEqual([]);
    expect(await here.can(here.ann)).toBe(false);
  });

  test("names over 63 bytes are not cut off and do not collide", async () => {
    const long = "x".repeat(60);
    const [one, two] = [await granted({ request: `${long}1` }), await granted({ request: `${long}2` })];
    expect(one.mark).not.toBe(two.mark);
    expect([one, two].map(({ mark }) => Buffer.byteLength(mark ?? ""))).toEqual([
      expect.toSatisfy((n: number) => n <= 63),
      expect.toSatisfy((n: number) => n <= 63),
    ]);
    await session.revoke(one);
    expect(await session.observe([one, two])).toMatchObject([{ state: "absent" }, { state: "ours" }]);
    expect(await classOf(session.resolve(here.claim({ identity: "ä".repeat(32) })))).toBe("malformed");
  });

  test("a role with a hostile name is granted, and nothing else is", async () => {
    const hostile = `r"; GRANT ${here.role} TO ${here.bob}; --'\\`;
    await here.admin(`CREATE ROLE ${quote(hostile)}`);
    const how = modern ? "ADMIN TRUE, INHERIT FALSE, SET FALSE" : "ADMIN OPTION";
    await here.admin(`GRANT ${quote(hostile)} TO ${quote(here.applier)} WITH ${how}`);
    const assignment = await granted({ role: { roles: [hostile] } });
    expect(await session.verify(assignment)).toMatchObject({ allowed: true });
    expect([await here.can(here.ann), await here.can(here.bob)]).toEqual([false, false]);
    await session.revoke(assignment);
    await here.admin(`DROP ROLE ${quote(hostile)}`);
  });

  test.each([
    ["is a superuser", "ALTER ROLE %r SUPERUSER"],
    ["can create roles", "ALTER ROLE %r CREATEROLE"],
    ["can replicate", "ALTER ROLE %r REPLICATION"],
    ["reaches files", "GRANT pg_read_server_files TO %r"],
    ["can give roles to others", "GRANT pg_monitor TO %r WITH ADMIN OPTION"],
  ])("a role that %s is not lent", async (words, change) => {
    await here.admin(change.replace("%r", quote(here.role)));
    const refused = session.resolve(here.claim());
    await expect(refused).rejects.toMatchObject({
      class: "denied-by-policy",
      message: expect.stringContaining(words) as string,
    });
  });

  test("a role that the applier does not administer, and subjects that are nobody's account, are refused", async () => {
    await here.admin(`REVOKE ADMIN OPTION FOR ${quote(here.role)} FROM ${quote(here.applier)} CASCADE`);
    expect(await classOf(session.resolve(here.claim()))).toBe("forbidden");
    expect(await classOf(session.resolve(here.claim({ identity: here.applier })))).toBe("denied-by-policy");
    await here.admin(`ALTER ROLE ${quote(here.bob)} NOLOGIN`);
    expect(await classOf(session.resolve(here.claim({ identity: here.bob })))).toBe("subject-missing");
  });

  test("a NOINHERIT subject can use the access from 16 on, and is refused before", async () => {
    await here.admin(`ALTER ROLE ${quote(here.ann)} NOINHERIT`);
    if (!modern) {
      expect(await classOf(session.resolve(here.claim()))).toBe("denied-by-policy");
      return;
    }
    await granted();
    expect(await here.can(here.ann)).toBe(true);
  });

  test("an escape through a team, or through SET ROLE alone, is seen", async () => {
    const assignment = await granted();
    const team = quote(`${here.ann}_team`);
    await here.admin(`CREATE ROLE ${team}`);
    await here.admin(`GRANT ${quote(here.role)} TO ${team}`);
    await here.admin(`GRANT ${team} TO ${quote(here.ann)}`);
    if (modern) await here.admin(`GRANT ${team} TO ${quote(here.ann)} WITH INHERIT FALSE, SET TRUE`);
    const { via } = await session.verify(assignment);
    expect([...via].sort()).toEqual([assignment.mark, `${here.ann}_team`].sort());
    expect((await session.revoke(assignment)).state).toBe("escaped");
  });

  test("a superuser has standing access, whatever the memberships say", async () => {
    await here.admin(`ALTER ROLE ${quote(here.ann)} SUPERUSER`);
    const verdict = await session.verify(await session.resolve(here.claim()));
    expect(verdict).toMatchObject({ allowed: true, standing: true });
  });

  test("a subject that was dropped is gone, and its role with it", async () => {
    const assignment = await granted();
    await here.admin(`DROP ROLE ${quote(here.ann)}`);
    await here.addSubject(here.ann);
    expect(await session.observe([assignment])).toMatchObject([{ state: "tombstone" }]);
    expect(await classOf(session.grant(assignment, WINDOW))).toBe("conflict");
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent", residue: [] });
    expect(await classOf(session.grant(assignment, WINDOW))).toBe("subject-missing");
    expect(await here.can(here.ann)).toBe(false);
  });

  test("the comment says whose the role is and until when, follows the end, and is no secret", async () => {
    const assignment = await granted();
    const read = async () => JSON.parse(await here.comment(assignment)) as Record<string, unknown>;
    expect(Object.keys(await read())).toEqual([
      "lapse",
      "owner",
      "request",
      "target",
      "until",
      "member",
      "roles",
    ]);
    expect(await read()).toMatchObject({ owner: here.owner, until: new Date(LATER).toISOString() });
    const end = (LATER + 60_000) as Instant;
    await session.grant(assignment, { now: NOW, end });
    expect(await read()).toMatchObject({ until: new Date(end).toISOString() });
  });

  test("the roles of another installation, and a copied comment, are not ours", async () => {
    const assignment = await granted();
    const copy = quote(`${here.owner}:copy`);
    await here.admin(`CREATE ROLE ${copy}; COMMENT ON ROLE ${copy} IS '${await here.comment(assignment)}'`);
    expect((await session.list()).items.map(({ mark }) => mark)).toEqual([assignment.mark]);
    expect((await session.doctor()).map(({ code }) => code)).toContain("LPS421");
    const other = await session.resolve(here.claim({ owner: "somebody-else" }));
    await session.grant(other, WINDOW);
    expect((await session.list()).items.map(({ mark }) => mark)).toEqual([assignment.mark]);
    expect(await session.cleanup()).toEqual([]);
    await session.revoke(other);
  });

  test.each([
    ["a comment in somebody's own words", () => "made by hand"],
    [
      "the mark of another installation",
      (mark: string) => mark.replace(/"owner":"[^"]*"/, '"owner":"other"'),
    ],
    ["the mark for another subject", (mark: string) => mark.replace(/"member":\d+/, '"member":1')],
  ])("%s on our role stops a grant, and does not keep the access alive", async (_, change) => {
    const assignment = await granted();
    await comment(assignment, change(await here.comment(assignment)));
    expect(await session.observe([assignment])).toEqual([{ state: "foreign" }]);
    expect(await classOf(session.grant(assignment, WINDOW))).toBe("conflict");
    const { state, residue } = await session.revoke(assignment);
    expect([state, residue]).toEqual(["absent", [expect.stringContaining("not ours any more")]]);
    expect(await here.can(here.ann)).toBe(false);
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
  });

  test("a role without our mark that has others in it loses the subject, and nobody else", async () => {
    const assignment = await granted();
    await here.admin(`GRANT ${own(assignment)} TO ${quote(here.bob)}`);
    await comment(assignment, "made by hand");
    const { state, residue } = await session.revoke(assignment);
    expect([state, residue.join()]).toEqual([
      "absent",
      expect.stringContaining("only the subject was taken"),
    ]);
    expect([await here.can(here.ann), await here.can(here.bob)]).toEqual([false, true]);
    const before = await edges();
    expect((await session.revoke(assignment)).residue).toEqual([expect.stringContaining("left alone")]);
    expect(await edges()).toEqual(before);
  });

  test("a role of our name that leads the subject in through others is neither cut nor called gone", async () => {
    const assignment = await granted();
    const team = quote(`${here.ann}_team`);
    await here.admin(
      `CREATE ROLE ${team}; GRANT ${own(assignment)} TO ${team}; GRANT ${team} TO ${quote(here.ann)}`,
    );
    await comment(assignment, "made by hand");
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "conflict", retryable: true });
    expect((await session.verify(assignment)).allowed).toBe(true);
    await here.admin(`REVOKE ${team} FROM ${quote(here.ann)}`);
    expect((await session.revoke(assignment)).state).toBe("absent");
  });

  test("whoever holds the lock of the appliers puts off a grant, and no revocation", async () => {
    const assignment = await granted();
    const second = await session.resolve(here.claim({ request: "second" }));
    const hasty = await here.connect({ timeout: 1_000 });
    const bob = await here.login(here.bob);
    await bob.query("SELECT pg_advisory_lock(465491227493)");
    await expect(hasty.grant(second, WINDOW)).rejects.toMatchObject({ class: "conflict", retryable: true });
    expect(await hasty.revoke(assignment)).toMatchObject({ state: "absent", residue: [] });
    expect(await here.can(here.ann)).toBe(false);
    expect(await hasty.cleanup()).toEqual([]);
    await bob.end();
    await hasty.grant(second, WINDOW);
  });

  test("an open transaction of the subject on our role ends with the access", async () => {
    const assignment = await granted();
    const ann = await here.clings(here.ann, assignment);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent", residue: [] });
    expect(await codeOf(ann.query("SELECT 1"))).not.toBe("none");
  });

  test("an open transaction of anybody else on our role keeps the role, and not the access", async () => {
    const assignment = await granted();
    const bob = await here.clings(here.bob, assignment);
    const { state, residue } = await session.revoke(assignment);
    expect([state, residue]).toEqual(["absent", [expect.stringMatching(/tombstone: a lock is held/)]]);
    expect(await here.can(here.ann)).toBe(false);
    expect(await session.observe([assignment])).toMatchObject([{ state: "tombstone" }]);
    expect(await session.cleanup()).toEqual([]);
    await bob.query("ROLLBACK");
    expect(await session.cleanup()).toEqual([`removed the role ${assignment.mark ?? ""}`]);
  });

  test("a subject that stands in the way of an administrator's DROP ROLE does not hold up ours", async () => {
    const assignment = await granted();
    await granted({ request: "second" });
    const ann = await here.clings(here.ann, assignment);
    const dropped = codeOf(here.admin(`DROP ROLE ${own(assignment)}`));
    const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DROP ROLE%'";
    await expect.poll(() => here.admin(waiting)).toHaveLength(1);
    expect((await session.revoke(assignment)).state).toBe("absent");
    if (!modern) await ann.query("ROLLBACK");
    await dropped;
    expect((await session.cleanup()).length).toBeLessThan(2);
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
  });

  test("a connection that the server cuts is opened anew", async () => {
    const assignment = await granted();
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${here.applier}'`;
    expect(await here.admin(cut)).toHaveLength(1);
    await expect
      .poll(async () => session.observe([assignment]).catch(() => []))
      .toMatchObject([{ state: "ours" }]);
  });

  test("a server that hangs is given up in time, whatever the URL says", async () => {
    const url = `${here.url(here.applier)}?statement_timeout=0&query_timeout=0&lock_timeout=0&options=-c%20statement_timeout%3D0`;
    const hasty = await here.connect({ timeout: 500, url });
    const assignment = await granted();
    const [blocker] = [await here.login(here.bob)];
    await here.admin(`ALTER ROLE ${quote(here.bob)} SUPERUSER`);
    await blocker.query("BEGIN; LOCK TABLE pg_catalog.pg_authid");
    const started = performance.now();
    expect(await classOf(hasty.observe([assignment]))).toBe("transient");
    expect(await classOf(hasty.revoke(assignment))).toBe("transient");
    expect(performance.now() - started).toBeLessThan(3_000);
    await blocker.query("ROLLBACK");
    expect(await hasty.observe([assignment])).toMatchObject([{ state: "ours" }]);
  });

  test("the doctor finds nothing at an applier of setup.sql, but warns of an old server", async () => {
    const codes = (await session.doctor()).map(({ code }) => code);
    expect(codes).toEqual(modern ? [] : ["LPS416"]);
  });

  test("the doctor finds what is missing and what is too much", async () => {
    const applier = quote(here.applier);
    await here.admin(`ALTER ROLE ${applier} NOCREATEROLE CREATEDB`);
    await here.admin(`REVOKE pg_signal_backend FROM ${applier}`);
    await here.admin(`GRANT pg_write_server_files TO ${applier} WITH ADMIN OPTION`);
    const codes = (await session.doctor()).map(({ code }) => code);
    expect(codes).toEqual(["LPS411", "LPS413", "LPS415", ...(modern ? ["LPS417"] : []), "LPS418"]);
    await here.admin(`ALTER ROLE ${applier} SUPERUSER`);
    expect((await session.doctor()).map(({ code }) => code)).toContain("LPS414");
  });
});

describe("without a server", () => {
  const connect = (url: string | undefined, timeout = 400) =>
    provider.connect({ urlEnv: "DB_URL" }, { owner: "lapse", secret: () => url, timeout });

  test("a server that is down, and one that says nothing, are unknown, in bounded time", async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const started = performance.now();
    const url = `postgres://a:b@127.0.0.1:${port}/c`;
    await expect(connect(url)).rejects.toMatchObject({
      name: "ProviderError",
      class: "transient",
      retryable: true,
    });
    await new Promise((resolve) => silent.close(resolve));
    await expect(connect(url)).rejects.toMatchObject({ class: "transient", vendorCode: "ECONNREFUSED" });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test.each([undefined, "", "not a url", "mysql://a:secret@host/db", "postgres://host/db"])(
    "a URL that is no use is a wrong set-up, and is not repeated: %s",
    async (url) => {
      const thrown = await connect(url).catch((reason: unknown) => reason);
      expect(thrown).toMatchObject({ name: "Problem", kind: "misconfigured" });
      expect(String(thrown)).toContain("DB_URL");
      expect(String(thrown)).not.toContain("secret");
    },
  );

  test.each([
    [["pg_execute_server_program"], "outlive"],
    [["rds_superuser"], "outlive"],
    [[], "no role"],
    [["ann"], "itself"],
    [["x".repeat(64)], "63 bytes"],
    [["nul\0byte"], "not a name"],
    [["public"], "reserved"],
  ])("roles %j are refused offline", (roles, words) => {
    expect(provider.lint({ identity: "ann", role: { roles }, scope: {} })).toContain(words);
  });

  test("roles that end with the access are fine, and the others are named as self-perpetuating", () => {
    expect(provider.lint({ identity: "ann", role: { roles: ["orders_read"] }, scope: {} })).toBeUndefined();
    expect(provider.selfPerpetuating({ roles: ["orders_read"] })).toBeUndefined();
    expect(provider.selfPerpetuating({ roles: ["orders_read", "pg_write_server_files"] })).toContain(
      "pg_write_server_files",
    );
  });

  test("the name of a request's role is readable where it can be, and never too long", () => {
    expect(roleName("lapse", "ann-1")).toBe("lapse:ann-1");
    for (const [owner, request] of [
      ["lapse", "ü"],
      ["lapse", "a\0b"],
      ["o".repeat(200), "r"],
      ["lapse", "\ud800"],
    ] as const)
      expect(roleName(owner, request)).toMatch(/^[\x20-\x7e]{0,30}:[0-9a-f]{32}$/);
  });
});
