// How does Lapse talk to an API server? (every call bounded in time; "not now" is waited for within that bound)
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  createConfiguration,
  Observable,
  RbacAuthorizationV1Api,
  ServerConfiguration,
  type ConfigurationOptions,
} from "@kubernetes/client-node";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import type { ConnectOptions } from "../provider.ts";
import { word } from "../schema.ts";
import { asProviderError } from "./errors.ts";

type Act<T> = (options: ConfigurationOptions) => Promise<T>;

export interface Cluster {
  readonly owner: string;
  readonly connection: JsonObject;
  readonly timeout: number;
  readonly rbac: RbacAuthorizationV1Api;
  readonly core: CoreV1Api;
  readonly authorization: AuthorizationV1Api;
  /** May be repeated: also after a broken connection or an answer that says nothing. */
  readonly read: <T>(doing: string, act: Act<T>) => Promise<T>;
  /** Repeated only when the server says that it did nothing (429). */
  readonly write: <T>(doing: string, act: Act<T>) => Promise<T>;
  readonly close: () => void;
}

const SOCKETS = 8;
const TRIES = 3;
const PAUSE_MS = 50;
/** The client has no timeout of its own, and makes a new connection for each call. */
const within = (agent: Agent, ms: number): ConfigurationOptions => ({
  middleware: [
    {
      pre: (context) => {
        context.setSignal(AbortSignal.timeout(Math.max(1, Math.ceil(ms))));
        context.setAgent(agent);
        return new Observable(Promise.resolve(context));
      },
      post: (context) => new Observable(Promise.resolve(context)),
    },
  ],
});

/** Makes no call. Throws a Problem (misconfigured) when a secret is missing. */
export function connectCluster(connection: JsonObject, { owner, secret, timeout }: ConnectOptions): Cluster {
  const token = needed(secret, word(connection["tokenEnv"]));
  const caEnv = word(connection["caEnv"]);
  const ca = caEnv === "" ? undefined : needed(secret, caEnv);
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS, ...(ca !== undefined && { ca }) });
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(word(connection["server"]).replace(/\/$/, ""), {}),
    authMethods: { BearerToken: `Bearer ${token}` },
  });
  const run = <T>(doing: string, act: Act<T>, again: (thrown: unknown) => number | undefined) =>
    patiently(doing, (left) => act(within(agent, left)), { timeout, again });
  return {
    ...{ owner, connection, timeout },
    rbac: new RbacAuthorizationV1Api(configuration),
    core: new CoreV1Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
    read: (doing, act) => run(doing, act, (thrown) => notNow(thrown) ?? unclear(thrown)),
    write: (doing, act) => run(doing, act, notNow),
    close: () => {
      agent.destroy();
    },
  };
}

function needed(secret: ConnectOptions["secret"], name: string): string {
  const value = secret(name)?.trim();
  if (value !== undefined && value !== "") return value;
  throw new Problem(
    "misconfigured",
    `the environment variable ${name} is not set`,
    `set ${name}, which the target's connection names`,
  );
}

interface Patience {
  readonly timeout: number;
  /** How long to wait before another try, in milliseconds; nothing if there should be none. */
  readonly again: (thrown: unknown) => number | undefined;
}

/** All tries and pauses together take no longer than one call may. */
async function patiently<T>(
  doing: string,
  act: (left: number) => Promise<T>,
  { timeout, again }: Patience,
): Promise<T> {
  const end = performance.now() + timeout;
  for (let tried = 1; ; tried++) {
    try {
      return await act(end - performance.now());
    } catch (thrown) {
      const pause = again(thrown);
      const hopeless = pause === undefined || tried >= TRIES || performance.now() + pause >= end;
      if (hopeless) throw asProviderError(thrown, doing);
      await sleep(pause);
    }
  }
}

/** What the server asks for, in whole seconds. https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
function notNow(thrown: unknown): number | undefined {
  if (!(thrown instanceof ApiException) || thrown.code !== 429) return undefined;
  const seconds = Number((thrown.headers as Readonly<Record<string, string>>)["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : PAUSE_MS;
}

function unclear(thrown: unknown): number | undefined {
  if (thrown instanceof ApiException && thrown.code < 500) return undefined;
  return asProviderError(thrown, "answer").class === "transient" ? PAUSE_MS : undefined;
}

/** The only namespaces in which Lapse may act here; nothing where the connection names none. */
export function namespacesOf({ connection }: Pick<Cluster, "connection">): readonly string[] | undefined {
  const { namespaces } = connection;
  return Array.isArray(namespaces) ? namespaces.filter((one) => typeof one === "string") : undefined;
}

/** A few at a time: calls that wait for a socket would run out of time. */
export async function inTurns<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += SOCKETS)
    results.push(...(await Promise.all(items.slice(i, i + SOCKETS).map(act))));
  return results;
}

/** The client's types are classes; their fields are all that it sends. */
export function made<T extends object>(kind: new () => T, fields: Partial<T>): T {
  return Object.assign(new kind(), fields);
}
