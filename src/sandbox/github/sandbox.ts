// How is a GitHub of one's own started on this machine?
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { ServerType } from "@hono/node-server";
import { app } from "./app.ts";
import type { Exchange } from "./app.ts";
import type { RecordedCall } from "./calls.ts";
import { faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { initBare } from "./git.ts";
import { CARELESS } from "./settings.ts";
import { issueVerbs, type IssueVerbs } from "./issuing.ts";
import { store } from "./store.ts";
import { account, verbs } from "./verbs.ts";
import type { NewAccount, Verbs } from "./verbs.ts";
import { exclusively, knownAccount } from "./world.ts";
import type { World } from "./world.ts";

export interface SandboxOptions {
  /** An empty folder of the caller's; the bare repository goes into it. */
  readonly dir: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Server time in epoch milliseconds. */
  readonly clock: () => number;
  readonly users: readonly NewAccount[];
  /** `main` when absent. */
  readonly defaultBranch?: string;
  /** A free one when absent. */
  readonly port?: number;
  readonly faults?: readonly Fault[];
  /** Pages as large as asked for (up to 100), like the real one; otherwise never more than 30. */
  readonly kindPages?: boolean;
  /** Checks each call of the API and its answer; what it returns is noted in `violations`. */
  readonly validate?: (exchange: Exchange) => readonly string[];
}

export interface Sandbox extends Verbs, IssueVerbs {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly apiUrl: string;
  /** Without credentials. */
  readonly gitUrl: string;
  /** With the token of a user, as git wants it. */
  gitUrlFor(login: string): string;
  readonly repositoryId: number;
  /** The bare repository. */
  readonly gitDir: string;
  readonly calls: readonly RecordedCall[];
  readonly violations: readonly string[];
  readonly fault: (fault: Fault) => void;
  readonly clearFaults: () => void;
  /** Ends every connection, hanging ones too. */
  stop(): Promise<void>;
}

const REPOSITORY_ID = 4711;

async function world(options: SandboxOptions, origin: () => string): Promise<World> {
  const [owner = "", name = ""] = options.repository.split("/");
  const defaultBranch = options.defaultBranch ?? "main";
  await mkdir(options.dir, { recursive: true });
  return {
    store: store({
      accounts: options.users.map(account),
      refs: new Map(),
      pulls: [],
      issues: [],
      reviews: [],
      activity: [],
      events: [],
      comments: [],
      checks: [],
      settings: CARELESS,
    }),
    git: await initBare(join(options.dir, `${name}.git`), defaultBranch),
    clock: options.clock,
    owner,
    name,
    repositoryId: REPOSITORY_ID,
    defaultBranch,
    origin,
    exclusive: exclusively(),
  };
}

async function listening(server: ServerType, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ended = (server: ServerType): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    if ("closeAllConnections" in server) server.closeAllConnections();
  });

/** Starts a sandbox GitHub on loopback. It remembers nothing but its git objects after `stop`. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  let url = "";
  const made = await world(options, () => url);
  const { add, clear, take } = faults(options.faults ?? []);
  const stopping = new AbortController();
  const log = { calls: [] as RecordedCall[], violations: [] as string[] };
  const { fetch } = app(made, {
    faults: { take },
    log,
    stopped: stopping.signal,
    kindPages: options.kindPages ?? false,
    validate: options.validate,
  });
  const server = createAdaptorServer({ fetch });
  url = await listening(server, options.port ?? 0);
  const path = `${made.owner}/${made.name}.git`;
  const token = (login: string) => knownAccount(made.store.now(), login).token;
  return {
    ...verbs(made),
    ...issueVerbs(made),
    ...log,
    url,
    apiUrl: `${url}/api/v3`,
    gitUrl: `${url}/${path}`,
    gitUrlFor: (login) => `${url.replace("//", `//x-access-token:${token(login)}@`)}/${path}`,
    repositoryId: REPOSITORY_ID,
    gitDir: made.git.dir,
    fault: add,
    clearFaults: clear,
    stop: async () => {
      stopping.abort();
      await ended(server);
    },
  };
}
