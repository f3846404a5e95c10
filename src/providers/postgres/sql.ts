// How does one statement get to the server and back, bounded in time? (the only file that knows `pg`)
import pg from "pg";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { ProviderError, type ConnectOptions } from "../provider.ts";
import { word } from "../schema.ts";
import { asProviderError } from "./errors.ts";

export interface Db {
  /** E.g. 160014. */
  readonly version: number;
  readonly applier: number;
  readonly owner: string;
  readonly connection: JsonObject;
  readonly timeout: number;
  rows<T>(doing: string, text: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** One transaction, all or nothing, in one round trip. */
  run(doing: string, statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** From this version on, memberships are per grantor and know INHERIT and SET. */
export const PER_GRANTOR = 160_000;
const OLDEST = 140_000;
/** Ours to set, not the URL's: they bound every call and keep hostile functions out of name resolution. */
const OURS = [
  "options",
  "statement_timeout",
  "query_timeout",
  "lock_timeout",
  "connect_timeout",
  "application_name",
];

/**
 * Keeps appliers that give from tripping over each other; the number is "lapse". Any role on the server may take and
 * hold this lock, so nothing that takes away ever waits for it.
 */
export const ALONE = "SELECT pg_advisory_xact_lock(465491227493)";

export const id = (name: string): string => pg.escapeIdentifier(name);
export const literal = (value: string): string => pg.escapeLiteral(value);

/** Connects, and makes sure that this is a primary of a version that Lapse knows. */
export async function open(connection: JsonObject, options: ConnectOptions): Promise<Db> {
  const pool = poolOf(connection, options);
  const names = new Map<string, string>();
  const rows = async <T>(doing: string, text: string, values: readonly unknown[] = []) => {
    // Named statements are planned once a connection: planning is most of what these cost.
    const name = names.get(text) ?? `lapse_${names.size}`;
    names.set(text, name);
    try {
      return (await pool.query({ name, text, values: [...values] })).rows as readonly T[];
    } catch (thrown) {
      throw asProviderError(thrown, doing);
    }
  };
  const run: Db["run"] = async (doing, statements) => {
    try {
      await pool.query(["BEGIN", ...statements, "COMMIT"].join(";\n"));
    } catch (thrown) {
      throw asProviderError(thrown, doing);
    }
  };
  const close = () => closeWithin(pool, options.timeout);
  try {
    const server = await identify(rows);
    const { owner, timeout } = options;
    return { version: server.version, applier: server.applier, owner, connection, timeout, rows, run, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function poolOf(connection: JsonObject, { owner, secret, timeout }: ConnectOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: address(connection, secret),
    max: 1,
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
    // Sooner than our own, so that it is the server that gives up and the connection stays good.
    statement_timeout: Math.ceil(timeout * 0.8),
    lock_timeout: Math.ceil(timeout * 0.6),
    application_name: `lapse ${owner}`.replace(/[^\x20-\x7e]/g, "?"),
    options: "-c search_path=pg_catalog",
    keepAlive: true,
  });
  // An idle connection that breaks is not news: the next statement opens another one.
  pool.on("error", () => undefined);
  return pool;
}

function address(connection: JsonObject, secret: ConnectOptions["secret"]): string {
  const name = word(connection["urlEnv"]);
  const value = secret(name);
  const url = value !== undefined && URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.username !== "") {
    for (const parameter of OURS) url.searchParams.delete(parameter);
    return url.href;
  }
  throw new Problem(
    "misconfigured",
    `the environment variable ${name} holds no postgres:// URL with a user name`,
    `set ${name} to postgres://applier:password@host:5432/database?sslmode=verify-full`,
  );
}

async function identify(rows: Db["rows"]): Promise<{ version: number; applier: number }> {
  const [server] = await rows<{ version: number; applier: number; standby: boolean }>(
    "say who it is",
    `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby,
            (SELECT oid FROM pg_roles WHERE rolname = current_user) AS applier`,
  );
  if (!server)
    throw new ProviderError("transient", "PostgreSQL did not say who it is", { vendorCode: "none" });
  // A standby lags behind: what it does not show may well be there.
  if (server.standby)
    throw new ProviderError("transient", "the server is a standby", { vendorCode: "25006" });
  if (server.version >= OLDEST) return server;
  throw new Problem("misconfigured", "PostgreSQL is older than version 14", "upgrade the server");
}

async function closeWithin(pool: pg.Pool, timeout: number): Promise<void> {
  if (pool.ending) return;
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([pool.end(), enough]);
  clearTimeout(timer);
}
