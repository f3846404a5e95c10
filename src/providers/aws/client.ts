// How does one call get to AWS and back, bounded in time? (what every client of the SDK is made with)
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { ProviderError, type ConnectOptions, type ErrorClass } from "../provider.ts";
import { word } from "../schema.ts";
import { asProviderError } from "./errors.ts";

/** The SDK tries throttled and broken calls again by itself, this often in all. */
const ATTEMPTS = 3;

export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly maxAttempts: number;
  readonly requestHandler: { readonly requestTimeout: number; readonly connectionTimeout: number };
}

/** Settings for one service; `endpoint` is the connection's property that holds its address. */
export function clientSettings(
  connection: JsonObject,
  options: ConnectOptions,
  where: { readonly region: string; readonly endpoint: string },
): ClientSettings {
  const address = word(connection[where.endpoint]);
  const credentials = keys(connection, options.secret);
  return {
    region: where.region,
    ...(address !== "" && { endpoint: address }),
    ...(credentials && { credentials }),
    maxAttempts: ATTEMPTS,
    requestHandler: { requestTimeout: options.timeout, connectionTimeout: options.timeout },
  };
}

function keys(connection: JsonObject, secret: ConnectOptions["secret"]): ClientSettings["credentials"] {
  const named = ["accessKeyEnv", "secretKeyEnv", "sessionTokenEnv"].map((name) => word(connection[name]));
  const [access = "", key = "", token = ""] = named;
  if (named.every((name) => name === "")) return undefined;
  if (access === "" || key === "") {
    const fix = "name both in the target's connection, or neither: then the SDK's default chain is used";
    throw new Problem("misconfigured", "only one of accessKeyEnv and secretKeyEnv is named", fix);
  }
  return {
    accessKeyId: need(access, secret),
    secretAccessKey: need(key, secret),
    ...(token !== "" && { sessionToken: need(token, secret) }),
  };
}

function need(name: string, secret: ConnectOptions["secret"]): string {
  const value = secret(name);
  if (value !== undefined && value !== "") return value;
  throw new Problem("misconfigured", `the environment variable ${name} is not set`, `set ${name}`);
}

/** Sends one command. */
export type Call = <T>(
  doing: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  missing?: ErrorClass,
) => Promise<T>;

/** The SDK's own pauses between attempts know no signal, so whoever waits stops waiting by a clock of ours. */
export function caller(timeout: number): Call {
  return async (doing, send, missing = "role-missing") => {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        abort.abort();
        reject(new ProviderError("transient", `AWS did not ${doing} in time`, { vendorCode: "timeout" }));
      }, timeout);
    });
    try {
      return await Promise.race([send({ abortSignal: abort.signal }), late]);
    } catch (thrown) {
      throw asProviderError(thrown, doing, missing);
    } finally {
      clearTimeout(timer);
    }
  };
}
