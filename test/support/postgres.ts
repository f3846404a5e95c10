// Who lives on a PostgreSQL server in a test? (own names per test; the applier has exactly what setup.sql gives)
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Assignment, Claim, Instant, JsonObject } from "../../src/core/model.ts";
import { provider } from "../../src/providers/postgres/index.ts";
import type { Session } from "../../src/providers/provider.ts";
import type { PostgresServer } from "../../src/sandbox/postgres.ts";

export const NOW = Date.UTC(2026, 10, 23, 12) as Instant;
export const LATER = (NOW + 3_600_000) as Instant;
export const WINDOW = { now: NOW, end: LATER };
const PASSWORD = randomBytes(12).toString("hex");
const quote = pg.escapeIdentifier;

export interface Site {
  readonly owner: string;
  readonly ann: string;
  readonly bob: string;
  readonly role: string;
  readonly applier: string;
  readonly connection: JsonObject;
  /** As the superuser; identifiers are quoted by the caller with `quote`. */
  readonly admin: <T extends pg.QueryResultRow = pg.QueryResultRow>(text: string) => Promise<T[]>;
  readonly connect: (options?: { timeout?: number; terminate?: boolean; url?: string }) => Promise<Session>;
  claim(more?: Partial<Claim>): Claim;
  readonly addSubject: (name: string) => Promise<void>;
  /** A session of the subject; closed with the site. */
  login(subject: string, database?: string): Promise<pg.Client>;
  /** A session of the subject whose open transaction keeps our role from being dropped. */
  clings(subject: string, assignment: Assignment): Promise<pg.Client>;
  /** The comment on our role. */
  comment(assignment: Assignment): Promise<string>;
  /** An administrator holds up every change of a membership, until the returned function is called. */
  readonly hinder: () => Promise<() => Promise<void>>;
  /** Can the subject read what the role may read, in a new session? */
  readonly can: (subject: string) => Promise<boolean>;
  url(user: string, database?: string): string;
  readonly close: () => Promise<void>;
}

let count = 0;

export async function site(server: PostgresServer): Promise<Site> {
  const n = `t${++count}`;
  const names = {
    owner: `lapse-${n}`,
    ann: `${n}_ann`,
    bob: `${n}_bob`,
    role: `${n}_orders_read`,
    applier: `${n}_applier`,
  };
  const pool = new pg.Pool({ connectionString: server.url("postgres", server.superuser.password), max: 2 });
  // A pool ends before its connections do; the server may be stopped in between.
  pool.on("error", () => undefined);
  const open: { end(): Promise<void> }[] = [];
  const sessions: Session[] = [];
  const major = Number(server.version.split(".")[0]);
  const url = (user: string, database?: string) => server.url(user, PASSWORD, database);
  const table = quote(`${n}_orders`);
  const connection = { urlEnv: "APPLIER_URL" };
  const made: Site = {
    ...names,
    connection,
    url,
    admin: async <T extends pg.QueryResultRow>(text: string) => (await pool.query<T>(text)).rows,
    connect: async ({ timeout = 5_000, terminate, url: other } = {}) => {
      const settings = { ...connection, ...(terminate !== undefined && { terminate }) };
      const secret = (name: string) => (name === "APPLIER_URL" ? (other ?? url(names.applier)) : undefined);
      const session = await provider.connect(settings, { owner: names.owner, secret, timeout });
      sessions.push(session);
      return session;
    },
    claim: (more = {}) => ({
      request: `${n}-request`,
      owner: names.owner,
      target: "orders-db",
      provider: "postgres",
      connection,
      identity: names.ann,
      role: { roles: [names.role] },
      scope: {},
      ...more,
    }),
    addSubject: async (name) => {
      await pool.query(`CREATE ROLE ${quote(name)} LOGIN PASSWORD '${PASSWORD}'`);
    },
    login: async (subject, database) => {
      const client = new pg.Client({
        connectionString: url(subject, database),
        connectionTimeoutMillis: 5_000,
      });
      client.on("error", () => undefined);
      await client.connect();
      open.push(client);
      return client;
    },
    clings: async (subject, { mark }) => {
      const client = await made.login(subject);
      await client.query("CREATE TEMP TABLE mine (id int)");
      await client.query(`BEGIN; GRANT SELECT ON mine TO ${quote(mark ?? "")}`);
      return client;
    },
    comment: async ({ mark }) => {
      const text = "SELECT shobj_description(oid, 'pg_authid') AS said FROM pg_roles WHERE rolname = $1";
      return (await pool.query<{ said: string | null }>(text, [mark])).rows[0]?.said ?? "";
    },
    hinder: async () => {
      const client = await pool.connect();
      await client.query("BEGIN; LOCK TABLE pg_catalog.pg_auth_members IN SHARE MODE");
      return async () => {
        await client.query("ROLLBACK");
        client.release();
      };
    },
    can: async (subject) => {
      const client = new pg.Client({ connectionString: url(subject), connectionTimeoutMillis: 5_000 });
      await client.connect();
      try {
        return await client.query(`SELECT FROM ${table}`).then(
          () => true,
          (thrown: unknown) => {
            if (thrown instanceof pg.DatabaseError && thrown.code === "42501") return false;
            throw thrown;
          },
        );
      } finally {
        await client.end();
      }
    },
    close: async () => {
      for (const client of open) await client.end();
      for (const session of sessions) await session.close();
      await pool.end();
    },
  };
  await populate(made, table, major);
  return made;
}

async function populate({ admin, addSubject, ...names }: Site, table: string, major: number): Promise<void> {
  const applier = quote(names.applier);
  const how = major >= 16 ? "ADMIN TRUE, INHERIT FALSE, SET FALSE" : "ADMIN OPTION";
  await admin(`CREATE TABLE ${table} (id int)`);
  await admin(`CREATE ROLE ${quote(names.role)} NOLOGIN`);
  await admin(`GRANT SELECT ON ${table} TO ${quote(names.role)}`);
  await addSubject(names.ann);
  await addSubject(names.bob);
  await admin(
    `CREATE ROLE ${applier} LOGIN NOSUPERUSER NOCREATEDB NOREPLICATION CREATEROLE PASSWORD '${PASSWORD}'`,
  );
  await admin(`GRANT pg_signal_backend TO ${applier}`);
  await admin(`GRANT ${quote(names.role)} TO ${applier} WITH ${how}`);
}

/** How a promise ended: its SQLSTATE, or the class of a ProviderError. */
const failure = (key: "code" | "class") => (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (thrown: unknown) => (thrown as Readonly<Record<string, string>>)[key],
  );
export const codeOf = failure("code");
export const classOf = failure("class");

export { quote };
