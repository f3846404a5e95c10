// What database does the demo protect, and how does ann use it? (a real server, real refusals)
import { randomBytes } from "node:crypto";
import pg from "pg";
import { startPostgres, type PostgresServer } from "../postgres.ts";

const PEOPLE = ["ann", "bob", "frank"];

export interface Database {
  /** For the applier, least privilege. */
  readonly applierUrl: string;
  urlOf(person: string): string;
  /** One statement on a connection of its own: the rows as text, or the server's own refusal. */
  ask(person: string, sql: string): Promise<string>;
  /** A session that stays open; `ended` resolves with the server's farewell. */
  open(person: string): Promise<OpenSession>;
  stop(): Promise<void>;
}

export interface OpenSession {
  ask(sql: string): Promise<string>;
  close(): Promise<void>;
}

/** The set-up that a DBA would do once: roles with rights, people without any, and an applier that can hand out only these. */
function setUp(passwords: ReadonlyMap<string, string>): string {
  const logins = [...passwords].map(([name, password]) => {
    const options = name === "lapse_applier" ? "LOGIN CREATEROLE" : "LOGIN";
    return `CREATE ROLE ${pg.escapeIdentifier(name)} ${options} PASSWORD ${pg.escapeLiteral(password)};`;
  });
  return `
    CREATE SCHEMA orders;
    CREATE TABLE orders.orders (id int PRIMARY KEY, state text NOT NULL);
    INSERT INTO orders.orders SELECT n, CASE WHEN n % 7 = 0 THEN 'stuck' ELSE 'shipped' END FROM generate_series(1, 70) n;
    CREATE ROLE orders_read;
    CREATE ROLE orders_write;
    GRANT USAGE ON SCHEMA orders TO public;
    GRANT SELECT ON orders.orders TO orders_read;
    GRANT SELECT, INSERT, UPDATE ON orders.orders TO orders_write;
    ${logins.join("\n")}
    GRANT orders_read, orders_write TO lapse_applier WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
    GRANT pg_signal_backend TO lapse_applier;`;
}

/** Starts PostgreSQL and sets the example database up. */
export async function startDatabase(): Promise<Database> {
  const server = await startPostgres();
  const secret = () => randomBytes(18).toString("base64url");
  const passwords = new Map(["lapse_applier", ...PEOPLE].map((name) => [name, secret()]));
  const { user, password } = server.superuser;
  await withClient(server.url(user, password, "postgres"), (c) => c.query(setUp(passwords)));
  const urlOf = (name: string) => server.url(name, passwords.get(name) ?? "", "postgres");
  return {
    applierUrl: urlOf("lapse_applier"),
    urlOf,
    ask: (person, sql) => withClient(urlOf(person), (c) => answer(c, sql)),
    open: (person) => openSession(urlOf(person)),
    stop: () => stop(server),
  };
}

async function stop(server: PostgresServer): Promise<void> {
  await server.stop();
}

interface Connected {
  readonly client: pg.Client;
  /** What the server said when it ended the session, if it did. */
  readonly farewell: () => string | undefined;
}

async function connect(url: string): Promise<Connected> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 5000 });
  let farewell: string | undefined;
  // A session that the server ends is part of the story, not a crash.
  client.on("error", (error: Error & { readonly code?: string }) => {
    farewell ??= refusal("FATAL", error);
  });
  await client.connect();
  return { client, farewell: () => farewell };
}

function refusal(
  level: string,
  { message, code }: { readonly message: string; readonly code?: string },
): string {
  return `${level}:  ${message}${code === undefined ? "" : `  (SQLSTATE ${code})`}`;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const { client } = await connect(url);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function openSession(url: string): Promise<OpenSession> {
  const { client, farewell } = await connect(url);
  return {
    ask: (sql) => {
      const said = farewell();
      return said === undefined ? answer(client, sql) : Promise.resolve(said);
    },
    close: async () => client.end().catch(() => undefined),
  };
}

/** What psql would print, near enough: rows, or `ERROR:` with PostgreSQL's own words. */
async function answer(client: pg.Client, sql: string): Promise<string> {
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows
      .map((row) =>
        Object.entries(row)
          .map(([k, v]) => `${k} = ${String(v)}`)
          .join(", "),
      )
      .join("\n");
  } catch (error) {
    return refusal("ERROR", error as Error & { readonly code?: string });
  }
}
