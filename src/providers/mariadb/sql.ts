// How does one statement get to the server and back, bounded in time? (the only file that knows `mysql2`)
import mysql from "mysql2";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { ProviderError, type ConnectOptions } from "../provider.ts";
import { addressOf, type Address } from "./address.ts";
import { asProviderError, isAnswer } from "./errors.ts";
import { account, type Account } from "./names.ts";

export type Rows = <T>(doing: string, text: string) => Promise<readonly T[]>;

export interface Db {
  /** The account that the server took us for. */
  readonly applier: Account;
  readonly owner: string;
  readonly connection: JsonObject;
  readonly timeout: number;
  readonly rows: Rows;
  /** A statement without rows; how many it affected. Each stands for itself: there are no transactions for roles. */
  run(doing: string, text: string): Promise<number>;
  /** On a connection of its own, for what would change the state of ours. */
  aside<T>(work: (rows: Rows) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Link {
  readonly connection: mysql.Connection;
  readonly applier: Account;
}

/** Of the bound on a call: the server gives up sooner than we do, so that the connection stays good. */
const PATIENCE = 0.3;

/** Connects, and makes sure that this is a writable MariaDB of a version that Lapse knows. */
export async function open(connection: JsonObject, options: ConnectOptions): Promise<Db> {
  const { owner, secret, timeout } = options;
  const address = addressOf(connection, secret);
  const { link, close } = keeper(address, timeout);
  const ask = async (doing: string, text: string): Promise<unknown> =>
    answer(await link(), timeout, { doing, text });
  const { applier } = await link();
  return {
    ...{ applier, owner, connection, timeout },
    rows: async <T>(doing: string, text: string) => (await ask(doing, text)) as readonly T[],
    run: async (doing, text) => ((await ask(doing, text)) as mysql.ResultSetHeader).affectedRows,
    aside: async (work) => {
      const other = await opened(address, timeout, () => undefined);
      try {
        return await work(
          async <T>(doing: string, text: string) =>
            (await answer(other, timeout, { doing, text })) as readonly T[],
        );
      } finally {
        other.connection.destroy();
      }
    },
    close,
  };
}

/** One connection at a time: another is opened once it broke. */
function keeper(address: Address, timeout: number) {
  let live: Promise<Link> | undefined;
  const forget = (opening: Promise<Link>) => {
    if (live === opening) live = undefined;
  };
  const link = async (): Promise<Link> => {
    if (live) return live;
    const opening: Promise<Link> = opened(address, timeout, () => {
      forget(opening);
    });
    live = opening;
    try {
      return await opening;
    } catch (thrown) {
      forget(opening);
      throw thrown;
    }
  };
  const close = async () => {
    const ending = await live?.catch(() => undefined);
    live = undefined;
    ending?.connection.destroy();
  };
  return { link, close };
}

/** Opens a connection, learns who is at its other end, and bounds what the server does for us. */
async function opened(address: Address, timeout: number, lost: () => void): Promise<Link> {
  const connection = mysql.createConnection({
    ...address,
    charset: "utf8mb4",
    connectTimeout: timeout,
    // The server could ask for any file of ours.
    flags: ["-LOCAL_FILES"],
  });
  // A connection that breaks while nobody waits for it is not news: the next statement opens another one.
  connection.on("error", lost);
  connection.on("end", lost);
  const link = { connection, applier: account("") };
  try {
    await bounded(timeout, connection, "connect", (done) => {
      connection.connect(done);
    });
    const applier = await identify(link, timeout);
    const seconds = Math.max(0.05, (timeout * PATIENCE) / 1000);
    const whole = Math.max(1, Math.floor(seconds));
    const text = `SET SESSION sql_mode = 'STRICT_ALL_TABLES', sql_quote_show_create = 1, autocommit = 1,
      max_statement_time = ${seconds}, lock_wait_timeout = ${whole}, innodb_lock_wait_timeout = ${whole}`;
    await answer(link, timeout, { doing: "bound its statements", text });
    await answer(link, timeout, { doing: "lay down the default role", text: "SET ROLE NONE" });
    return { connection, applier };
  } catch (thrown) {
    connection.destroy();
    throw thrown;
  }
}

interface Question {
  readonly doing: string;
  readonly text: string;
}

function answer({ connection }: Link, timeout: number, { doing, text }: Question): Promise<unknown> {
  return bounded(timeout, connection, doing, (done) => {
    connection.query(text, done);
  });
}

/** What the server does not answer in time, and what the connection broke under, ends the connection. */
async function bounded(
  timeout: number,
  connection: mysql.Connection,
  doing: string,
  start: (done: (error: Error | null, result?: unknown) => void) => void,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => {
        reject(
          new ProviderError("transient", `MariaDB did not ${doing} in time`, { vendorCode: "ETIMEDOUT" }),
        );
      }, timeout);
      start((error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  } catch (thrown) {
    if (!isAnswer(thrown)) {
      connection.emit("end");
      connection.destroy();
    }
    throw asProviderError(thrown, doing);
  } finally {
    clearTimeout(timer);
  }
}

interface Server {
  readonly version: string;
  /** 0 or 1; later versions know more words. */
  readonly readonly: number | string;
  readonly applier: string;
}

async function identify(link: Link, timeout: number): Promise<Account> {
  const text = "SELECT VERSION() AS version, @@global.read_only AS readonly, CURRENT_USER() AS applier";
  const [server] = (await answer(link, timeout, { doing: "say who it is", text })) as readonly Server[];
  if (!server) throw new ProviderError("transient", "MariaDB did not say who it is", { vendorCode: "none" });
  checkVersion(server.version);
  // A replica lags behind: what it does not show may well be there.
  if (!["0", "OFF"].includes(String(server.readonly)))
    throw new ProviderError("transient", "the server is read-only: a replica?", { vendorCode: "1290" });
  return account(server.applier);
}

function checkVersion(version: string): void {
  const fix = "use a MariaDB server, 10.6 or newer";
  if (!version.includes("MariaDB"))
    throw new Problem("misconfigured", "the server is MySQL, which is not supported: its roles differ", fix);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 10 || (major === 10 && minor < 6))
    throw new Problem("misconfigured", "MariaDB is older than version 10.6", fix);
}
