// Does a request live its whole life on every kind of target?
import { afterAll, beforeAll, describe } from "vitest";
import { startPostgres, type PostgresServer } from "../src/sandbox/postgres.ts";
import { fakes } from "./contract/fakes.ts";
import { livesItsLife } from "./contract/life.ts";
import { postgresWorld } from "./support/postgres-world.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop());

describe("the whole life of a request on", () => {
  for (const maker of fakes) livesItsLife(maker);
  livesItsLife({ kind: "postgres", name: "PostgreSQL 18", make: () => postgresWorld(server) });
});
