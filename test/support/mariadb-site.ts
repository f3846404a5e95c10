// Who lives on a MariaDB server in a test? (own names per site; the applier has exactly what setup.sql gives)
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import mysql from "mysql2/promise";
import type { World } from "../../src/conformance/world.ts";
import type { Assignment, Claim, Instant } from "../../src/core/model.ts";
import { provider } from "../../src/providers/mariadb/index.ts";
import type { Session } from "../../src/providers/provider.ts";
import type { MariadbServer } from "./mariadb.ts";

export const NOW = Date.UTC(2026, 10, 23, 12) as Instant;
export const WINDOW = { now: NOW, end: (NOW + 3_600_000) as Instant };
const PASSWORD = randomBytes(12).toString("hex");
export const quote = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

export interface Site {
  readonly owner: string;
  readonly ann: string;
  readonly bob: string;
  readonly role: string;
  readonly applier: string;
  /** The database that the role may read. */
  readonly database: string;
  readonly root: mysql.Connection;
  /** As root; identifiers are quoted by the caller with `quote`. */
  readonly admin: <T = Readonly<Record<string, unknown>>>(text: string) => Promise<T[]>;
  readonly secret: (name: string) => string | undefined;
  readonly connect: (more?: { timeout?: number; terminate?: boolean }) => Promise<Session>;
  readonly claim: (more?: Partial<Claim>) => Claim;
  readonly addSubject: (name: string) => Promise<void>;
  /** A session of the subject; closed with the site. */
  readonly login: (subject: string, database?: string) => Promise<mysql.Connection>;
  /** Can the subject, in a new session and by any SET ROLE, read what the role may read? */
  readonly can: (subject: string) => Promise<boolean>;
  /** Somebody else holds up every change of a role, until the returned function is called. */
  readonly hinder: () => Promise<() => Promise<void>>;
  /** Puts the subject into a role that even root does not administer. */
  readonly force: (role: string, subject: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

let count = 0;

export async function site(server: MariadbServer): Promise<Site> {
  const n = `t${++count}`;
  const names = {
    owner: `lapse-${n}`,
    ann: `${n}_ann`,
    bob: `${n}_bob`,
    role: `${n}_orders_read`,
    applier: `${n}_applier`,
    database: `${n}_orders`,
  };
  const root = await server.root();
  const open: mysql.Connection[] = [];
  const sessions: Session[] = [];
  const admin = async <T>(text: string) => (await root.query(text))[0] as T[];
  const connection = { urlEnv: "APPLIER_URL", tls: false };
  const secret = (name: string) =>
    name === "APPLIER_URL" ? `mariadb://${names.applier}:${PASSWORD}@127.0.0.1:${server.port}` : undefined;
  const login = async (user: string, database?: string) => {
    const where = { host: "127.0.0.1", port: server.port, password: PASSWORD };
    const client = await mysql.createConnection({
      ...where,
      user,
      ...(database !== undefined && { database }),
    });
    client.on("error", () => undefined);
    open.push(client);
    return client;
  };
  const addSubject = async (name: string) => {
    await admin(`CREATE OR REPLACE USER ${quote(name)} IDENTIFIED BY '${PASSWORD}'`);
  };
  await populate(names, admin, addSubject);
  return {
    ...{ ...names, root, admin, secret, login, addSubject },
    connect: async ({ timeout = 5_000, terminate } = {}) => {
      const settings = { ...connection, ...(terminate !== undefined && { terminate }) };
      const session = await provider.connect(settings, { owner: names.owner, secret, timeout });
      sessions.push(session);
      return session;
    },
    claim: (more = {}) => ({
      ...{
        request: `${n}-request`,
        owner: names.owner,
        target: "orders-db",
        provider: "mariadb",
        connection,
      },
      ...{ identity: names.ann, role: { roles: [names.role] }, scope: {} },
      ...more,
    }),
    can: async (subject) => {
      const client = await login(subject);
      const [roles] = await client.query<mysql.RowDataPacket[]>(
        "SELECT ROLE_NAME AS name FROM information_schema.APPLICABLE_ROLES WHERE GRANTEE = CURRENT_USER()",
      );
      for (const { name } of roles as { name: string }[]) {
        await client.query(`SET ROLE ${quote(name)}`);
        if (await reads(client, names.database)) return true;
      }
      return false;
    },
    hinder: async () => {
      const other = await server.root();
      await other.query("LOCK TABLES mysql.roles_mapping READ");
      return () => other.end();
    },
    force: async (role, subject) => {
      await root.execute("INSERT INTO mysql.roles_mapping VALUES ('%', ?, ?, 'N')", [subject, role]);
      await admin("FLUSH PRIVILEGES");
    },
    close: async () => {
      for (const session of sessions) await session.close();
      for (const client of open) client.destroy();
      await root.end();
    },
  };
}

/** The server's own judgement on a session; true when it can read. */
export async function reads(client: mysql.Connection, database: string): Promise<boolean> {
  return client.query(`SELECT * FROM ${quote(database)}.orders`).then(
    () => true,
    (thrown: unknown) => {
      if ([1142, 1044].includes((thrown as { errno: number }).errno)) return false;
      throw thrown;
    },
  );
}

type Names = Pick<Site, "ann" | "bob" | "role" | "applier" | "database">;

async function populate(names: Names, admin: Site["admin"], addSubject: Site["addSubject"]): Promise<void> {
  await admin(`CREATE DATABASE ${quote(names.database)}`);
  await admin(`CREATE TABLE ${quote(names.database)}.orders (id INT)`);
  await admin(`CREATE ROLE ${quote(names.role)}`);
  await admin(`GRANT SELECT ON ${quote(names.database)}.* TO ${quote(names.role)}`);
  await addSubject(names.ann);
  await addSubject(names.bob);
  const setup = readFileSync("src/providers/mariadb/setup.sql", "utf8")
    .replaceAll("lapse_applier", names.applier)
    .replaceAll("10.0.0.5", "127.0.0.1")
    .replaceAll("orders_read", names.role)
    .replace(" REQUIRE SSL", "")
    .replace("CREATE DATABASE", "CREATE DATABASE IF NOT EXISTS")
    .replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
  await admin(setup);
  await admin(`SET PASSWORD FOR ${quote(names.applier)}@\`127.0.0.1\` = PASSWORD('${PASSWORD}')`);
}

/** A world of the conformance suite on this server. */
export async function mariadbWorld(server: MariadbServer): Promise<World> {
  const here = await site(server);
  const { admin, role, applier, force } = here;
  const own = ({ mark }: Assignment) => quote(mark ?? "");
  const standing = async (name: string) => {
    await admin(`GRANT ${quote(role)} TO ${quote(name)}@\`%\``);
  };
  return {
    provider,
    owner: here.owner,
    connection: here.claim().connection,
    secret: here.secret,
    timeout: 2_000,
    subjects: [here.ann, here.bob],
    stranger: "nobody-knows-me",
    role: { roles: [role] },
    missingRole: { roles: ["nobody-made-me"] },
    now: NOW,
    advance: { skip: "a real server's clock is its own" },
    nowhere: { skip: "a server that is not there cannot be told from one that does not answer" },
    can: here.can,
    standing,
    otherWay: standing,
    endStanding: async (name) => {
      await admin(`REVOKE ${quote(role)} FROM ${quote(name)}@\`%\``);
    },
    addSubject: async (name) => {
      if (/[\ud800-\udfff]/.test(name)) return false;
      await here.addSubject(name);
      return true;
    },
    rename: async (name) => {
      await admin(`RENAME USER ${quote(name)} TO ${quote(`${name}_married`)}`);
      return `${name}_married`;
    },
    hinder: here.hinder,
    disarm: async ({ mark }) => {
      const account = `${quote(applier)}@\`127.0.0.1\``;
      await admin(`REVOKE CREATE USER ON *.* FROM ${account}`);
      await here.root.execute(
        "UPDATE mysql.roles_mapping SET Admin_option = 'N' WHERE User = ? AND Role IN (?, ?)",
        [...[applier, role, mark ?? ""]],
      );
      await admin("FLUSH PRIVILEGES");
      await admin(`KILL USER ${quote(applier)}`);
    },
    strip: async ({ mark }) => {
      await here.root.execute("DELETE FROM lapse.grants WHERE role = ?", [mark ?? ""]);
    },
    addMember: ({ mark }, name) => force(mark ?? "", name),
    replace: async (assignment, name) => {
      await admin(`DROP ROLE ${own(assignment)}`);
      await admin(`CREATE ROLE ${own(assignment)}`);
      await admin(`GRANT ${quote(role)} TO ${own(assignment)}`);
      await admin(`GRANT ${own(assignment)} TO ${quote(name)}@\`%\``);
    },
    snapshot: async () => [
      await admin("SELECT * FROM mysql.global_priv ORDER BY Host, User"),
      await admin("SELECT * FROM mysql.roles_mapping ORDER BY Host, User, Role"),
      await admin("SELECT * FROM lapse.grants ORDER BY role"),
    ],
    breakListing: { skip: "a listing is three reads of whole tables: it has no pages" },
    settle: { skip: "statements are carried out at once" },
    tooSoon: { skip: "a role can be dropped at any time" },
    close: here.close,
  };
}
