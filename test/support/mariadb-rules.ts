// What must hold on MariaDB beyond the conformance suite? (the same on the real server and on the pretended one)
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../src/core/model.ts";
import { ProviderError, type Session } from "../../src/providers/provider.ts";
import { quote, reads, site, WINDOW, type Server, type Site } from "../../src/providers/mariadb/fake/site.ts";

const codesOf = (findings: readonly Finding[]) => findings.map(({ code }) => code);
const literal = (name: string) => `_utf8mb4 X'${Buffer.from(name).toString("hex")}'`;
const classOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (thrown: unknown) => (thrown instanceof ProviderError ? thrown.class : String(thrown)),
  );
/** Has this session still the right to read? A session that is gone has not. */
const stillReads = async (client: Awaited<ReturnType<Site["login"]>>, database: string) =>
  reads(client, database).catch(() => false);

export function keepsMariadbRules(server: () => Server): void {
  let here: Site;
  let session: Session;
  beforeEach(async () => {
    here = await site(server());
    session = await here.connect();
  });
  afterEach(() => here.close());

  const granted = async (more: Parameters<Site["claim"]>[0] = {}, by = session) => {
    const assignment = await by.resolve(here.claim(more));
    await by.grant(assignment, WINDOW);
    return assignment;
  };
  const at = (name: string, host = "%") => `${quote(name)}@${quote(host)}`;

  describe("sessions", () => {
    // Global privileges, and those on the session's current database, are copied into the session by SET ROLE.
    test("a session in the role's database cannot go on with what DROP ROLE does not take from it", async () => {
      const assignment = await granted();
      const client = await here.login(here.ann, undefined);
      await client.query(`SET ROLE ${quote(assignment.mark ?? "")}`);
      await client.query(`USE ${quote(here.database)}`);
      expect(await reads(client, here.database)).toBe(true);
      expect(await session.revoke(assignment)).toMatchObject({ state: "absent", residue: [] });
      expect(await stillReads(client, here.database)).toBe(false);
    });

    test("with `terminate: false` it goes on, and that is said", async () => {
      const gentle = await here.connect({ terminate: false });
      const assignment = await granted({}, gentle);
      const client = await here.login(here.ann);
      await client.query(`SET ROLE ${quote(assignment.mark ?? "")}`);
      await client.query(`USE ${quote(here.database)}`);
      const { state, residue } = await gentle.revoke(assignment);
      expect([state, residue.join()]).toEqual([
        "absent",
        expect.stringContaining("keep rights until they end"),
      ]);
      expect(await reads(client, here.database)).toBe(true);
      expect(await here.can(here.ann)).toBe(false);
      expect(codesOf(await gentle.doctor())).toEqual(["LPS434"]);
    });

    // KILL USER says 0, and not an error, to whoever may not kill.
    test("an applier that may not end sessions does not say that it did", async () => {
      const assignment = await granted();
      await here.admin(`REVOKE CONNECTION ADMIN ON *.* FROM ${at(here.applier, "127.0.0.1")}`);
      const next = await here.connect();
      expect((await next.revoke(assignment)).residue.join()).toContain("lacks CONNECTION ADMIN");
      expect(codesOf(await next.doctor())).toEqual(["LPS430"]);
    });

    test("whoever goes on by another way keeps his sessions, until the last way ends", async () => {
      const first = await granted();
      const second = await granted({ request: "another" });
      const client = await here.login(here.ann);
      await session.revoke(first);
      expect(await client.query("SET ROLE NONE")).toBeTruthy();
      await session.revoke(second);
      await expect(client.query("SET ROLE NONE")).rejects.toThrow();
    });

    test("those of everybody who was in the role are ended, whatever his name is now", async () => {
      const assignment = await granted();
      await here.force(assignment.mark ?? "", here.bob);
      await here.admin(`RENAME USER ${at(here.ann)} TO ${at(`${here.ann}_married`)}`);
      const clients = [await here.login(`${here.ann}_married`), await here.login(here.bob)];
      await session.revoke(assignment);
      for (const client of clients) await expect(client.query("SET ROLE NONE")).rejects.toThrow();
    });

    // A lock on mysql.roles_mapping, or a slow SELECT on it, holds up DROP ROLE.
    test("a subject that holds up the end of its role is cut off", async () => {
      await here.admin(`GRANT SELECT, LOCK TABLES ON mysql.* TO ${at(here.ann)}`);
      const assignment = await granted();
      const client = await here.login(here.ann);
      await client.query("LOCK TABLES mysql.roles_mapping READ");
      const quick = await here.connect({ timeout: 1_000 });
      expect((await quick.revoke(assignment)).state).toBe("absent");
      expect(await here.can(here.ann)).toBe(false);
    });
  });

  describe("who may be lent what", () => {
    test.each([
      ["the right to pass it on", "GRANT SELECT ON `any`.* TO {role} WITH GRANT OPTION"],
      ["an administrator's privilege", "GRANT SUPER ON *.* TO {role}"],
      ["writing everywhere, the accounts included", "GRANT INSERT ON *.* TO {role}"],
      ["files of the server", "GRANT FILE ON *.* TO {role}"],
      ["making users", "GRANT CREATE USER ON *.* TO {role}"],
      ["holding up every statement", "GRANT RELOAD ON *.* TO {role}"],
      ["writing to the accounts", "GRANT UPDATE ON mysql.* TO {role}"],
      ["writing to databases of any name", "GRANT DELETE ON `m%`.* TO {role}"],
      ["locking the accounts", "GRANT LOCK TABLES ON mysql.* TO {role}"],
      ["writing to what Lapse notes", "GRANT DELETE ON lapse.grants TO {role}"],
      ["reading everything, all password hashes included", "GRANT SELECT ON *.* TO {role}"],
      ["reading all about the accounts", "GRANT SELECT ON mysql.* TO {role}"],
      ["reading databases of any name", "GRANT SELECT ON `my%`.* TO {role}"],
      ["reading the password hashes where they are", "GRANT SELECT ON mysql.global_priv TO {role}"],
      ["reading the password hashes as one sees them", "GRANT SELECT ON mysql.user TO {role}"],
      ["reading the credentials for other servers", "GRANT SELECT ON mysql.servers TO {role}"],
      ["reading the binary log, where accounts are made", "GRANT BINLOG MONITOR ON *.* TO {role}"],
      ["reading the relay log, too", "GRANT SLAVE MONITOR ON *.* TO {role}"],
    ])("a role with %s is refused", async (_what, text) => {
      await here.admin(text.replace("{role}", quote(here.role)));
      expect(await classOf(session.resolve(here.claim()))).toBe("denied-by-policy");
      expect(codesOf(await session.doctor())).toEqual(["LPS431"]);
    });

    test("a role is refused for what its roles can do", async () => {
      const above = quote(`${here.role}_above`);
      await here.admin(`CREATE ROLE ${above}`);
      await here.admin(`GRANT FILE ON *.* TO ${above}`);
      await here.admin(`GRANT ${above} TO ${quote(here.role)}`);
      expect(await classOf(session.resolve(here.claim()))).toBe("denied-by-policy");
    });

    test("a role that can give away another is refused", async () => {
      const above = quote(`${here.role}_above`);
      await here.admin(`CREATE ROLE ${above}`);
      await here.admin(`GRANT ${above} TO ${quote(here.role)} WITH ADMIN OPTION`);
      expect(await classOf(session.resolve(here.claim()))).toBe("denied-by-policy");
    });

    test("reading what holds no secret of the server, and writing to other databases, is no reason to refuse", async () => {
      await here.admin(`GRANT SELECT ON mysql.help_topic TO ${quote(here.role)}`);
      await here.admin(`GRANT SELECT ON mysql.time_zone_name TO ${quote(here.role)}`);
      await here.admin(`GRANT PROCESS, SHOW VIEW ON *.* TO ${quote(here.role)}`);
      await here.admin(`GRANT INSERT ON ${quote(here.database)}.* TO ${quote(here.role)}`);
      expect(await classOf(session.resolve(here.claim()))).toBe("none");
    });

    test("a role of a request, and one that the applier does not administer, are refused", async () => {
      const { mark = "" } = await granted();
      expect(await classOf(session.resolve(here.claim({ role: { roles: [mark] } })))).toBe(
        "denied-by-policy",
      );
      await here.admin(`CREATE ROLE ${quote(`${here.role}_theirs`)}`);
      const theirs = here.claim({ role: { roles: [`${here.role}_theirs`] } });
      expect(await classOf(session.resolve(theirs))).toBe("forbidden");
    });

    test("the applier grants neither to itself nor to a namesake", async () => {
      for (const identity of [`${here.applier}@127.0.0.1`, here.applier]) {
        await here.admin(`CREATE OR REPLACE USER ${at(`${here.applier}_x`)} IDENTIFIED BY 'x'`);
        const answer = await classOf(session.resolve(here.claim({ identity })));
        expect(answer).toBe(identity.includes("@") ? "denied-by-policy" : "subject-missing");
      }
    });
  });

  describe("names", () => {
    test("of users and roles know case, hosts do not", async () => {
      const shout = (text: string) => text.toUpperCase();
      expect(await classOf(session.resolve(here.claim({ identity: shout(here.ann) })))).toBe(
        "subject-missing",
      );
      expect(await classOf(session.resolve(here.claim({ role: { roles: [shout(here.role)] } })))).toBe(
        "role-missing",
      );
      await here.admin(`CREATE OR REPLACE USER ${at(here.ann, "db.example.com")} IDENTIFIED BY 'x'`);
      const assignment = await session.resolve(here.claim({ identity: `${here.ann}@DB.example.COM` }));
      expect(assignment.principal).toEqual({ user: here.ann, host: "db.example.com" });
    });

    test("with another host are other accounts", async () => {
      await here.admin(`CREATE OR REPLACE USER ${at(here.ann, "10.1.2.3")} IDENTIFIED BY 'x'`);
      await granted({ identity: `${here.ann}@10.1.2.3` });
      expect(await here.can(here.ann)).toBe(false);
      expect(await classOf(session.resolve(here.claim({ identity: `${here.ann}@10.9.9.9` })))).toBe(
        "subject-missing",
      );
    });

    test("of roles are nobody's identity", async () => {
      expect(await classOf(session.resolve(here.claim({ identity: here.role })))).toBe("subject-missing");
    });
  });

  describe("ways in", () => {
    test("PUBLIC lets everybody in, and that is standing access", async () => {
      const assignment = await session.resolve(here.claim());
      await here.admin(`GRANT ${quote(here.role)} TO PUBLIC`);
      expect(await here.can(here.ann)).toBe(true);
      expect(await session.verify(assignment)).toEqual({ allowed: true, via: ["PUBLIC"], standing: true });
      await here.admin(`REVOKE ${quote(here.role)} FROM PUBLIC`);
    });

    test("a role between the subject and the role is a way", async () => {
      const team = quote(`${here.role}_team`);
      await here.admin(`CREATE ROLE ${team}`);
      await here.admin(`GRANT ${quote(here.role)} TO ${team}`);
      await here.admin(`GRANT ${team} TO ${at(here.ann)}`);
      const assignment = await session.resolve(here.claim());
      const verdict = await session.verify(assignment);
      expect(verdict).toEqual({ allowed: true, via: [`${here.role}_team`], standing: true });
      await session.grant(assignment, WINDOW);
      expect((await session.revoke(assignment)).state).toBe("escaped");
      expect(await here.can(here.ann)).toBe(true);
    });
  });

  describe("marks", () => {
    test("carry the end, and one that somebody spoiled has none", async () => {
      const { mark = "" } = await granted();
      expect((await session.list()).items).toMatchObject([{ mark, until: WINDOW.end }]);
      const rows = await here.admin<{ role: string; note: string }>(
        "SELECT role, note FROM `lapse`.`grants`",
      );
      const row = rows.find((one) => one.role === mark);
      const spoil = literal((row?.note ?? "").replace(/"until":"[^"]*"/, '"until":"never"'));
      const [role] = [literal(mark)];
      await here.admin(
        `INSERT INTO \`lapse\`.\`grants\` (role, note) VALUES (${role}, ${spoil}) ON DUPLICATE KEY UPDATE note = ${spoil}`,
      );
      expect((await session.list()).items.map((item) => "until" in item)).toEqual([false]);
    });

    test("granting again moves the end and nothing else", async () => {
      const assignment = await granted();
      const later = { ...WINDOW, end: (WINDOW.end + 60_000) as typeof WINDOW.end };
      await session.grant(assignment, later);
      expect((await session.list()).items).toMatchObject([{ until: later.end }]);
    });

    test("are left alone under another owner", async () => {
      await granted();
      const other = await here.connect({ owner: "somebody-else" });
      expect((await other.list()).items).toEqual([]);
      expect(await other.cleanup()).toEqual([]);
      expect(await here.can(here.ann)).toBe(true);
    });

    test("a role of our name that somebody else made is neither used nor hidden", async () => {
      const assignment = await session.resolve(here.claim());
      await here.admin(`CREATE ROLE ${quote(assignment.mark ?? "")}`);
      expect((await session.observe([assignment])).map(({ state }) => state)).toEqual(["foreign"]);
      expect(await classOf(session.grant(assignment, WINDOW))).toBe("conflict");
      expect(await here.can(here.ann)).toBe(false);
      expect(codesOf(await session.doctor())).toEqual(["LPS435"]);
      expect((await session.revoke(assignment)).residue.join()).toContain("left alone");
      await here.admin(`DROP ROLE ${quote(assignment.mark ?? "")}`);
    });
  });

  describe("the applier", () => {
    test("set up as setup.sql says has nothing to complain about", async () => {
      await granted();
      expect(await session.doctor()).toEqual([]);
    });

    test("that can do more is told so", async () => {
      await here.admin(`GRANT PROCESS ON *.* TO ${at(here.applier, "127.0.0.1")}`);
      await here.admin(`GRANT SELECT ON mysql.* TO ${at(here.applier, "127.0.0.1")}`);
      const [finding] = await (await here.connect()).doctor();
      expect(finding).toMatchObject({ code: "LPS431", severity: "warning" });
      expect(finding?.message).toContain("PROCESS, SELECT on the database mysql");
    });

    test("that can read the password hashes is told so", async () => {
      await here.admin(`GRANT SELECT ON mysql.global_priv TO ${at(here.applier, "127.0.0.1")}`);
      expect(codesOf(await (await here.connect()).doctor())).toEqual(["LPS431"]);
    });

    test("without CREATE USER says so, and still takes apart what it administers", async () => {
      const assignment = await granted();
      await here.admin(`REVOKE CREATE USER ON *.* FROM ${at(here.applier, "127.0.0.1")}`);
      const next = await here.connect();
      expect(codesOf(await next.doctor())).toEqual(["LPS430"]);
      const { state, residue } = await next.revoke(assignment);
      expect([state, residue.join()]).toEqual(["absent", expect.stringContaining("tombstone")]);
      expect(await here.can(here.ann)).toBe(false);
      expect((await next.observe([assignment])).map((one) => one.state)).toEqual(["tombstone"]);
    });

    test("ends access without its notes, and does not grant or list without them", async () => {
      const assignment = await granted();
      await here.admin(
        `REVOKE SELECT, INSERT, UPDATE, DELETE ON lapse.grants FROM ${at(here.applier, "127.0.0.1")}`,
      );
      const next = await here.connect();
      expect(await classOf(next.list())).toBe("forbidden");
      expect(await classOf(next.grant(assignment, WINDOW))).toBe("forbidden");
      expect(codesOf(await next.doctor())).toEqual(["LPS430", "LPS430"]);
      expect((await next.revoke(assignment)).state).toBe("absent");
      expect(await here.can(here.ann)).toBe(false);
    });
  });
}
