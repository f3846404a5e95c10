// Where does a real MariaDB server come from in a test? (thrown away with its folder; loopback only)
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import mysql from "mysql2/promise";
import { generate } from "selfsigned";

export interface MariadbServer {
  readonly port: number;
  /** Vouches for the name of the server. */
  readonly ca: string;
  /** A connection of root; the caller ends it. */
  readonly root: () => Promise<mysql.Connection>;
  readonly stop: () => Promise<void>;
}

export interface Programs {
  readonly mariadbd: string;
  readonly install: string;
}

const READY_MS = 30_000;

/** `name` is what its certificate says; it listens on 127.0.0.1 whatever that is. */
export async function startMariadb(
  { mariadbd, install }: Programs,
  name = "localhost",
): Promise<MariadbServer> {
  const folder = mkdtempSync(join(tmpdir(), "lapse-mariadb-"));
  const as = owner(folder);
  const ca = await certificate(folder, name);
  const data = join(folder, "data");
  const socket = join(folder, "socket");
  const port = await freePort();
  execFileSync(
    install,
    [
      "--no-defaults",
      `--datadir=${data}`,
      "--skip-test-db",
      "--auth-root-authentication-method=normal",
      ...as,
    ],
    { stdio: "pipe" },
  );
  const server = spawn(
    mariadbd,
    [
      "--no-defaults",
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--pid-file=${join(folder, "pid")}`,
      "--skip-name-resolve",
      "--skip-log-bin",
      "--innodb-buffer-pool-size=16M",
      "--innodb-flush-log-at-trx-commit=0",
      `--ssl-cert=${join(folder, "cert.pem")}`,
      `--ssl-key=${join(folder, "key.pem")}`,
      ...as,
    ],
    { stdio: "ignore" },
  );
  const root = () => mysql.createConnection({ socketPath: socket, user: "root" });
  const stop = async () => {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(server, root);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { port, ca, root, stop };
}

/** A server refuses to be run by root, so root gives it to a user who owns nothing else. */
function owner(folder: string): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const uid = Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }));
  chownSync(folder, uid, uid);
  return ["--user=nobody"];
}

async function certificate(folder: string, name: string): Promise<string> {
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: name }] },
    ],
  });
  writeFileSync(join(folder, "cert.pem"), cert);
  writeFileSync(join(folder, "key.pem"), key, { mode: 0o644 });
  return cert;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function ready(server: ChildProcess, root: () => Promise<mysql.Connection>): Promise<void> {
  const until = performance.now() + READY_MS;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`mariadbd ended with ${server.exitCode}`);
    try {
      await (await root()).end();
      return;
    } catch (thrown) {
      if (performance.now() > until) throw thrown;
      await sleep(50);
    }
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill("SIGTERM");
  const timer = setTimeout(() => server.kill("SIGKILL"), 15_000);
  await gone;
  clearTimeout(timer);
}
