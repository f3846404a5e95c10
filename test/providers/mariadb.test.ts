// Does the MariaDB provider hold where the pretended server makes trouble that no real one makes on demand?
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Assignment, Claim } from "../../src/core/model.ts";
import { pretended } from "../../src/providers/mariadb/fake.ts";
import type { FakeServer, SqlFault } from "../../src/providers/mariadb/fake/server.ts";
import { site, WINDOW, type Server, type Site } from "../../src/providers/mariadb/fake/site.ts";
import { provider } from "../../src/providers/mariadb/index.ts";
import { readGrant, tooStrong } from "../../src/providers/mariadb/privileges.ts";
import { ProviderError, type Session } from "../../src/providers/provider.ts";
import { keepsMariadbRules } from "../support/mariadb-rules.ts";

describe("on a pretended server", () => {
  let server: FakeServer & Server;
  beforeAll(async () => {
    server = await pretended();
  });
  afterAll(() => server.stop());
  keepsMariadbRules(() => server);
});

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe("when statements go wrong", () => {
  let server: FakeServer & Server;
  let here: Site;
  let session: Session;
  let assignment: Assignment;
  beforeEach(async () => {
    server = await pretended();
    here = await site(server);
    session = await here.connect({ timeout: 300 });
    assignment = await session.resolve(here.claim());
  });
  afterEach(async () => {
    await here.close();
    await server.stop();
  });

  const writes = /^(INSERT|DELETE|CREATE ROLE|DROP ROLE|GRANT|REVOKE|KILL)/;
  const ways: readonly SqlFault["do"][] = ["reset before", "reset after", "hang before", "hang after", 1969];
  const gone = async () => {
    expect((await session.revoke(assignment)).state).toBe("absent");
    expect(await here.can(here.ann)).toBe(false);
    await session.cleanup();
    expect([...server.state.roles].filter((name) => name.startsWith(here.owner))).toEqual([]);
    expect((await session.list()).items).toEqual([]);
  };

  // INSERT of the note, CREATE ROLE, GRANT to the role, GRANT to the subject: DDL is not transactional.
  describe.each(ways)("a grant that breaks off (%s)", (how) => {
    test.each([0, 1, 2, 3])(
      "at write %i gives nothing or everything, and the next run completes it",
      async (skip) => {
        server.fault({ on: writes, do: how, skip });
        expect(await errorOf(session.grant(assignment, WINDOW))).toMatchObject({ retryable: true });
        const whole = skip === 3 && String(how).endsWith("after");
        expect(await here.can(here.ann)).toBe(whole);
        expect((await session.observe([assignment])).map(({ state }) => state === "ours")).toEqual([whole]);
        server.heal();
        await session.grant(assignment, WINDOW);
        expect(await here.can(here.ann)).toBe(true);
        await gone();
      },
    );

    test.each([1, 2, 3])("at write %i can be undone by the next run", async (skip) => {
      server.fault({ on: writes, do: how, skip });
      await errorOf(session.grant(assignment, WINDOW));
      await gone();
    });
  });

  // DROP ROLE, KILL USER (until it kills nobody), DELETE of the note.
  test.each(ways.flatMap((how) => [0, 1, 2].map((skip) => [how, skip] as const)))(
    "a revocation that breaks off (%s at write %i) is completed by the next",
    async (how, skip) => {
      await session.grant(assignment, WINDOW);
      server.fault({ on: writes, do: how, skip });
      const { state } = await session.revoke(assignment).catch(() => ({ state: undefined }));
      // It says absent only of what is gone.
      if (state === "absent") expect(await here.can(here.ann)).toBe(false);
      server.heal();
      await gone();
    },
  );

  test("a server that cannot be read is unknown, never absent", async () => {
    await session.grant(assignment, WINDOW);
    for (const how of ["reset before", "hang before", 1142, 1205, 1290] as const) {
      server.fault({ on: /FROM mysql\.roles_mapping/, do: how });
      expect(await errorOf(session.observe([assignment]))).toBeInstanceOf(ProviderError);
      server.fault({ on: /FROM mysql\.roles_mapping/, do: how });
      expect(await errorOf(session.revoke(assignment))).toBeInstanceOf(ProviderError);
      expect(await here.can(here.ann)).toBe(true);
      server.heal();
    }
    expect((await session.observe([assignment])).map(({ state }) => state)).toEqual(["ours"]);
  });

  test("a server that became a replica grants and ends nothing, and says so", async () => {
    await session.grant(assignment, WINDOW);
    server.state.readOnly = true;
    expect(await errorOf(session.revoke(assignment))).toMatchObject({
      class: "transient",
      vendorCode: "1290",
    });
    expect(await errorOf(here.connect())).toMatchObject({ class: "transient" });
  });

  test("the end of a note's time lets it be cleaned up, and not before", async () => {
    server.fault({ on: /^CREATE ROLE/, do: "reset before" });
    await errorOf(session.grant(assignment, WINDOW));
    expect(await session.cleanup()).toEqual([]);
    server.state.now = WINDOW.end + 1;
    expect((await session.doctor()).map(({ code }) => code)).toEqual(["LPS433"]);
    expect(await session.cleanup()).toEqual([`removed the note about ${assignment.mark ?? ""}`]);
  });

  test("sessions that do not die are named, once there was time to", async () => {
    await session.grant(assignment, WINDOW);
    server.fault({ on: /^KILL/, do: 1053 });
    expect(await errorOf(session.revoke(assignment))).toMatchObject({ class: "transient" });
    await gone();
  });

  test("every answer is waited for, and no longer than the bound", async () => {
    server.fault({ on: /./, do: "hang before", times: 100 });
    for (const call of [session.list(), session.verify(assignment), session.resolve(here.claim())]) {
      const start = performance.now();
      expect(await errorOf(call)).toMatchObject({ class: "transient", vendorCode: "ETIMEDOUT" });
      expect(performance.now() - start).toBeLessThan(3_000);
    }
    expect(await errorOf(here.connect({ timeout: 200 }))).toMatchObject({ class: "transient" });
  });

  test.each([
    [1040, "throttled"],
    [1045, "forbidden"],
    [4151, "forbidden"],
    [1053, "transient"],
  ])("a login refused with %i is %s", async (code, cls) => {
    server.fault({ on: /^connect$/, do: code });
    expect(await errorOf(here.connect())).toMatchObject({ class: cls, vendorCode: String(code) });
  });

  test("MySQL, and a MariaDB that is too old, are refused plainly", async () => {
    server.state.version = "8.4.2";
    expect(await errorOf(here.connect())).toMatchObject({
      kind: "misconfigured",
      message: "the server is MySQL, which is not supported: its roles differ",
    });
    server.state.version = "10.5.29-MariaDB";
    expect(await errorOf(here.connect())).toMatchObject({ kind: "misconfigured" });
    server.state.version = "11.4.2-MariaDB-log";
    await here.connect();
  });

  test("no value of anybody is ever a part of a statement's grammar", async () => {
    await session.grant(assignment, WINDOW);
    await session.revoke(assignment);
    const quotes = server.calls.filter((text) => text.replace(/_utf8mb4 X'[0-9a-f]*'/g, "").includes("'"));
    expect(quotes.every((text) => text.startsWith("SET SESSION sql_mode"))).toBe(true);
  });
});

