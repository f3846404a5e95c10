// How does a pretended server speak MariaDB's protocol? (mysql2's own server side; loopback only)
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import mysql from "mysql2";

export type Row = Readonly<Record<string, string | number | null>>;
export type Answer =
  | { readonly columns: readonly string[]; readonly rows: readonly Row[] }
  | { readonly affected: number }
  | { readonly code: number; readonly message: string };

export interface Caller {
  readonly id: number;
  readonly user: string;
  readonly address: string;
  readonly proves: (password: string) => boolean;
  readonly hangUp: () => void;
}

export interface Peer {
  /** Never answers (`undefined`) or breaks the connection instead of answering. */
  readonly ask: (text: string) => Promise<Answer | "hang" | "reset">;
  readonly gone: () => void;
}

/** What mysql2's server side has; its types leave it out. */
interface Wire extends EventEmitter {
  /** Counts the packets of one exchange; the server side forgets to begin anew with the next. */
  sequenceId: number;
  readonly stream: Socket;
  serverHandshake(hello: Readonly<Record<string, unknown>>): void;
  writeOk(ok: { affectedRows: number }): void;
  writeError(error: { code: number; message: string }): void;
  writeTextResult(rows: readonly Row[], columns: readonly object[]): void;
}
interface WireServer extends EventEmitter {
  readonly _server: NetServer;
  listen(port: number, host: string): void;
}
interface Credentials {
  readonly user: string;
  readonly authPluginData1: Buffer;
  readonly authPluginData2: Buffer;
  readonly authToken: Buffer;
}

const UTF8MB4 = 45;
const VAR_STRING = 253;

/** Serves until `stop`; `open` lets a caller in, or says why not. */
export async function serve(
  version: () => string,
  open: (caller: Caller) => Peer | { readonly code: number; readonly message: string },
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = (mysql.createServer as unknown as (handler: (wire: Wire) => void) => WireServer)((wire) => {
    const id = ++count;
    sockets.add(wire.stream);
    // Answers go out in many small packets, which would wait for one another.
    wire.stream.setNoDelay(true);
    let peer: Peer | undefined;
    const gone = () => {
      sockets.delete(wire.stream);
      peer?.gone();
    };
    wire.stream.on("close", gone);
    wire.on("error", () => undefined);
    const ask = (text: string) => void answer(wire, peer, text);
    // mysql2 takes SET for a prepared statement.
    for (const event of ["query", "stmt_prepare"]) wire.on(event, ask);
    wire.on("init_db", (name: string) => {
      ask(`USE \`${name}\``);
    });
    wire.serverHandshake({
      protocolVersion: 10,
      serverVersion: version(),
      connectionId: id,
      statusFlags: 2,
      characterSet: UTF8MB4,
      capabilityFlags: 0xff_ff_ff,
      authCallback: (who: Credentials, done: (error: null, refusal?: object) => void) => {
        const hangUp = () => wire.stream.destroy();
        const proves = (password: string) => who.authToken.equals(tokenOf(password, who));
        const opened = open({ id, user: who.user, address: "127.0.0.1", proves, hangUp });
        if ("code" in opened) {
          done(null, opened);
          return;
        }
        peer = opened;
        done(null);
        wire.sequenceId = 0;
      },
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server._server, "listening");
  return {
    port: (server._server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server._server, "close");
      server._server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/ */
function tokenOf(password: string, { authPluginData1, authPluginData2 }: Credentials): Buffer {
  const sha = (...parts: readonly Buffer[]) => createHash("sha1").update(Buffer.concat(parts)).digest();
  if (password === "") return Buffer.alloc(0);
  const hashed = sha(Buffer.from(password));
  const seed = Buffer.concat([authPluginData1, authPluginData2]).subarray(0, 20);
  return sha(seed, sha(hashed)).map((byte, i) => byte ^ (hashed[i] ?? 0)) as Buffer;
}

async function answer(wire: Wire, peer: Peer | undefined, text: string): Promise<void> {
  const said = (await peer?.ask(text)) ?? "reset";
  if (said === "hang" || wire.stream.destroyed) return;
  if (said === "reset") {
    wire.stream.resetAndDestroy();
    return;
  }
  if ("code" in said) wire.writeError(said);
  else if ("affected" in said) wire.writeOk({ affectedRows: said.affected });
  else
    wire.writeTextResult(
      said.rows,
      said.columns.map((name) => ({
        ...{ catalog: "def", schema: "", table: "", orgTable: "", name, orgName: name },
        ...{ characterSet: UTF8MB4, columnLength: 1024, columnType: VAR_STRING, flags: 0, decimals: 0 },
      })),
    );
  wire.sequenceId = 0;
}
