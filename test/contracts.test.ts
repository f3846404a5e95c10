// Does every registered provider keep the contract of its port?
import { existsSync, readdirSync } from "node:fs";
import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { World, WorldMaker } from "../src/conformance/world.ts";
import type { JsonObject } from "../src/core/model.ts";
import { Problem } from "../src/core/problem.ts";
import { loadProvider, providerKinds } from "../src/providers/index.ts";
import { provider as postgres } from "../src/providers/postgres/index.ts";
import type { Provider } from "../src/providers/provider.ts";
import { startPostgres, type PostgresServer } from "../src/sandbox/postgres.ts";
import { obeysProviderContract } from "./contract/provider.ts";
import { NOW, quote, site } from "./support/postgres.ts";

const GRANTING = ["kubernetes", "memory", "postgres"];

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

// ---- the twenty cases ---------------------------------------------------------------------------------------

/** Kinds without a fake, each with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  postgres: "its real servers come from npm and run below, in every test run",
};

const fakes = readdirSync("src/providers", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`src/providers/${entry.name}/fake.ts`))
  .map(({ name }) => name);
const makers = (
  await Promise.all(
    fakes.map(
      async (name) =>
        ((await import(`../src/providers/${name}/fake.ts`)) as { worlds: readonly WorldMaker[] }).worlds,
    ),
  )
).flat();

test("every registered kind is put to the test, or says why not", () => {
  const tried = [...new Set(makers.map(({ kind }) => kind)), ...Object.keys(EXEMPT)].sort();
  expect(tried).toEqual([...providerKinds].sort());
});

for (const maker of makers) obeysProviderContract(maker.name, maker);

// ---- PostgreSQL ----------------------------------------------------------------------------------------------

async function postgresWorld(server: PostgresServer): Promise<World> {
  const here = await site(server);
  const { admin, role, applier } = here;
  const own = (mark?: string) => quote(mark ?? "");
  const standing = async (name: string) => {
    await admin(`GRANT ${quote(role)} TO ${quote(name)}`);
  };
  return {
    provider: postgres,
    owner: here.owner,
    connection: here.connection,
    subjects: [here.ann, here.bob],
    stranger: "nobody-knows-me",
    role: { roles: [role] },
    missingRole: { roles: ["nobody-made-me"] },
    now: NOW,
    advance: { skip: "a real server's clock is its own" },
    secret: (name) => (name === "APPLIER_URL" ? here.url(applier) : undefined),
    timeout: 2_000,
    nowhere: () => here.connect({ url: here.url(applier, "no-such-database") }),
    can: here.can,
    standing,
    otherWay: standing,
    endStanding: async (name) => {
      await admin(`REVOKE ${quote(role)} FROM ${quote(name)}`);
    },
    addSubject: async (name) => {
      await admin(`DROP ROLE IF EXISTS ${quote(name)}`);
      await here.addSubject(name);
    },
    rename: async (name) => {
      await admin(`ALTER ROLE ${quote(name)} RENAME TO ${quote(`${name}_married`)}`);
      return `${name}_married`;
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
    close: here.close,
  };
}

describe.each([14, 16, 18] as const)("PostgreSQL %i", (major) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ major });
  }, 60_000);
  afterAll(() => server.stop());
  obeysProviderContract(`postgres ${major}`, { make: () => postgresWorld(server) });
});
