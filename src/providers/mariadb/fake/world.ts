// What does the conformance suite find on a MariaDB server, real or pretended?
import type { World } from "../../../conformance/world.ts";
import type { Assignment } from "../../../core/model.ts";
import { provider } from "../index.ts";
import { literal } from "../names.ts";
import { NOW, quote, site, type Server } from "./site.ts";

/** A world of the conformance suite on this server. */
export async function mariadbWorld(
  server: Server,
  more: Pick<World, "advance"> & Partial<World>,
): Promise<World> {
  const here = await site(server);
  const { admin, role, applier, force } = here;
  const own = ({ mark }: Assignment) => quote(mark ?? "");
  const standing = async (name: string) => {
    await admin(`GRANT ${quote(role)} TO ${quote(name)}@\`%\``);
  };
  return {
    provider,
    owner: here.owner,
    connection: here.claim().connection,
    secret: here.secret,
    timeout: 2_000,
    ...more,
    subjects: [here.ann, here.bob],
    stranger: "nobody-knows-me",
    role: { roles: [role] },
    missingRole: { roles: ["nobody-made-me"] },
    now: NOW,
    nowhere: { skip: "a server that is not there cannot be told from one that does not answer" },
    can: here.can,
    standing,
    otherWay: standing,
    endStanding: async (name) => {
      await admin(`REVOKE ${quote(role)} FROM ${quote(name)}@\`%\``);
    },
    addSubject: async (name) => {
      if (/[\ud800-\udfff]/.test(name)) return false;
      await here.addSubject(name);
      return true;
    },
    rename: async (name) => {
      await admin(`RENAME USER ${quote(name)} TO ${quote(`${name}_married`)}`);
      return `${name}_married`;
    },
    hinder: here.hinder,
    disarm: async () => {
      const account = `${quote(applier)}@\`127.0.0.1\``;
      await admin(`REVOKE CREATE USER ON *.* FROM ${account}`);
      await admin(`UPDATE mysql.roles_mapping SET Admin_option = 'N' WHERE User = ${literal(applier)}`);
      await admin("FLUSH PRIVILEGES");
      await admin(`KILL USER ${quote(applier)}`);
    },
    strip: async ({ mark }) => {
      await admin(`DELETE FROM \`lapse\`.\`grants\` WHERE role = ${literal(mark ?? "")}`);
    },
    addMember: ({ mark }, name) => force(mark ?? "", name),
    replace: async (assignment, name) => {
      await admin(`DROP ROLE ${own(assignment)}`);
      await admin(`CREATE ROLE ${own(assignment)}`);
      await admin(`GRANT ${quote(role)} TO ${own(assignment)}`);
      await admin(`GRANT ${own(assignment)} TO ${quote(name)}@\`%\``);
    },
    snapshot: async () => [
      await admin("SELECT * FROM mysql.global_priv ORDER BY Host, User"),
      await admin("SELECT * FROM mysql.roles_mapping ORDER BY Host, User, Role"),
      await admin("SELECT * FROM lapse.grants ORDER BY role"),
    ],
    breakListing: { skip: "a listing is three reads of whole tables: it has no pages" },
    settle: { skip: "statements are carried out at once" },
    tooSoon: { skip: "a role can be dropped at any time" },
    close: here.close,
  };
}
