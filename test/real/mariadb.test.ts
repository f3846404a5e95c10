// Does the MariaDB provider keep its promises on a real server? (opt-in: npm run test:real)
import { afterAll, beforeAll, describe } from "vitest";
import { obeysProviderContract } from "../contract/provider.ts";
import { startMariadb, type MariadbServer } from "../support/mariadb.ts";
import { mariadbWorld } from "../../src/providers/mariadb/fake/world.ts";
import { keepsMariadbRules } from "../support/mariadb-rules.ts";
import { missing, program } from "./real.ts";

const mariadbd = program("mariadbd");
const install = program("mariadb-install-db");
const why = missing(".ci/install-mariadb", { mariadbd, "mariadb-install-db": install });

describe.skipIf(why !== undefined)(`MariaDB ${why ?? ""}`, () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb({ mariadbd: mariadbd ?? "", install: install ?? "" });
  }, 60_000);
  afterAll(() => server.stop());

  obeysProviderContract("a real MariaDB", {
    make: () => mariadbWorld(server, { advance: { skip: "a real server's clock is its own" } }),
  });
  keepsMariadbRules(() => server);
});
