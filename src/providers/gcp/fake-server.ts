// How does a pretended Google Cloud answer, and how is it worse than the real one? (HTTP on loopback, with its own clock)
import { Hono } from "hono";
import { serveLoopback, type Loopback } from "../../conformance/loopback.ts";
import {
  holds,
  nextEtag,
  normalised,
  Refusal,
  same,
  shownAs,
  written,
  type Binding,
  type Policy,
} from "./fake-policy.ts";

export interface FakeOptions {
  readonly resource: string;
  readonly token: string;
  readonly now: number;
  readonly accounts: readonly string[];
  /** Roles by name, with the permissions in them. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** The roles that the applier's own condition lets it change. */
  readonly grantable: readonly string[];
  /** How many reads after a write still show the policy from before it. */
  readonly stale?: number;
  /** Every first try of a write is answered 409 or 503 in turn, the latter after it was carried out. */
  readonly busy?: boolean;
}

export interface Fake extends Loopback {
  /** The policy as it is. Mutable: tests play the administrator on it by `edit`. */
  readonly policy: () => Policy;
  /** Somebody else changes the policy. */
  readonly edit: (change: (bindings: Binding[]) => Binding[]) => void;
  readonly can: (member: string, role: string) => boolean;
  readonly advance: (ms: number) => void;
  readonly rename: (address: string, to: string) => void;
  /** The account goes; bindings keep it under a name that nobody has. */
  readonly remove: (address: string) => void;
  /** The next reads show the policy from before the last write. */
  readonly lag: (reads: number) => void;
  /** From now on the applier may change these roles only. */
  readonly limit: (roles: readonly string[]) => void;
  /** From now on the applier has these permissions. */
  readonly allow: (permissions: readonly string[]) => void;
  /** The fake takes the version that a read asks for to be this. */
  readonly pretendVersion: (version: number | undefined) => void;
  /** Bodies of the writes so far, oldest first. */
  readonly writes: readonly { readonly policy: Policy }[];
}

const PERMISSIONS = ["projects", "folders", "organizations"].flatMap((level) => [
  `resourcemanager.${level}.getIamPolicy`,
  `resourcemanager.${level}.setIamPolicy`,
]);

export async function startFake(options: FakeOptions): Promise<Fake> {
  const { resource, token, stale = 1, busy = false } = options;
  const directory = { accounts: new Set(options.accounts), roles: new Map(Object.entries(options.roles)) };
  let now = options.now;
  let grantable = options.grantable;
  let permissions: readonly string[] = PERMISSIONS;
  let policy: Policy = {
    version: 1,
    etag: "BwYe00000001",
    bindings: [],
    auditConfigs: [{ service: "allServices" }],
  };
  let before = policy;
  let oldReads = 0;
  let attempts = 0;
  let forced: number | undefined;
  const writes: { policy: Policy }[] = [];

  const app = new Hono();
  app.use(async (context, next) => {
    if (context.req.header("authorization") !== `Bearer ${token}`)
      throw new Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    await next();
    context.header("date", new Date(now).toUTCString());
  });
  app.onError((error, context) => {
    const refusal = error instanceof Refusal ? error : new Refusal(500, "INTERNAL", error.message);
    const { code, status, message } = refusal;
    context.header("date", new Date(now).toUTCString());
    return context.json({ error: { code, status, message } }, code as 400);
  });
  app.post("/v3/:level/:call", async (context) => {
    const { level, call } = context.req.param();
    const [id, verb] = call.split(":");
    // Whoever may not see a project is not told whether there is one.
    if (`${level}/${id ?? ""}` !== resource)
      throw new Refusal(
        403,
        "PERMISSION_DENIED",
        "The caller does not have permission (or it may not exist).",
      );
    const body = await context.req.json<Record<string, never>>();
    if (verb === "getIamPolicy") return context.json(get(body));
    if (verb === "setIamPolicy") return context.json(set(body as unknown as { policy: Policy }));
    const asked = (body as { permissions?: readonly string[] }).permissions ?? [];
    return context.json({ permissions: asked.filter((one) => permissions.includes(one)) });
  });
  app.get("/v1/*", (context) => {
    const name = decodeURI(context.req.path.slice("/v1/".length));
    const includedPermissions = directory.roles.get(name);
    if (!includedPermissions) throw new Refusal(404, "NOT_FOUND", `The role named ${name} was not found.`);
    return context.json({ name, title: name, stage: "GA", includedPermissions });
  });

  function get(body: { options?: { requestedPolicyVersion?: number } }): Policy {
    const version = forced ?? body.options?.requestedPolicyVersion ?? 0;
    oldReads -= 1;
    return shownAs(oldReads >= 0 ? before : policy, version);
  }

  function set(body: { policy: Policy }): Policy {
    attempts += 1;
    const trouble = busy ? attempts % 4 : 0;
    if (trouble === 1) throw new Refusal(409, "ABORTED", "There were concurrent policy changes.");
    writes.push(structuredClone(body));
    const after = written(policy, body.policy, directory, grantable);
    before = policy;
    policy = after;
    oldReads = stale;
    if (trouble === 3) throw new Refusal(503, "UNAVAILABLE", "The service is currently unavailable.");
    return structuredClone(policy);
  }

  const edit: Fake["edit"] = (change) => {
    const bindings = normalised(change(structuredClone(policy.bindings)), directory);
    before = policy;
    const version = bindings.some(({ condition }) => condition !== undefined) ? 3 : 1;
    policy = { ...policy, etag: nextEtag(policy.etag), version, bindings };
  };
  const respell = (address: string, spell: (member: string) => string) => {
    edit((bindings) =>
      bindings.map((one) => ({
        ...one,
        members: one.members.map((member) =>
          same(member.replace(/^\w+:/, ""), address) ? spell(member) : member,
        ),
      })),
    );
  };
  const server = await serveLoopback((request) => app.fetch(request));
  return {
    ...server,
    policy: () => structuredClone(policy),
    edit,
    can: (member, role) =>
      policy.bindings.some(
        (one) =>
          one.role === role &&
          one.members.some((other) => same(other, member)) &&
          (!one.condition || holds(one.condition.expression ?? "", now, resource)),
      ),
    advance: (ms) => {
      now += ms;
    },
    rename: (address, to) => {
      directory.accounts.add(to);
      respell(address, (member) => `${member.split(":")[0] ?? ""}:${to}`);
      for (const one of directory.accounts) if (same(one, address)) directory.accounts.delete(one);
    },
    remove: (address) => {
      respell(address, (member) => `deleted:${member}?uid=123456789012345678901`);
      for (const one of directory.accounts) if (same(one, address)) directory.accounts.delete(one);
    },
    lag: (reads) => {
      oldReads = reads;
    },
    limit: (roles) => {
      grantable = roles;
    },
    allow: (more) => {
      permissions = more;
    },
    pretendVersion: (version) => {
      forced = version;
    },
    writes,
  };
}
