// What do statements show, and how do they change their session?
import { DENIED, named, no, OK, statement, table } from "./grammar.ts";
import { closure, copyRights, isSame, may, roleGrantee, showGrants } from "./state.ts";

export const READING = [
  statement(
    "SELECT VERSION() AS version, @@global.read_only AS readonly, CURRENT_USER() AS applier",
    (state, live) => {
      const { user, host } = live.account;
      const row = { version: state.version, readonly: state.readOnly ? 1 : 0, applier: `${user}@${host}` };
      return table(["version", "readonly", "applier"], [row]);
    },
  ),
  statement("SELECT UNIX_TIMESTAMP() * 1000 AS now", ({ now }) => table(["now"], [{ now }])),
  statement(
    "SELECT Host AS host, User AS user, Role AS role, Admin_option AS admin FROM mysql.roles_mapping",
    (state, live) => {
      if (!may(state, live, "SELECT", ["mysql", "roles_mapping"])) return DENIED;
      const rows = state.mappings.map((one) => ({ ...one, admin: one.admin ? "Y" : "N" }));
      return table(["host", "user", "role", "admin"], rows);
    },
  ),
  statement("SELECT Host AS host, User AS user, is_role AS role FROM mysql.user", (state, live) => {
    if (!may(state, live, "SELECT", ["mysql", "user"])) return DENIED;
    const accounts = [...state.accounts.values()].map(({ user, host }) => ({ user, host, role: "N" }));
    const roles = [...state.roles].map((user) => ({ user, host: "", role: "Y" }));
    return table(["host", "user", "role"], [...accounts, ...roles]);
  }),
  ...["mysql.global_priv", "mysql.roles_mapping", "lapse.grants"].map((what) =>
    statement(
      `SELECT * FROM ${what} ORDER BY {rest}`,
      ({ accounts, roles, privileges: given, mappings, notes }) =>
        table(
          ["all"],
          [{ all: JSON.stringify([[...accounts], [...roles], given, mappings, [...(notes ?? [])]]) }],
        ),
    ),
  ),
  statement("SHOW GRANTS FOR CURRENT_USER", (state, { account }) =>
    table(
      ["Grants"],
      showGrants(state, [account]).map((line) => ({ Grants: line })),
    ),
  ),
  statement("SHOW GRANTS FOR CURRENT_ROLE", (state, { role }) => {
    if (role === undefined) return no(1141, "There is no such grant defined");
    const lines = showGrants(state, closure(state, [roleGrantee(role)]));
    return table(
      ["Grants"],
      lines.map((line) => ({ Grants: line })),
    );
  }),
  statement(
    "SELECT ROLE_NAME AS name FROM information_schema.APPLICABLE_ROLES WHERE GRANTEE = CURRENT_USER()",
    (state, { account }) =>
      table(
        ["name"],
        state.mappings.filter((one) => isSame(one, account)).map(({ role }) => ({ name: role })),
      ),
  ),
  statement("SELECT * FROM {name}.orders", (state, live, [database]) =>
    may(state, live, "SELECT", [named(database), "orders"]) ? table(["id"], []) : DENIED,
  ),
];

export const SESSION = [
  statement("SET ROLE NONE", (state, live) => {
    delete live.role;
    copyRights(state, live, "all");
    return OK;
  }),
  statement("SET ROLE {name}", (state, live, [name]) => {
    const has = state.mappings.some((one) => one.role === named(name) && isSame(one, live.account));
    if (!has) return no(1959, "has not been granted role");
    live.role = named(name);
    copyRights(state, live, "all");
    return OK;
  }),
  statement("USE {name}", (state, live, [name]) => {
    const before = live.database;
    live.database = named(name);
    copyRights(state, live, "database");
    if (live.here.length > 0 || live.everywhere.length > 0) return OK;
    if (before === undefined) delete live.database;
    else live.database = before;
    copyRights(state, live, "database");
    return no(1044, "Access denied to database");
  }),
  statement("SET SESSION {rest}", () => OK),
];
