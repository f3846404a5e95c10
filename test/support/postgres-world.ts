// How is a real PostgreSQL put to the test? (the world of the conformance suite on one server)
import type { World } from "../../src/conformance/world.ts";
import { provider as postgres } from "../../src/providers/postgres/index.ts";
import type { PostgresServer } from "../../src/sandbox/postgres.ts";
import { NOW, quote, site } from "./postgres.ts";

/** Own roles and names for each world, so that one server serves all of them. */
export async function postgresWorld(server: PostgresServer): Promise<World> {
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
