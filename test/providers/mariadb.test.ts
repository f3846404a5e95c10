// Does the MariaDB provider hold where the pretended server makes trouble that no real one makes on demand?
import { afterAll, beforeAll, describe } from "vitest";
import { pretended } from "../../src/providers/mariadb/fake.ts";
import type { FakeServer } from "../../src/providers/mariadb/fake/server.ts";
import type { Server } from "../../src/providers/mariadb/fake/site.ts";
import { keepsMariadbRules } from "../support/mariadb-rules.ts";

describe("on a pretended server", () => {
  let server: FakeServer & Server;
  beforeAll(async () => {
    server = await pretended();
  });
  afterAll(() => server.stop());
  keepsMariadbRules(() => server);
});
