// Does every registered provider keep the contract of its port?
import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/core/model.ts";
import { loadProvider, providerKinds } from "../src/providers/index.ts";
import type { Provider } from "../src/providers/provider.ts";
import { startPostgres, type PostgresServer } from "../src/sandbox/postgres.ts";
import { fakes } from "./contract/fakes.ts";
import { obeysProviderContract } from "./contract/provider.ts";
import { postgresWorld } from "./support/postgres-world.ts";

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
});

test("nothing is a provider that is not registered", async () => {
  for (const kind of ["oracle", "__proto__", "constructor", ""])
    expect(await loadProvider(kind)).toBeUndefined();
});

// ---- the twenty cases ---------------------------------------------------------------------------------------

/** Kinds without a fake, each with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  gate: "nothing is stored on a target: `lapse can` reads the ledger (test/gate.test.ts)",
  postgres: "its real servers come from npm and run below, in every test run",
};

test("every registered kind is put to the test, or says why not", () => {
  const tried = [...new Set(fakes.map(({ kind }) => kind)), ...Object.keys(EXEMPT)].sort();
  expect(tried).toEqual([...providerKinds].sort());
});

for (const maker of fakes) obeysProviderContract(maker.name, maker);

// ---- PostgreSQL ----------------------------------------------------------------------------------------------

describe.each([14, 15, 16, 17, 18] as const)("PostgreSQL %i", (major) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ major });
  }, 60_000);
  afterAll(() => server.stop());
  obeysProviderContract(`postgres ${major}`, { make: () => postgresWorld(server) });
});
