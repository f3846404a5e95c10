// Does the MariaDB provider keep its promises on a real server? (opt-in: npm run test:real)
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quote, site, WINDOW } from "../../src/providers/mariadb/fake/site.ts";
import { provider } from "../../src/providers/mariadb/index.ts";
import { livesItsLife } from "../contract/life.ts";
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

  const make = () => mariadbWorld(server, { advance: { skip: "a real server's clock is its own" } });
  obeysProviderContract("a real MariaDB", { make });
  livesItsLife({ kind: "mariadb", name: "a real MariaDB", make });
  keepsMariadbRules(() => server);

  test("encryption is verified: by the authority, and by the name", async () => {
    const here = await site(server);
    const [url = ""] = [here.secret("APPLIER_URL")];
    const named = url.replace("127.0.0.1", "localhost");
    // The applier comes from 127.0.0.1 by either name: the server resolves none.
    const connect = (ca: string, to: string) =>
      provider.connect(
        { urlEnv: "URL", ...(ca !== "" && { caEnv: "CA" }) },
        { owner: here.owner, secret: (name) => (name === "CA" ? ca : to), timeout: 5_000 },
      );
    await (await connect(server.ca, named)).close();
    await expect(connect("", named)).rejects.toMatchObject({ class: "forbidden" });
    await expect(connect(server.ca, url)).rejects.toMatchObject({ kind: "misconfigured" });
    await here.close();
  });

  test("a certificate for another name is refused", async () => {
    const other = await startMariadb({ mariadbd: mariadbd ?? "", install: install ?? "" }, "db.example.com");
    try {
      const secret = (name: string) => (name === "CA" ? other.ca : `mariadb://a:b@localhost:${other.port}`);
      const options = { owner: "lapse", secret, timeout: 5_000 };
      await expect(provider.connect({ urlEnv: "URL", caEnv: "CA" }, options)).rejects.toMatchObject({
        class: "forbidden",
        vendorCode: "HANDSHAKE_SSL_ERROR",
      });
    } finally {
      await other.stop();
    }
  });

  // A slow SELECT keeps the table locked as well as LOCK TABLES does, and needs only the right to read it.
  test("a subject that reads the accounts slowly does not hold up the end of its role", async () => {
    const here = await site(server);
    await here.admin(`GRANT SELECT ON mysql.* TO ${quote(here.ann)}@\`%\``);
    const session = await here.connect({ timeout: 2_000 });
    const assignment = await session.resolve(here.claim());
    await session.grant(assignment, WINDOW);
    const client = await here.login(here.ann);
    const slow = client.query("SELECT *, SLEEP(5) FROM mysql.roles_mapping").catch(() => "cut off");
    await sleep(200);
    expect((await session.revoke(assignment)).state).toBe("absent");
    expect(await slow).toBe("cut off");
    await here.close();
  });
});
