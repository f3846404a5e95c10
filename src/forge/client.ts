// How do we talk to GitHub? (Octokit with a bound on every call, one budget for waiting, and all pages or a Problem)
import { Octokit } from "@octokit/rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { odd, part } from "./fields.ts";
import { manners, repetition, throttle } from "./manners.ts";
import { patience } from "./patience.ts";
import { problemOf } from "./problems.ts";

export interface ClientOptions {
  readonly apiUrl: string;
  readonly token: string;
  /** Bound on each request, in milliseconds; 10 s when absent. */
  readonly timeout?: number;
  /** Bound on all waiting that GitHub asks for, in milliseconds; a minute when absent. */
  readonly patience?: number;
  readonly userAgent?: string;
  readonly fetch?: typeof fetch;
}

type Values = Readonly<Record<string, unknown>>;

/** Calls name a route like `GET /repos/{owner}/{repo}`. Every failure is thrown as a Problem. */
export interface Client {
  call(route: string, values?: Values): Promise<unknown>;
  /** When the server answered, as its `Date` header says it. */
  date(route: string, values?: Values): Promise<string | undefined>;
  /** Page after page, until the caller has enough. `within`: the field of the answer that holds the list. */
  pages(route: string, values?: Values, within?: string): AsyncGenerator<readonly unknown[]>;
  all(route: string, values?: Values, within?: string): Promise<readonly unknown[]>;
}

/** More pages than any list of GitHub has: a server that says "next" for ever is not believed. */
const MAX_PAGES = 1000;

function octokitFor(options: ClientOptions): Octokit {
  const waiting = patience(options.patience ?? 60_000);
  const silent = () => undefined;
  const Polite = Octokit.plugin(manners(options.timeout ?? 10_000, waiting), retry, throttling);
  return new Polite({
    auth: options.token,
    baseUrl: options.apiUrl.replace(/\/+$/, ""),
    userAgent: options.userAgent ?? "lapse",
    log: { debug: silent, info: silent, warn: silent, error: silent },
    throttle: throttle(options.apiUrl, waiting),
    retry: repetition(options.apiUrl),
    ...(options.fetch && { request: { fetch: options.fetch } }),
  });
}

/** The address of the next page, which must be of the same server: the token goes there. */
function nextPage(link: string | undefined, apiUrl: string): string | undefined {
  const next = /<([^<>]+)>; *rel="next"/.exec(link ?? "")?.[1];
  if (next === undefined) return undefined;
  const known = URL.canParse(next) && new URL(next).origin === new URL(apiUrl).origin;
  return known ? next : odd("the address of the next page");
}

/** The route as a person reads it. */
const filled = (route: string, values: Values): string =>
  route.replace(/\{(\w+)\}/g, (hole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : hole,
  );

/** The list in an answer: all of it, or one field. */
const listIn = (data: unknown, within: string | undefined): unknown =>
  within === undefined ? data : part(data, "the list").fields[within];

/** A client for one server and one token. Nothing is sent yet. */
export function client(options: ClientOptions): Client {
  const octokit = octokitFor(options);
  const request = async (route: string, values: Values, name = filled(route, values)) => {
    try {
      return await octokit.request(route, values);
    } catch (error) {
      throw problemOf(error, name);
    }
  };
  async function* pages(
    route: string,
    values: Values = {},
    within?: string,
  ): AsyncGenerator<readonly unknown[]> {
    let answer = await request(route, { ...values, per_page: 100 });
    for (let page = 1; ; page += 1) {
      const items = listIn(answer.data, within);
      if (!Array.isArray(items) || page > MAX_PAGES) odd(`the list of ${route}`);
      yield items;
      const next = nextPage(answer.headers.link, options.apiUrl);
      if (next === undefined) return;
      answer = await request(`GET ${next}`, {}, filled(route, values));
    }
  }
  return {
    call: async (route, values = {}) => (await request(route, values)).data as unknown,
    date: async (route, values = {}) => (await request(route, values)).headers.date,
    pages,
    all: async (route, values, within) => {
      const items: unknown[] = [];
      for await (const page of pages(route, values, within)) items.push(...page);
      return items;
    },
  };
}
