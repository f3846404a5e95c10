// Does every registered provider keep the contract of its port?
import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Instant, JsonObject } from "../src/core/model.ts";
import { Problem } from "../src/core/problem.ts";
import { loadProvider, providerKinds } from "../src/providers/index.ts";
import { memory } from "../src/providers/memory/index.ts";
import { memoryTarget, type MemoryOptions } from "../src/providers/memory/target.ts";
import { provider as postgres } from "../src/providers/postgres/index.ts";
import type { Provider } from "../src/providers/provider.ts";
import { startPostgres, type PostgresServer } from "../src/sandbox/postgres.ts";
import { obeysProviderContract, type World } from "./contract/provider.ts";
import { NOW, quote, site, WINDOW } from "./support/postgres.ts";

const GRANTING = ["memory", "postgres"];

// ---- every provider ------------------------------------------------------------------------------------------

describe.each(providerKinds)("the provider %s", (kind) => {
  let provider: Provider;
  beforeAll(async () => {
    const loaded = await loadProvider(kind);
    if (!loaded) throw new Error(`${kind} is not registered`);
    provider = loaded;
  });

  test("knows its own kind", () => {
    expect(provider.kind).toBe(kind);
  });

  test("has strict, closed and documented schemas whose examples are valid", () => {
    const ajv = addFormats.default(new Ajv2020({ strict: true, allErrors: true }));
    for (const schema of Object.values(provider.schemas) as JsonObject[]) {
      expect(schema).toMatchObject({ type: "object", additionalProperties: false });
      const properties = schema["properties"] as Record<string, { description: string; examples: unknown[] }>;
      const examples = Object.entries(properties).map(([name, one]) => {
        expect(one.description).toBeTruthy();
        return [name, one.examples[0]];
      });
      const validate = ajv.compile(schema);
      expect(validate(Object.fromEntries(examples)), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...Object.fromEntries(examples), surprise: 1 })).toBe(false);
    }
  });

  test("acts, or says plainly that it does not", async () => {
    if (GRANTING.includes(kind)) return;
    const options = { owner: "lapse", secret: () => undefined, timeout: 1_000 };
    const thrown: unknown = await provider.connect({}, options).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(Problem);
    expect(thrown).toMatchObject({ kind: "misconfigured", message: expect.stringContaining(kind) as string });
  });
});

test("nothing is a provider that is not registered", async () => {
  for (const kind of ["oracle", "__proto__", "constructor", ""])
    expect(await loadProvider(kind)).toBeUndefined();
});

// ---- in memory -----------------------------------------------------------------------------------------------

function memoryWorld(traits: Pick<MemoryOptions, "asynchronous" | "nativeExpiry"> = {}): Promise<World> {
  let now: Instant = NOW;
  const target = memoryTarget({ ...traits, subjects: ["ann", "bob"], roles: ["reader"], clock: () => now });
  const provider = memory((name) => (name === "pretend" ? target : undefined), traits);
  const connection = { name: "pretend" };
  const objectOf = (mark?: string) => {
    const found = target.objects.get(mark ?? "");
    if (!found) throw new Error("no such object");
    return found;
  };
  return Promise.resolve({
    provider,
    owner: "lapse",
    connection,
    subjects: ["ann", "bob"],
    role: { role: "reader" },
    missingRole: { role: "writer" },
    window: WINDOW,
    connect: () => provider.connect(connection, { owner: "lapse", secret: () => undefined, timeout: 1_000 }),
    connectNowhere: { skip: "a pretended target that does not exist is a wrong set-up" },
    can: (name) => Promise.resolve(target.can(name, "reader")),
    standing: (name) => {
      target.give(name, "reader");
      return Promise.resolve();
    },
    addSubject: (name) => {
      target.admit(name);
      return Promise.resolve();
    },
    rename: (name, to) => {
      target.rename(name, to);
      return Promise.resolve();
    },
    hinder: () => {
      target.fault("revoke", "throttled");
      return Promise.resolve(() => Promise.resolve());
    },
    disarm: () => {
      target.fault("revoke", "forbidden", Infinity);
      return Promise.resolve();
    },
    strip: ({ mark }) => {
      objectOf(mark).mark = "";
      return Promise.resolve();
    },
    addMember: ({ mark }, name) => {
      const object = objectOf(mark);
      target.write(() => (object.members = [...object.members, target.subject(name) ?? 0]));
      return Promise.resolve();
    },
    replace: ({ mark }, name) => {
      const object = { ...objectOf(mark), mark: "", members: [target.subject(name) ?? 0] };
      target.write(() => target.objects.set(mark ?? "", object));
      return Promise.resolve();
    },
    snapshot: () => Promise.resolve(structuredClone([target.objects, target.standing])),
    breakListing: () => {
      target.fault("list", "partial");
    },
    settle: traits.asynchronous === true ? target.settle : { skip: "orders are carried out at once" },
    tooSoon: () => {
      target.fault("revoke", "too-soon");
    },
    expire:
      traits.nativeExpiry === true ? () => (now = WINDOW.end) : { skip: "access does not end by itself" },
    close: () => Promise.resolve(),
  });
}

