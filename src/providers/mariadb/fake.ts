// How is the provider put to the test where there is no MariaDB? (mysql2's server side, interpreting what is sent)
import mysql from "mysql2/promise";
import type { World, WorldMaker } from "../../conformance/world.ts";
import { startFake, type FakeServer } from "./fake/server.ts";
import { NOW, type Server } from "./fake/site.ts";
import { mariadbWorld } from "./fake/world.ts";

/** A pretended server, and a way to its root. */
export async function pretended(): Promise<FakeServer & Server> {
  const fake = await startFake(NOW);
  const root = () => mysql.createConnection({ host: "127.0.0.1", port: fake.port, user: "root" });
  return { ...fake, root };
}

async function make(): Promise<World> {
  const fake = await pretended();
  const advance = (ms: number) => {
    fake.state.now += ms;
  };
  const world = await mariadbWorld(fake, { advance, timeout: 1_000 });
  const close = async () => {
    await world.close();
    await fake.stop();
  };
  return { ...world, close };
}

export const worlds: readonly WorldMaker[] = [{ kind: "mariadb", name: "mariadb", make }];
