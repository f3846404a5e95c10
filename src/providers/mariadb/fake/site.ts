// Who lives on a MariaDB server, real or pretended? (own names per site; the applier has exactly what setup.sql gives)
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import mysql from "mysql2/promise";
import type { Claim, Duration } from "../../../core/model.ts";
import { fromEpoch, plus } from "../../../core/time.ts";
import type { Session } from "../../provider.ts";
import { provider } from "../index.ts";
import { literal } from "../names.ts";

/** Any server that speaks the protocol. */
export interface Server {
  readonly port: number;
  /** A connection of root; the caller ends it. */
  readonly root: () => Promise<mysql.Connection>;
}

export const NOW = fromEpoch(Date.UTC(2026, 10, 23, 12));
export const WINDOW = { now: NOW, end: plus(NOW, 3_600_000 as Duration) };
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
  readonly connect: (more?: { timeout?: number; terminate?: boolean; owner?: string }) => Promise<Session>;
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

export async function site(server: Server): Promise<Site> {
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
    connect: async ({ timeout = 5_000, terminate, owner = names.owner } = {}) => {
      const settings = { ...connection, ...(terminate !== undefined && { terminate }) };
      const session = await provider.connect(settings, { owner, secret, timeout });
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
      if (await reads(client, names.database)) return true;
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
      await admin(`INSERT INTO mysql.roles_mapping VALUES ('%', ${literal(subject)}, ${literal(role)}, 'N')`);
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
  const setup = readFileSync(new URL("../setup.sql", import.meta.url), "utf8")
    .replaceAll("lapse_applier", names.applier)
    .replaceAll("10.0.0.5", "127.0.0.1")
    .replaceAll("GRANT orders_read", `GRANT ${quote(names.role)}`)
    .replace(" REQUIRE SSL", "")
    .replace("CREATE DATABASE", "CREATE DATABASE IF NOT EXISTS")
    .replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
  for (const statement of setup
    .replace(/^--.*$/gm, "")
    .split(/;\s*\n/)
    .filter((one) => one.trim() !== ""))
    await admin(statement);
  await admin(`SET PASSWORD FOR ${quote(names.applier)}@\`127.0.0.1\` = PASSWORD('${PASSWORD}')`);
}
