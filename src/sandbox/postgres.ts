// How does a real PostgreSQL server start for the demo and the tests, without installing one?
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../core/problem.ts";
import { postgresBinaries, unprivileged, type Account, type PostgresMajor } from "./postgres-binaries.ts";

export interface PostgresServer {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly superuser: { readonly user: string; readonly password: string };
  url(user: string, password: string, database?: string): string;
  /** Idempotent; the server is gone and its directory removed when it resolves. */
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const START_MS = 30_000;
const STOP_MS = 5_000;
/** Helper processes of the server may still write for a moment. */
const REMOVE = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
/** Throw-away data: durability is off, memory is small, no file-system socket. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "16MB",
  max_connections: "40",
  log_min_messages: "log",
};

/**
 * Starts a server on a free loopback port with random passwords (SCRAM); `dir` is where its own directory is made.
 * It dies with this process. Throws a Problem (misconfigured) where no server binaries are installed.
 */
export async function startPostgres(
  options: { readonly major?: PostgresMajor; readonly dir?: string } = {},
): Promise<PostgresServer> {
  const account = await unprivileged();
  const base = await mkdtemp(join(options.dir ?? tmpdir(), "lapse-postgres-"));
  try {
    const password = secret();
    const binaries = await postgresBinaries(options.major ?? 18, account, join(base, "native"));
    const data = join(base, "data");
    await give(base, account);
    await initialise(binaries.initdb, { base, data, password, account });
    const server = await launch(binaries.postgres, data, account);
    return running({ ...server, base, password, version: binaries.version });
  } catch (thrown) {
    await rm(base, REMOVE);
    throw thrown;
  }
}

function secret(): string {
  return randomBytes(18).toString("base64url");
}

async function give(path: string, account: Account | undefined): Promise<void> {
  await chmod(path, 0o700);
  if (account) await chown(path, account.uid, account.gid);
}

interface Initial {
  readonly base: string;
  readonly data: string;
  readonly password: string;
  readonly account: Account | undefined;
}

async function initialise(initdb: string, { base, data, password, account }: Initial): Promise<void> {
  const file = join(base, "password");
  await writeFile(file, password);
  await give(file, account);
  const flags = ["--auth=scram-sha-256", `--pwfile=${file}`, "--encoding=UTF8", "--locale=C", "--no-sync"];
  const child = start(initdb, ["-D", data, "-U", "postgres", ...flags], account);
  const said = await ending(child);
  await rm(file, { force: true });
  if (child.exitCode !== 0) throw failed("initdb", said);
}

function start(command: string, args: readonly string[], account: Account | undefined): ChildProcess {
  const env = { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
  return spawn(command, args, { cwd: "/", env, stdio: ["ignore", "ignore", "pipe"], ...account });
}

/** Waits for the end of a process; what it wrote to stderr. */
async function ending(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      resolve();
    });
  });
  return said;
}

function failed(what: string, said: string): Problem {
  return new Problem(
    "unavailable",
    `${what} of the embedded PostgreSQL failed: ${said.trim().slice(-500)}`,
    "run `npm ci` again, and see that the temporary directory is writable and executable",
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Somebody may take the free port before the server does, hence the attempts. */
async function launch(
  postgres: string,
  data: string,
  account: Account | undefined,
  attempts = 3,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const port = await freePort();
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = start(postgres, ["-D", data, "-p", String(port), ...settings], account);
  const said = await Promise.race([ready(child), sleep(START_MS, "took too long", { ref: false })]);
  if (said === undefined) return { child, port };
  await halt(child, "SIGQUIT");
  if (attempts > 1) return launch(postgres, data, account, attempts - 1);
  throw failed("start", said);
}

/** Resolves with nothing when the server accepts connections, else with what it said before it ended. */
async function ready(child: ChildProcess): Promise<string | undefined> {
  const up = new Promise<undefined>((resolve) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("ready to accept connections")) resolve(undefined);
    });
  });
  return Promise.race([up, ending(child)]);
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly base: string;
  readonly password: string;
  readonly version: string;
}

function running({ child, port, base, password, version }: Running): PostgresServer {
  const atOnce = () => {
    child.kill("SIGQUIT");
    rmSync(base, REMOVE);
  };
  const release = endsWithThisProcess(atOnce);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    release();
    await halt(child, "SIGINT");
    await rm(base, REMOVE);
  };
  return {
    version,
    host: HOST,
    port,
    superuser: { user: "postgres", password },
    url: (user, secret, database = "postgres") =>
      `postgres://${[user, secret].map(encodeURIComponent).join(":")}@${HOST}:${port}/${encodeURIComponent(database)}`,
    stop: () => (stopping ??= stop()),
  };
}

async function halt(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill(signal);
  await Promise.race([closed, sleep(STOP_MS, undefined, { ref: false })]);
  child.kill("SIGKILL");
}

/** Runs `act` when this process ends or is told to; the default effect of the signal stays. Returns how to forget it. */
function endsWithThisProcess(act: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    act();
    release();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const release = () => {
    process.off("exit", act).off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onSignal);
  };
  process.on("exit", act).on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onSignal);
  return release;
}
