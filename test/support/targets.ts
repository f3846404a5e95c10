// The same stories on a pretended target and on a real PostgreSQL: what a story needs to ask and to break.
import { policies, target } from "./company.ts";
import { site, type Site } from "./postgres.ts";
import { world, type World } from "./world.ts";
import type { PostgresServer } from "../../src/sandbox/postgres.ts";

export interface Story {
  readonly w: World;
  /** Can they use the access that orders-read gives, right now? */
  readonly can: (who: "ann" | "bob") => Promise<boolean>;
  readonly giveStanding: (who: "ann" | "bob") => Promise<unknown>;
  readonly takeStanding: (who: "ann" | "bob") => Promise<unknown>;
  /** Makes the target unreachable, or reachable again. */
  readonly down: (is: boolean) => void;
  stop(): Promise<void>;
}

export async function pretended(): Promise<Story> {
  const w = await world();
  const can = (who: string) => Promise.resolve(w.shop.can(who, "reader"));
  return {
    w,
    can,
    giveStanding: (who) => {
      w.shop.give(who, "reader");
      return Promise.resolve();
    },
    takeStanding: (who) => {
      w.shop.take(who, "reader");
      return Promise.resolve();
    },
    down: (is) => {
      w.shop.heal();
      if (is) w.shop.fault("connect", "timeout-before", 1000);
    },
    stop: () => w.stop(),
  };
}

export function postgresStory(server: () => PostgresServer): () => Promise<Story> {
  return async () => {
    const db = await site(server());
    const secrets: Record<string, string> = { SHOP_DB: db.url(db.applier) };
    const reachable = secrets["SHOP_DB"] ?? "";
    const w = await world({ files: onPostgres(db), secrets });
    const nameOf = (who: "ann" | "bob") => (who === "ann" ? db.ann : db.bob);
    return {
      w,
      can: (who) => db.can(nameOf(who)),
      giveStanding: (who) => db.admin(`GRANT "${db.role}" TO "${nameOf(who)}"`),
      takeStanding: (who) => db.admin(`REVOKE "${db.role}" FROM "${nameOf(who)}"`),
      down: (is) => {
        secrets["SHOP_DB"] = is ? "postgres://nobody:x@127.0.0.1:9/none" : reachable;
      },
      stop: async () => {
        await w.stop();
        await db.close();
      },
    };
  };
}

/** The small company with its shop on a real server. */
function onPostgres(db: Site): Readonly<Record<string, string>> {
  const all = policies();
  const identity = (name: string, there: string) =>
    (all[`policies/people/${name}.yaml`] ?? "").replace(`postgres: ${name}`, `postgres: ${there}`);
  return {
    "policies/people/ann.yaml": identity("ann", db.ann),
    "policies/people/bob.yaml": identity("bob", db.bob),
    "policies/targets/shop.yaml": target("shop", "postgres", { urlEnv: "SHOP_DB" }),
    ...Object.fromEntries(
      ["orders-read", "orders-write", "open-read", "crown"].map((name) => [
        `policies/entitlements/${name}.yaml`,
        (all[`policies/entitlements/${name}.yaml`] ?? "").replace(
          /role: \{.*\}/,
          `role: { roles: [${db.role}] }`,
        ),
      ]),
    ),
  };
}
