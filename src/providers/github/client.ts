// How do we talk to GitHub? (Octokit with a bound on every try, repeating only reads, and all pages or an error)
import { setTimeout as sleep } from "node:timers/promises";
import { createAppAuth } from "@octokit/auth-app";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import type { JsonObject } from "../../core/model.ts";
import { ProviderError, type ConnectOptions, type ErrorClass } from "../provider.ts";
import { asProviderError, retryAfter, statusOf } from "./errors.ts";
import { paceFor, patience, throttle, type Pace, type Patience } from "./pace.ts";
import { credentials, type Credentials } from "./signin.ts";
import { addressOf } from "./where.ts";

type Values = Readonly<Record<string, string | number>>;

/** What is asked: words for the message, a route like `GET /orgs/{org}`, its values, and what a 404 means. */
export interface Ask {
  readonly doing: string;
  readonly route: string;
  readonly values?: Values;
  readonly missing?: ErrorClass;
}

export interface Api {
  /** Host and path of the API: part of every key, since ids are of one GitHub only. */
  readonly host: string;
  readonly get: <T>(ask: Ask) => Promise<T>;
  /** Undefined for a 404, which may also mean that the token must not see it. */
  readonly find: <T>(ask: Ask) => Promise<T | undefined>;
  readonly all: <T>(ask: Ask) => Promise<readonly T[]>;
  /** A write: the status of the answer, 404 included, and what it says. Never repeated. */
  readonly write: (ask: Ask) => Promise<{ readonly status: number; readonly data: unknown }>;
  /** What the credentials allow, where GitHub says so. */
  readonly rights: () => Promise<Rights>;
  /** Reads until the answer will do, a few times; the last answer, whatever it is. */
  readonly until: <T>(read: () => Promise<T>, done: (value: T) => boolean) => Promise<T>;
}

/** `scopes` of a classic token, `permissions` of an App; neither for a fine-grained token. */
export interface Rights {
  readonly scopes?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
}

/** More pages than any list of GitHub has: a server that says "next" for ever is not believed. */
const MAX_PAGES = 1000;
const READS = 5;

export function open(connection: JsonObject, options: ConnectOptions, pace?: Pace): Api {
  const url = addressOf(connection, options);
  const signin = credentials(connection, options);
  const manner = pace ?? paceFor(url);
  const octokit = octokitFor(url, { signin, timeout: options.timeout, pace: manner });
  const request = async ({ doing, route, values, missing = "role-missing" }: Ask) => {
    try {
      return await octokit.request(route, { ...values });
    } catch (thrown) {
      throw asProviderError(thrown, doing, missing);
    }
  };
  const { host, pathname } = new URL(url);
  return {
    host: `${host}${pathname.replace(/\/$/, "")}`,
    get: async <T>(ask: Ask) => answer((await request(ask)).data as unknown, ask) as T,
    find: async <T>(ask: Ask) =>
      (await optional(async () => answer((await request(ask)).data as unknown, ask))) as T | undefined,
    all: async <T>(ask: Ask) => (await pages(ask, request, url)) as readonly T[],
    write: async (ask) => {
      const done = await optional(() => request(ask));
      return done ? { status: done.status, data: done.data as unknown } : { status: 404, data: undefined };
    },
    rights: () => rights(octokit, signin),
    until: async (read, done) => {
      let value = await read();
      for (let count = 1; count < READS && !done(value); count += 1) {
        await sleep(manner.again);
        value = await read();
      }
      return value;
    },
  };
}

interface Setup {
  readonly signin: Credentials;
  readonly timeout: number;
  readonly pace: Pace;
}

function octokitFor(baseUrl: string, { signin, timeout, pace }: Setup): Octokit {
  const waiting = patience(timeout);
  const silent = () => undefined;
  const Polite = Octokit.plugin(manners(timeout, waiting), retry, throttling);
  return new Polite({
    ...(signin.is === "token" ? { auth: signin.token } : { authStrategy: createAppAuth, auth: signin }),
    baseUrl,
    userAgent: "lapse",
    log: { debug: silent, info: silent, warn: silent, error: silent },
    throttle: throttle(baseUrl, pace, waiting),
    retry: {
      retries: 2,
      doNotRetry: [400, 401, 403, 404, 405, 409, 410, 422, 429, 451],
      retryAfterBaseValue: pace.again,
    },
  });
}

/** A plugin that comes before the others, so that it sees every single try. */
const manners = (timeout: number, waiting: Patience) => (octokit: Parameters<typeof retry>[0]) => {
  octokit.hook.wrap("request", async (send, options) => {
    await waiting.ready();
    const deadline = AbortSignal.timeout(timeout);
    options.request.signal = deadline;
    // A write may have had its effect although the answer got lost.
    if (options.method !== "GET") options.request["retries"] = 0;
    try {
      return await send(options);
    } catch (thrown) {
      // Who did not answer in time is not asked again: the bound is the caller's, too.
      if (deadline.aborted) options.request["retries"] = 0;
      const wait = retryAfter(thrown);
      if (wait !== undefined) waiting.stop(wait);
      throw thrown;
    }
  });
};

/** Undefined where GitHub shows nothing. */
async function optional<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof ProviderError && statusOf(thrown.cause) === 404) return undefined;
    throw thrown;
  }
}

function strange(doing: string): never {
  const message = `GitHub did not ${doing}: its answer makes no sense`;
  throw new ProviderError("transient", message, { vendorCode: "odd" });
}

/** A page of some proxy is not an answer. */
function answer(data: unknown, { doing }: Ask): unknown {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data : strange(doing);
}

async function pages(
  ask: Ask,
  request: (ask: Ask) => Promise<{ readonly data: unknown; readonly headers: { readonly link?: string } }>,
  url: string,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let got = await request({ ...ask, values: { ...ask.values, per_page: 100 } });
  for (let page = 1; ; page += 1) {
    if (!Array.isArray(got.data) || page > MAX_PAGES) strange(ask.doing);
    items.push(...(got.data as unknown[]));
    const next = nextPage(got.headers.link, url);
    if (next === undefined) return items;
    if (next === "elsewhere") strange(ask.doing);
    got = await request({ ...ask, route: `GET ${next}`, values: {} });
  }
}

/** The token goes to the next page, so it must be of the same server. */
function nextPage(link: string | undefined, url: string): string | undefined {
  const next = /<([^<>]+)>; *rel="next"/.exec(link ?? "")?.[1];
  if (next === undefined) return undefined;
  return URL.canParse(next) && new URL(next).origin === new URL(url).origin ? next : "elsewhere";
}

async function rights(octokit: Octokit, signin: Credentials): Promise<Rights> {
  try {
    if (signin.is === "app") {
      const { permissions } = (await octokit.auth({ type: "installation" })) as Rights;
      return permissions ? { permissions } : {};
    }
    const scopes = (await octokit.request("GET /meta")).headers["x-oauth-scopes"];
    return scopes === undefined ? {} : { scopes: scopes.split(/, */).filter((scope) => scope !== "") };
  } catch (thrown) {
    throw asProviderError(thrown, "say what the credentials allow", "forbidden");
  }
}
