// How do we speak HTTPS beside the SDK, and what holds every request within its time?
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type PipelinePolicy,
} from "@azure/core-rest-pipeline";
import type { Instant, JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { word } from "../schema.ts";
import type { ConnectOptions } from "../provider.ts";
import { asProviderError } from "./errors.ts";

/** What the SDK's clients and ours are made of: no retries of their own, and no request without a bound. */
export interface Transport {
  readonly retryOptions: { readonly maxRetries: 0 };
  /** A token goes where the set-up says, and nowhere else. */
  readonly redirectOptions: { readonly maxRetries: 0 };
  readonly tlsOptions?: { readonly ca: string };
  readonly additionalPolicies: { readonly policy: PipelinePolicy; readonly position: "perRetry" }[];
}

export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Throws a Problem when the named variable holds no certificate. */
export function transport(connection: JsonObject, { secret, timeout }: ConnectOptions): Transport {
  const name = word(connection["caEnv"]);
  const ca = name === "" ? undefined : secret(name);
  if (name !== "" && (ca ?? "") === "")
    throw new Problem(
      "misconfigured",
      `the variable ${name} is not set`,
      `put the authority's PEM into ${name}`,
    );
  const bounded: PipelinePolicy = {
    name: "lapseBoundPolicy",
    sendRequest: (request, next) => {
      request.timeout = timeout;
      return next(request);
    },
  };
  return {
    ...{ retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 } },
    additionalPolicies: [{ policy: bounded, position: "perRetry" }],
    ...(ca !== undefined && { tlsOptions: { ca } }),
  };
}

/** Azure's own time, as its last answer told it: it ends things by that. Undefined before the first. */
export function clock(): { readonly policy: PipelinePolicy; readonly now: () => Instant | undefined } {
  let last: number | undefined;
  const sendRequest: PipelinePolicy["sendRequest"] = async (request, next) => {
    const response = await next(request);
    const told = Date.parse(response.headers.get("date") ?? "");
    if (Number.isFinite(told)) last = told;
    return response;
  };
  return { policy: { name: "lapseClockPolicy", sendRequest }, now: () => last as Instant | undefined };
}

const client = createDefaultHttpClient();

/** One GET of JSON with a bearer token. Answers whatever the status is; throws ProviderError when nothing came. */
export async function getJson(
  transport: Transport,
  url: string,
  token: string,
  doing: string,
): Promise<Answer> {
  const { additionalPolicies, ...options } = transport;
  const pipeline = createPipelineFromOptions(options);
  for (const { policy } of additionalPolicies) pipeline.addPolicy(policy);
  const headers = createHttpHeaders({ authorization: `Bearer ${token}`, accept: "application/json" });
  try {
    const request = createPipelineRequest({ url, headers });
    const { status, bodyAsText } = await pipeline.sendRequest(client, request);
    return { status, body: parse(bodyAsText) };
  } catch (thrown) {
    throw asProviderError(thrown, doing);
  }
}

/** A body that is no JSON object is empty: whoever asked misses what it needs. */
function parse(text: string | null | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}