describe("without a server", () => {
  const claim = (identity: string, ...roles: readonly string[]) => ({ identity, role: { roles }, scope: {} });

  test.each([
    ["", "orders_read"],
    ["ann ", "orders_read"],
    ["ann@", "orders_read"],
    ["ann@ho'st", "orders_read"],
    ["mariadb.sys@localhost", "orders_read"],
    ["\u{1f600}", "orders_read"],
    ["a".repeat(129), "orders_read"],
    ["ann", "PUBLIC"],
    ["ann", "none"],
    ["ann", "nul\0"],
  ])("%j with %j is refused", (identity, role) => {
    expect(provider.lint(claim(identity, role))).toBeTruthy();
  });

  test.each(["ann", "ann@%", "ann@10.0.0.0/255.255.255.0", "a@b@localhost", "o'neil", "ann@::1"])(
    "%j is a subject",
    (identity) => {
      expect(provider.lint(claim(identity, "orders_read"))).toBeUndefined();
    },
  );

  test("what a person types names the role as it will be", () => {
    const asked = {
      ...claim("ann", "orders_read"),
      owner: "lapse",
      request: "ann-1`",
      target: "db",
    } as unknown as Claim;
    expect(provider.howToConnect(asked)).toBe(
      "connect to db as ann, as always, then: SET ROLE `lapse:ann-1```;",
    );
  });

  test.each([
    ["nothing", {}, undefined],
    ["no URL", {}, "orders"],
    ["another protocol", {}, "postgres://a:b@host/db"],
    ["no user", {}, "mariadb://host"],
    ["an address instead of a name, which no certificate has", {}, "mariadb://a:b@10.0.0.1"],
    ["no encryption over a network", { tls: false }, "mariadb://a:b@db.example.com"],
    ["no certificate where one is named", { caEnv: "URL" }, "mariadb://a:b@db.example.com"],
  ])("a connection with %s is a wrong set-up", async (_what, more, url) => {
    const options = { owner: "lapse", secret: () => url, timeout: 500 };
    const thrown = await errorOf(provider.connect({ urlEnv: "URL", ...more }, options));
    expect(thrown).toMatchObject({ name: "Problem", kind: "misconfigured" });
    expect(JSON.stringify(thrown)).not.toContain("a:b");
  });

  test.each([
    ["GRANT USAGE ON *.* TO `r`", undefined],
    ["GRANT SELECT (`a, FILE`), INSERT (`b`) ON `orders`.`t` TO `r`", undefined],
    ["GRANT EXECUTE ON PROCEDURE `orders`.`p` TO `r`", undefined],
    ["GRANT SELECT ON `orders`.* TO `x WITH GRANT OPTION`", undefined],
    ["GRANT INSERT ON `my``sql`.* TO `r`", undefined],
    ["GRANT INSERT ON `m\\_sql`.* TO `r`", undefined],
    ["GRANT ALL PRIVILEGES ON `orders`.* TO `r`", undefined],
    ["GRANT `above` TO `r`", undefined],
    ["GRANT `above` TO `r` WITH ADMIN OPTION", "give"],
    ["GRANT SELECT ON `orders`.* TO `r` WITH GRANT OPTION", "give"],
    ["GRANT ALL PRIVILEGES ON *.* TO `r`", "whole server"],
    ["GRANT SELECT, SET USER ON *.* TO `r`", "SET USER on the whole server"],
    ["GRANT A PRIVILEGE OF THE FUTURE ON *.* TO `r`", "whole server"],
    ["GRANT INSERT ON `m_sql`.* TO `r`", "mysql"],
    ["GRANT INSERT ON `%`.* TO `r`", "mysql"],
    ["GRANT TRIGGER ON `mysql`.`user` TO `r`", "mysql"],
    ["GRANT SELECT ON *.* TO `r`", "password hashes"],
    ["GRANT SELECT ON `mysql`.* TO `r`", "password hashes"],
    ["GRANT SELECT ON `%`.* TO `r`", "password hashes"],
    ["GRANT SELECT ON `mysql`.`global_priv` TO `r`", "password hashes"],
    ["GRANT SELECT ON `MYSQL`.`GLOBAL_PRIV` TO `r`", "password hashes"],
    ["GRANT SELECT (`authentication_string`) ON `mysql`.`user` TO `r`", "password hashes"],
    ["GRANT SELECT ON `mysql`.`of_the_future` TO `r`", "password hashes"],
    ["GRANT SELECT ON `mysql`.`help_topic``s` TO `r`", "password hashes"],
    ["GRANT SELECT ON `mysql`.`help_topic` TO `r`", undefined],
    ["GRANT SELECT, INSERT ON `mysql`.`time_zone_name` TO `r`", "INSERT"],
    ["GRANT SELECT ON `lapse`.`grants` TO `r`", undefined],
    ["GRANT EXECUTE, SHOW VIEW ON *.* TO `r`", undefined],
    ["GRANT DELETE ON `LAPSE`.* TO `r`", "lapse"],
    ["GRANT PROXY ON `root`@`%` TO `r`", "understand"],
    ["SOMETHING ELSE", "understand"],
  ])("SHOW GRANTS: %s", (line, why) => {
    const said = tooStrong([line]);
    if (why === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(why);
  });

  test("a grant's database is read whole, quotes and all", () => {
    expect(readGrant("GRANT SELECT ON `a``b ON *.* TO c`.* TO `r`")).toMatchObject({
      database: "a`b ON *.* TO c",
    });
    expect(readGrant("GRANT SELECT ON `a`.`b``.*` TO `r`")).toMatchObject({ database: "a", part: "b`.*" });
  });
});