obeysProviderContract("memory", () => memoryWorld());
obeysProviderContract("memory, asynchronous", () => memoryWorld({ asynchronous: true }));
obeysProviderContract("memory, with native expiry", () => memoryWorld({ nativeExpiry: true }));

// ---- PostgreSQL ----------------------------------------------------------------------------------------------

async function postgresWorld(server: PostgresServer): Promise<World> {
  const here = await site(server);
  const { admin, role, applier } = here;
  const own = (mark?: string) => quote(mark ?? "");
  return {
    provider: postgres,
    owner: here.owner,
    connection: here.connection,
    subjects: [here.ann, here.bob],
    role: { roles: [role] },
    missingRole: { roles: ["nobody-made-me"] },
    window: WINDOW,
    connect: () => here.connect({ timeout: 2_000 }),
    connectNowhere: () => here.connect({ url: here.url(applier, "no-such-database") }),
    can: here.can,
    standing: async (name) => {
      await admin(`GRANT ${quote(role)} TO ${quote(name)}`);
    },
    addSubject: async (name) => {
      await admin(`DROP ROLE IF EXISTS ${quote(name)}`);
      await here.addSubject(name);
    },
    rename: async (name, to) => {
      await admin(`ALTER ROLE ${quote(name)} RENAME TO ${quote(to)}`);
    },
    hinder: here.hinder,
    disarm: async ({ mark }) => {
      await admin(`ALTER ROLE ${quote(applier)} NOCREATEROLE`);
      await admin(`REVOKE ${quote(role)} FROM ${quote(applier)} CASCADE`);
      await admin(`REVOKE ${own(mark)} FROM ${quote(applier)} CASCADE`);
      await admin(`GRANT ${quote(role)} TO ${own(mark)}`);
      await admin(`GRANT ${own(mark)} TO ${quote(here.ann)}`);
    },
    strip: async ({ mark }) => {
      await admin(`COMMENT ON ROLE ${own(mark)} IS NULL`);
    },
    addMember: async ({ mark }, name) => {
      await admin(`GRANT ${own(mark)} TO ${quote(name)}`);
    },
    replace: async ({ mark }, name) => {
      await admin(`DROP ROLE ${own(mark)}`);
      await admin(`CREATE ROLE ${own(mark)}`);
      await admin(`GRANT ${quote(role)} TO ${own(mark)}`);
      await admin(`GRANT ${own(mark)} TO ${quote(name)}`);
    },
    snapshot: () =>
      admin(`SELECT (SELECT json_agg(r ORDER BY oid) FROM pg_roles r) AS roles,
        (SELECT json_agg(m ORDER BY roleid, member, grantor) FROM pg_auth_members m) AS members,
        (SELECT json_agg(c ORDER BY objoid) FROM pg_shdescription c) AS comments`),
    breakListing: { skip: "the listing is one query of the catalogue: it has no pages" },
    settle: { skip: "transactions are carried out at once" },
    tooSoon: { skip: "a membership can be revoked at any time" },
    expire: { skip: "memberships do not end by themselves" },
    close: here.close,
  };
}

describe.each([14, 16, 18] as const)("PostgreSQL %i", (major) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ major });
  }, 60_000);
  afterAll(() => server.stop());
  obeysProviderContract(`postgres ${major}`, () => postgresWorld(server));
});
