// What does the pretended API server answer? (its paths, who is asking, pages of lists, and reviews)
import { Hono, type Context } from "hono";
import { judge, type Attributes, type User } from "./rbac.ts";
import { all, keyOf, RESOURCES, type State, type Stored } from "./state.ts";
import { answer, expired, forbidden, notFound, noSuchPath, Refused, unauthorized } from "./status.ts";
import { create, remove, replace, shape, type Target } from "./writes.ts";

/** Smaller than asked for, as a server may make them. */
const PAGE = 1;
const OF_ONE: Readonly<Record<string, string>> = { GET: "get", PUT: "update", DELETE: "delete" };
const OF_ALL: Readonly<Record<string, string>> = { GET: "list", POST: "create", DELETE: "deletecollection" };

export interface ApiServer {
  readonly handle: (request: Request) => Response | Promise<Response>;
  /** Who has this token. */
  readonly admit: (token: string, user: User) => void;
}

export function apiServer(state: State): ApiServer {
  const users = new Map<string, User>();
  const lists: Snapshots = new Map();
  let turn = 0;
  const app = new Hono();
  const userOf = (c: Context): User => {
    const user = users.get((c.req.header("authorization") ?? "").replace(/^Bearer /, ""));
    if (!user) throw unauthorized();
    return { name: user.name, groups: [...user.groups, "system:authenticated"] };
  };
  const may = (user: User, asked: Attributes) => judge(state.lagging(), user, asked, turn++);
  const permit = (user: User, asked: Attributes & { readonly resource: string }) => {
    if (!may(user, asked).allowed) throw forbidden(user.name, asked);
  };

  app.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", async (c) => {
    const user = userOf(c);
    const { spec } = await c.req.json<Review>();
    return c.json({ ...reviewed("SelfSubjectAccessReview"), spec, status: may(user, askedIn(spec)) }, 201);
  });
  app.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", async (c) => {
    const user = userOf(c);
    const resource = "subjectaccessreviews";
    permit(user, { verb: "create", group: "authorization.k8s.io", resource });
    const { spec } = await c.req.json<Review>();
    const about = { name: spec.user ?? "", groups: spec.groups ?? [] };
    return c.json({ ...reviewed("SubjectAccessReview"), spec, status: may(about, askedIn(spec)) }, 201);
  });
  app.post("/api/v1/namespaces/:namespace/serviceaccounts/:name/token", (c) => {
    const { namespace, name } = c.req.param();
    const verb = "create";
    permit(userOf(c), {
      verb,
      group: "",
      resource: "serviceaccounts",
      subresource: "token",
      name,
      namespace,
    });
    if (!state.now().has(keyOf("serviceaccounts", namespace, name))) throw notFound("serviceaccounts", name);
    const token = `token-${state.next()}`;
    users.set(token, {
      name: `system:serviceaccount:${namespace}:${name}`,
      groups: ["system:serviceaccounts"],
    });
    return c.json({ kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", status: { token } }, 201);
  });

  const served = async (c: Context, named: Named) => {
    const user = userOf(c);
    const { resource, ...where } = named;
    const group = RESOURCES[resource]?.group ?? "";
    const verb = verbOf(c.req.method, named);
    permit(user, { verb, group, ...named });
    if (verb === "list") return c.json(page(state, { resource, lists, ...where }, c));
    const body = verb === "get" ? undefined : await c.req.json<Stored>().catch(() => undefined);
    return written(state, user, { verb, target: { ...named, name: nameIn(named, body) }, body });
  };
  for (const base of ["/api/v1", "/apis/rbac.authorization.k8s.io/v1"]) {
    const whole = new RegExp(base.includes("rbac") ? "^(cluster)?role" : "^(namespaces|serviceaccounts)$");
    const known = (resource: string) => {
      if (!whole.test(resource)) throw noSuchPath();
      return resource;
    };
    app.all(`${base}/namespaces/:namespace/:resource/:name?`, (c) => {
      const { namespace, resource, name } = c.req.param();
      return served(c, { resource: known(resource), namespace, ...(name !== undefined && { name }) });
    });
    app.all(`${base}/:resource/:name?`, (c) => {
      const { resource, name } = c.req.param();
      return served(c, { resource: known(resource), ...(name !== undefined && { name }) });
    });
  }
  app.notFound(() => new Response("404 page not found\n", { status: 404 }));
  app.onError((thrown) => {
    if (thrown instanceof Refused) return answer(thrown.refusal);
    throw thrown;
  });
  return { handle: (request) => app.fetch(request), admit: (token, user) => void users.set(token, user) };
}

interface Named {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

function verbOf(method: string, { resource, name }: Named): string {
  const verbs = name === undefined ? OF_ALL : OF_ONE;
  const verb = Object.hasOwn(RESOURCES, resource) ? verbs[method] : undefined;
  if (verb === undefined) throw noSuchPath();
  return verb;
}

function nameIn({ name }: Named, body: Stored | undefined): string {
  return name ?? body?.metadata.name ?? "";
}

interface Review {
  readonly spec: {
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly resourceAttributes?: Attributes;
    readonly nonResourceAttributes?: Attributes;
  };
}

function reviewed(kind: string) {
  return { kind, apiVersion: "authorization.k8s.io/v1", metadata: {} };
}

function askedIn({ resourceAttributes, nonResourceAttributes }: Review["spec"]): Attributes {
  return nonResourceAttributes ?? resourceAttributes ?? { verb: "" };
}

interface Write {
  readonly verb: string;
  readonly target: Target;
  readonly body: Stored | undefined;
}

function written(state: State, user: User, { verb, target, body }: Write): Response {
  if (verb === "get") return Response.json(read(state, target));
  if (verb === "delete") {
    const { preconditions } = (body ?? {}) as { preconditions?: { uid?: string } };
    const left = remove(state, target, preconditions?.uid);
    return Response.json(left ?? { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" });
  }
  if (!body) throw noSuchPath();
  if (verb === "update") return Response.json(replace(state, user, target, body));
  return Response.json(create(state, user, target, body), { status: 201 });
}

function read(state: State, { resource, namespace, name }: Target): Stored {
  const found = state.now().get(keyOf(resource, namespace, name));
  if (found) return found;
  throw notFound(resource, name);
}

type Snapshots = Map<string, readonly Stored[]>;

/** A list is as old as the cache that it is read from; every further page is of that moment, as long as it is kept. */
function page(
  state: State,
  { resource, namespace, lists }: { resource: string; namespace?: string; lists: Snapshots },
  c: Context,
): unknown {
  const version = String(state.next());
  const [id = version, offset = "0"] = c.req.query("continue")?.split(":") ?? [];
  const fresh = id === version;
  const found = fresh
    ? selected(state, { resource, namespace }, c.req.query("labelSelector"))
    : lists.get(id);
  if (!found) throw expired();
  lists.set(id, found);
  const from = Number(offset);
  const to = from + sizeOf(c.req.query("limit"));
  const { apiVersion, kind } = shape(resource);
  const metadata = { resourceVersion: version, ...(to < found.length && { continue: `${id}:${to}` }) };
  return { apiVersion, kind: `${kind}List`, metadata, items: found.slice(from, to) };
}

function sizeOf(limit: string | undefined): number {
  return limit === undefined ? Infinity : Math.min(Number(limit), PAGE);
}

function selected(
  state: State,
  { resource, namespace }: { resource: string; namespace: string | undefined },
  selector = "",
): readonly Stored[] {
  const wanted = selector.split(",").filter((one) => one !== "");
  return all(state.lagging(), resource, namespace).filter(({ metadata }) =>
    wanted.every((one) => {
      const [key = "", value] = one.split("=");
      return metadata.labels?.[key] === value;
    }),
  );
}
