// What do all routes of the API share? (who asks, errors, pages)
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Access, Account, PullRecord, State } from "./state.ts";
import type { World } from "./world.ts";

export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Whose token it is. */
    user: Account;
    /** What this call sees: the present, or the past under a stale-read fault. */
    state: State;
    pageSize: (asked: number) => number;
  };
}
type Api = Hono<ApiEnv>;
export type Call = Context<ApiEnv>;
/** Adds the routes of one noun. */
export type Routes = (api: Api, world: World) => void;

export const REPO = "/repos/:owner/:repo";

/** Ends the call with GitHub's form of an error. */
export function refuse(status: ContentfulStatusCode, message: string): never {
  const body = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  throw new HTTPException(status, { res: Response.json(body, { status }) });
}

const RANK: Record<Access, number> = { none: 0, read: 1, write: 2, admin: 3 };

/** Ends the call unless its user may do this. What one may not read does not exist. */
export function need(c: Call, access: Access): void {
  const { user } = c.var;
  if (RANK[user.permission] >= RANK[access]) return;
  if (user.permission === "none") refuse(404, "Not Found");
  refuse(
    403,
    user.type === "Bot" ? "Resource not accessible by integration" : "Must have write access to Repository.",
  );
}

/** A whole number from the path. */
export function numberParam(c: Call, name: string): number {
  const text = c.req.param(name) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse(404, "Not Found");
}

/** The pull request that the path names. */
export function pullParam(c: Call): PullRecord {
  need(c, "read");
  const number = numberParam(c, "number");
  return c.var.state.pulls.find((each) => each.number === number) ?? refuse(404, "Not Found");
}

/** The body as an object; fields are checked by `textField`. */
export async function bodyOf(c: Call): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await c.req.json().catch(() => refuse(400, "Problems parsing JSON"));
  return typeof body === "object" && body !== null
    ? { ...body }
    : refuse(400, "Body should be a JSON object");
}

export function textField(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string"
    ? value
    : refuse(422, `Invalid request. For '${name}', a string is needed.`);
}

const count = (text: string | undefined, fallback: number) =>
  text !== undefined && /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) : fallback;

/** How many items a page has, as asked and allowed. */
export const pageSize = (c: Call): number => c.var.pageSize(count(c.req.query("per_page"), 30));

/** Address of this call with other parameters. */
export function addressWith(c: Call, world: World, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(c.req.url);
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  return `${world.origin()}${url.pathname}${url.search}`;
}

/** One page of `items`; the others are in the Link header and nowhere else. */
export function page<T>(c: Call, world: World, items: readonly T[]): readonly T[] {
  const size = pageSize(c);
  const at = count(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, rel: string) =>
    `<${addressWith(c, world, { page: String(number) })}>; rel="${rel}"`;
  const links = [
    ...(at > 1 ? [link(at - 1, "prev"), link(1, "first")] : []),
    ...(at < last ? [link(at + 1, "next"), link(last, "last")] : []),
  ];
  if (links.length > 0) c.header("link", links.join(", "));
  return items.slice((at - 1) * size, at * size);
}
