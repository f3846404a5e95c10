// What do statements about accounts, roles and privileges do? (codes as a real 10.11 gave them)
import {
  administers,
  closure,
  forgetGrantee,
  isSame,
  keyOf,
  may,
  roleGrantee,
  type Grantee,
  type Live,
  type State,
} from "./state.ts";
import { bare, grantee, isThere, named, no, OK, privileges, statement } from "./grammar.ts";
import type { Answer } from "./wire.ts";

export const ACCOUNTS = [
  statement(
    "CREATE OR REPLACE USER {name}{host} IDENTIFIED BY '{word}'",
    (state, live, [user, host, password]) =>
      createUser(state, live, { user: named(user), host: named(host ?? "%"), password: password ?? "" }),
  ),
  statement("CREATE USER {name}{host} IDENTIFIED VIA {rest}", (state, live, [user, host]) =>
    createUser(state, live, { user: named(user), host: named(host ?? "%") }),
  ),
  statement("SET PASSWORD FOR {name}{host} = PASSWORD('{word}')", (state, live, [user, host, password]) =>
    createUser(state, live, { user: named(user), host: named(host ?? "%"), password: password ?? "" }),
  ),
  statement("DROP USER {name}{host}", (state, _live, [user, host]) => {
    const gone = { user: named(user), host: named(host ?? "%") };
    if (!state.accounts.delete(keyOf(gone))) return no(1396, "Operation DROP USER failed");
    forgetGrantee(state, gone);
    return OK;
  }),
  statement("RENAME USER {name}{host} TO {name}{host}", (state, _live, [user, host, other, there]) => {
    const old = { user: named(user), host: named(host ?? "%") };
    const renamed = { user: named(other), host: named(there ?? "%") };
    const account = state.accounts.get(keyOf(old));
    if (!account) return no(1396, "Operation RENAME USER failed");
    state.accounts.delete(keyOf(old));
    state.accounts.set(keyOf(renamed), { ...account, ...renamed });
    state.mappings = state.mappings.map((one) => (isSame(one, old) ? { ...one, ...renamed } : one));
    state.privileges = state.privileges.map((one) => (isSame(one.to, old) ? { ...one, to: renamed } : one));
    return OK;
  }),
];

function createUser(state: State, live: Live, account: Grantee & { password?: string }): Answer {
  if (!may(state, live, "CREATE USER", ["*"])) return no(1227, "you need the CREATE USER privilege");
  state.accounts.set(keyOf(account), account);
  return OK;
}

export const ROLES = [
  statement("CREATE ROLE {name}", (state, live, [name]) => {
    if (!may(state, live, "CREATE USER", ["*"])) return no(1227, "you need the CREATE USER privilege");
    if (state.roles.has(named(name))) return no(1396, "Operation CREATE ROLE failed");
    state.roles.add(named(name));
    state.mappings = [...state.mappings, { ...live.account, role: named(name), admin: true }];
    return OK;
  }),
  statement("DROP ROLE {name}", (state, live, [name]) => {
    if (!may(state, live, "CREATE USER", ["*"])) return no(1227, "you need the CREATE USER privilege");
    if (!state.roles.delete(named(name))) return no(1396, "Operation DROP ROLE failed");
    forgetGrantee(state, roleGrantee(named(name)));
    return OK;
  }),
  statement("GRANT {name} TO {grantee}{admin}", (state, live, [role = "", user, host, admin]) => {
    const to = grantee(state, user, host);
    if (!state.roles.has(named(role))) return no(1959, "Invalid role specification");
    if (!administers(state, live, named(role))) return no(1698, "Access denied");
    if (!isThere(state, to)) return no(1133, "Can't find any matching row in the user table");
    const above = closure(state, [roleGrantee(named(role))]);
    if (to.host === "" && above.some((one) => isSame(one, to))) return no(1961, "Cannot grant role");
    return map(state, { ...to, role: named(role), admin: admin !== undefined });
  }),
  statement("REVOKE {name} FROM {grantee}", (state, live, [role = "", user, host]) => {
    const from = grantee(state, user, host);
    if (!state.roles.has(named(role))) return no(1959, "Invalid role specification");
    if (!administers(state, live, named(role))) return no(1698, "Access denied");
    const left = state.mappings.filter((one) => !(one.role === named(role) && isSame(one, from)));
    if (left.length === state.mappings.length) return no(1962, "Cannot revoke role");
    state.mappings = left;
    return OK;
  }),
];

/** One row for a role and its holder: giving it again changes nothing but that it may be passed on. */
export function map(state: State, mapping: State["mappings"][number]): Answer {
  const before = state.mappings.find((one) => one.role === mapping.role && isSame(one, mapping));
  const others = state.mappings.filter((one) => one !== before);
  state.mappings = [...others, { ...mapping, admin: mapping.admin || before?.admin === true }];
  return OK;
}

export const PRIVILEGES = [
  statement(
    "GRANT {word} ON {part}.{part} TO {grantee}{option}",
    (state, _live, [list, database, name, user, host, option]) => {
      const one = {
        names: privileges(list),
        database: bare(database),
        table: bare(name),
        option: option !== undefined,
      };
      state.privileges = [...state.privileges, { to: grantee(state, user, host), ...one }];
      return OK;
    },
  ),
  statement(
    "REVOKE {word} ON {part}.{part} FROM {grantee}",
    (state, _live, [list, database, name, user, host]) => {
      const from = grantee(state, user, host);
      const left = state.privileges.map((one) => {
        const hit = isSame(one.to, from) && one.database === bare(database) && one.table === bare(name);
        return hit
          ? { ...one, names: one.names.filter((privilege) => !privileges(list).includes(privilege)) }
          : one;
      });
      state.privileges = left.filter(({ names }) => names.length > 0);
      return OK;
    },
  ),
];
