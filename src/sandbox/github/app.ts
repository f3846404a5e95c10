// Which request goes where?
import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { refuse, REPO } from "./api.ts";
import type { ApiEnv, Call } from "./api.ts";
import { recorded } from "./calls.ts";
import type { Log } from "./calls.ts";
import { callName, misbehave } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { gitHttp } from "./git-http.ts";
import { accountRoutes } from "./routes-account.ts";
import { activityRoutes } from "./routes-activity.ts";
import { checkRoutes } from "./routes-checks.ts";
import { commentRoutes } from "./routes-comments.ts";
import { commitRoutes } from "./routes-commits.ts";
import { contentRoutes } from "./routes-contents.ts";
import { issueRoutes } from "./routes-issues.ts";
import { pullRoutes } from "./routes-pulls.ts";
import { reviewRoutes } from "./routes-reviews.ts";
import { settingsRoutes } from "./routes-settings.ts";
import type { World } from "./world.ts";

/** One call of the API and its answer, for a check against GitHub's own description. */
export interface Exchange {
  readonly method: string;
  /** Below the root of the API, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly sent: unknown;
  readonly status: number;
  readonly answered: unknown;
}

export interface AppOptions {
  readonly faults: Pick<Faults, "take">;
  readonly log: Log;
  readonly stopped: AbortSignal;
  readonly kindPages: boolean;
  /** Returns what is wrong with an exchange; each is noted as a violation. */
  readonly validate: ((exchange: Exchange) => readonly string[]) | undefined;
}

const identified =
  (world: World, kindPages: boolean): MiddlewareHandler<ApiEnv> =>
  async (c, next): Promise<void> => {
    const [scheme = "", token = ""] = (c.req.header("authorization") ?? "").split(" ");
    const { accounts } = world.store.now();
    const known = /^(token|bearer)$/i.test(scheme) && token !== "";
    const account = known ? accounts.find((each) => !each.deleted && each.token === token) : undefined;
    if (!account) refuse(401, known ? "Bad credentials" : "Requires authentication");
    c.set("user", account);
    c.set("pageSize", (asked) => (kindPages ? Math.min(asked, 100) : Math.min(asked, 30)));
    await next();
  };

const ours =
  (world: World): MiddlewareHandler<ApiEnv> =>
  async (c, next): Promise<void> => {
    const wanted = `${world.owner}/${world.name}`.toLowerCase();
    const asked = c.req.path.split("/repos/")[1]?.split("/").slice(0, 2).join("/").toLowerCase();
    if (asked !== wanted) refuse(404, "Not Found");
    await next();
  };

async function bodyJson(text: Promise<string>): Promise<unknown> {
  const body = await text;
  return body === "" ? undefined : JSON.parse(body);
}

const validated =
  ({ validate, log }: AppOptions): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const sent = validate && c.req.method !== "GET" ? await bodyJson(c.req.text()) : undefined;
    await next();
    if (!validate) return;
    const exchange: Exchange = {
      method: c.req.method,
      path: c.req.path.replace(/^\/api\/v3/, ""),
      query: c.req.query(),
      sent,
      status: c.res.status,
      answered: await bodyJson(c.res.clone().text()),
    };
    log.violations.push(...validate(exchange).map((wrong) => `${callName(c)} ${exchange.status}: ${wrong}`));
  };

function crashed(log: Log, error: Error, c: Call): Response {
  if (error instanceof HTTPException) return error.getResponse();
  log.violations.push(`the sandbox crashed on ${callName(c)}: ${error.stack ?? error.message}`);
  return c.json({ message: "Server Error" }, 500);
}

export function app(world: World, options: AppOptions): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  api.use(identified(world, options.kindPages), etag({ weak: true }), validated(options));
  api.use(REPO, ours(world));
  api.use(`${REPO}/*`, ours(world));
  for (const add of [accountRoutes, pullRoutes, reviewRoutes, commitRoutes, activityRoutes, commentRoutes])
    add(api, world);
  for (const add of [checkRoutes, contentRoutes, issueRoutes, settingsRoutes]) add(api, world);
  api.all("*", (c) => {
    options.log.violations.push(`not in the sandbox: ${callName(c)}`);
    return refuse(404, "Not Found");
  });
  const root = new Hono<ApiEnv>();
  root.use(recorded(world, options.log), misbehave(world, options.faults, options.stopped));
  root.route("/api/v3", api);
  root.all("*", (c) => gitHttp(c, world));
  root.onError((error, c) => crashed(options.log, error, c));
  return root;
}
