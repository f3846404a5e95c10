// What do statements about tables and by administrators do?
import { bare, DENIED, named, no, OK, statement, table, text } from "./grammar.ts";
import { map } from "./accounts.ts";
import { may, type Live, type State } from "./state.ts";
import type { Answer } from "./wire.ts";

export const NOTES = [
  statement("CREATE DATABASE {part}", (state, _live, [name]) => {
    state.databases.add(bare(name));
    return OK;
  }),
  statement("CREATE DATABASE IF NOT EXISTS {part}", (state, _live, [name]) => {
    state.databases.add(bare(name));
    return OK;
  }),
  statement("CREATE TABLE IF NOT EXISTS lapse.grants {rest}", (state) => {
    state.notes ??= new Map();
    return OK;
  }),
  statement("CREATE TABLE {part}.{part} {rest}", () => OK),
  statement("DROP TABLE lapse.grants", (state) => {
    delete state.notes;
    return OK;
  }),
  statement("SELECT role, note FROM `lapse`.`grants`", (state, live) =>
    noted(state, live, "SELECT", (notes) =>
      table(
        ["role", "note"],
        [...notes].map(([role, note]) => ({ role, note })),
      ),
    ),
  ),
  statement(
    "INSERT INTO `lapse`.`grants` (role, note) VALUES ({text}, {text}) ON DUPLICATE KEY UPDATE note = {text}",
    (state, live, [role, note]) =>
      noted(state, live, "INSERT", (notes) => {
        notes.set(text(role), text(note));
        return { affected: 1 };
      }),
  ),
  statement("DELETE FROM `lapse`.`grants` WHERE role = {text}", (state, live, [role]) =>
    noted(state, live, "DELETE", (notes) => ({ affected: notes.delete(text(role)) ? 1 : 0 })),
  ),
];

function noted(
  state: State,
  live: Live,
  privilege: string,
  act: (notes: Map<string, string>) => Answer,
): Answer {
  if (!may(state, live, privilege, ["lapse", "grants"])) return DENIED;
  return state.notes ? act(state.notes) : no(1146, "Table 'lapse.grants' doesn't exist");
}

export const ADMINISTRATION = [
  // As an administrator edits the tables by hand, past all checks.
  statement(
    "INSERT INTO mysql.roles_mapping VALUES ('%', {text}, {text}, 'N')",
    (state, _live, [user, role]) =>
      map(state, { user: text(user), host: "%", role: text(role), admin: false }),
  ),
  statement(
    "UPDATE mysql.roles_mapping SET Admin_option = 'N' WHERE User = {text}",
    (state, _live, [user]) => {
      state.mappings = state.mappings.map((one) =>
        one.user === text(user) ? { ...one, admin: false } : one,
      );
      return OK;
    },
  ),
  statement("FLUSH PRIVILEGES", () => OK),
  statement("LOCK TABLES mysql.roles_mapping READ", (state, live) => {
    state.lockedBy = live.id;
    return OK;
  }),
  statement("SET GLOBAL read_only = {word}", (state, _live, [on]) => {
    state.readOnly = on === "1";
    return OK;
  }),
  statement("KILL USER {name}", (state, live, [user]) => kill(state, live, named(user))),
];

/** It counts what is still dying, too; and without the right to, it kills nothing and says so to nobody. */
function kill(state: State, live: Live, user: string): Answer {
  if (!may(state, live, "CONNECTION ADMIN", ["*"]) && live.account.user !== user) return { affected: 0 };
  const hit = [...state.live.values()].filter(({ account }) => account.user === user);
  for (const one of hit) {
    if (one.killed) state.live.delete(one.id);
    one.killed = true;
    one.hangUp();
  }
  return { affected: hit.length };
}
