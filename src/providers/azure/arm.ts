// How is Azure called? (one client for each session; every call bounded, repeated with care, and told in our words)
import { setTimeout as pause } from "node:timers/promises";
import { AuthorizationManagementClient, getContinuationToken } from "@azure/arm-authorization";
import type { Instant, JsonObject } from "../../core/model.ts";
import { ProviderError, type ConnectOptions } from "../provider.ts";
import { word } from "../schema.ts";
import { cloudOf } from "./clouds.ts";
import { asProviderError } from "./errors.ts";
import { clock, getJson, transport, type Answer } from "./http.ts";
import { credential } from "./login.ts";

const ATTEMPTS = 3;
const FIRST_PAUSE = 100;
/** More than any subscription can have: a list that goes on is broken. */
const MOST_PAGES = 1000;

interface Bound {
  readonly abortSignal: AbortSignal;
}

export interface Arm {
  readonly client: AuthorizationManagementClient;
  readonly connection: JsonObject;
  readonly tenant: string;
  readonly subscription: string;
  readonly owner: string;
  readonly timeout: number;
  /** One call, `doing` something, within the bound. */
  call<T>(doing: string, act: (options: Bound) => Promise<T>): Promise<T>;
  /** A GET of Microsoft Graph. */
  graph(path: string, doing: string): Promise<Answer>;
  /** What time it is for Azure, as of its last answer. */
  readonly now: () => Instant | undefined;
  /** The applier's own access token. */
  token(): Promise<string>;
}

/** Throws a Problem (misconfigured) when a variable is unset or an address is not Azure's; the first call tells whether Azure is there. */
export function openArm(connection: JsonObject, options: ConnectOptions): Arm {
  const { owner, timeout } = options;
  const subscription = word(connection["subscription"]).toLowerCase();
  const cloud = cloudOf(connection);
  const { endpoint, graph } = cloud;
  const over = transport(connection, options);
  const login = credential(connection, options, over, cloud);
  const { policy, now } = clock();
  const client = new AuthorizationManagementClient(login, subscription, {
    ...over,
    additionalPolicies: [...over.additionalPolicies, { policy, position: "perRetry" }],
    endpoint,
    $host: endpoint,
  });
  const tokenFor = async (audience: string): Promise<string> =>
    (await login.getToken(`${audience}/.default`))?.token ?? "";
  return {
    ...{ client, connection, subscription, owner, timeout, now },
    tenant: word(connection["tenant"]).toLowerCase(),
    call: (doing, act) => call(timeout, doing, act),
    graph: (path, doing) =>
      call(timeout, doing, async () => getJson(over, `${graph}${path}`, await tokenFor(graph), doing)),
    token: () => call(timeout, "sign the applier in", () => tokenFor(endpoint)),
  };
}

/** Tries again what may pass, while there is time: never longer than the bound, however long Azure says to wait. */
async function call<T>(timeout: number, doing: string, act: (options: Bound) => Promise<T>): Promise<T> {
  const end = performance.now() + timeout;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await within(end - performance.now(), act);
    } catch (thrown) {
      const error = asProviderError(thrown, doing);
      const wait = retryAfter(thrown) ?? FIRST_PAUSE * 2 ** (attempt - 1);
      if (attempt >= ATTEMPTS || !mayPass(error) || performance.now() + wait >= end) throw error;
      await pause(wait);
    }
  }
}

/** The SDK does not hand the signal on to its sign-in, so the clock is watched here as well. */
async function within<T>(ms: number, act: (options: Bound) => Promise<T>): Promise<T> {
  const abortSignal = AbortSignal.timeout(Math.max(1, Math.ceil(ms)));
  const late = new Promise<never>((_, reject) => {
    abortSignal.addEventListener("abort", () => {
      reject(new ProviderError("transient", "Azure gave no answer in time", { vendorCode: "TimeoutError" }));
    });
  });
  return Promise.race([act({ abortSignal }), late]);
}

/** Replication takes longer than a call may, and a conflict is for the caller to judge. */
function mayPass({ class: cls, vendorCode }: ProviderError): boolean {
  const known = ["PrincipalNotFound", "SubjectNotFound", "RoleAssignmentDoesNotExist"].includes(vendorCode);
  return cls === "throttled" || (cls === "transient" && !known);
}

function retryAfter(thrown: unknown): number | undefined {
  const { response } = thrown as {
    readonly response?: { readonly headers?: { get(name: string): unknown } };
  };
  const seconds = Number(response?.headers?.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

interface Pager<T> {
  byPage(settings?: { readonly continuationToken?: string }): AsyncIterableIterator<T[]>;
}

/** Every page, each a call of its own. Throws when any fails: half a list proves nothing. */
export async function pages<T extends object>(
  arm: Pick<Arm, "call">,
  doing: string,
  open: (options: Bound) => Pager<T>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let next: { readonly continuationToken?: string } = {};
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await arm.call(doing, (options) => firstOf(open(options).byPage(next)));
    all.push(...(page ?? []));
    const continuationToken = page && getContinuationToken(page);
    if (continuationToken === undefined) return all;
    next = { continuationToken };
  }
  throw new ProviderError("transient", `Azure did not ${doing}: the list has no end`, {
    vendorCode: "pages",
  });
}

async function firstOf<T>(pages: AsyncIterableIterator<T[]>): Promise<T[] | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

/**
 * Looks until what is seen is good, twice at least, with growing pauses, for as long as one call may take; then says what
 * it saw last.
 */
export async function patiently<T>(
  budget: number,
  look: () => Promise<T>,
  good: (seen: T) => boolean,
): Promise<T> {
  const end = performance.now() + budget;
  for (let wait = 20; ; wait = Math.min(wait * 2, 2000)) {
    const seen = await look();
    if (good(seen) || (wait > 20 && performance.now() + wait >= end)) return seen;
    await pause(wait);
  }
}
