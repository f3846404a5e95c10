// What does the pretended server know, and who may do what? (by the rules that a real 10.11 was seen to follow)

export interface Grantee {
  readonly user: string;
  readonly host: string;
}
export interface Mapping extends Grantee {
  readonly role: string;
  readonly admin: boolean;
}
interface Privilege {
  readonly to: Grantee;
  readonly names: readonly string[];
  readonly database: string;
  readonly table: string;
  readonly option: boolean;
}

/** What the server copies into a session, and so forgets to take away. */
export interface Live {
  readonly id: number;
  readonly account: Grantee;
  readonly hangUp: () => void;
  role?: string;
  database?: string;
  /** Copied at login and by SET ROLE. */
  everywhere: readonly string[];
  /** Copied by USE and by SET ROLE, for the current database. */
  here: readonly string[];
  /** In milliseconds; `max_statement_time`. */
  patience: number;
  /** KILL USER counts it once more, though it was killed. */
  killed: boolean;
}

export interface State {
  version: string;
  readOnly: boolean;
  /** Milliseconds since 1970. */
  now: number;
  readonly accounts: Map<string, Grantee & { readonly password?: string }>;
  readonly roles: Set<string>;
  mappings: readonly Mapping[];
  privileges: readonly Privilege[];
  readonly databases: Set<string>;
  /** The table lapse.grants, once it is made. */
  notes?: Map<string, string>;
  /** The session that holds mysql.roles_mapping locked. */
  lockedBy?: number;
  readonly live: Map<number, Live>;
}

export const keyOf = ({ user, host }: Grantee): string => JSON.stringify([user, host]);
export const roleGrantee = (user: string): Grantee => ({ user, host: "" });
export const isSame = (a: Grantee, b: Grantee): boolean => a.user === b.user && a.host === b.host;
const ALL = "ALL PRIVILEGES";
const ROOT: Grantee = { user: "root", host: "localhost" };

export function newState(now: number): State {
  return {
    version: "10.11.19-MariaDB-fake",
    readOnly: false,
    now,
    accounts: new Map([[keyOf(ROOT), { ...ROOT, password: "" }]]),
    roles: new Set(),
    mappings: [],
    privileges: [{ to: ROOT, names: [ALL], database: "*", table: "*", option: true }],
    databases: new Set(["mysql"]),
    live: new Map(),
  };
}

/** The grantee itself, everybody's PUBLIC, and all roles above them. */
export function closure({ mappings }: State, from: readonly Grantee[]): readonly Grantee[] {
  const found = new Map(from.map((one) => [keyOf(one), one]));
  for (const one of found.values())
    for (const mapping of mappings)
      if (isSame(mapping, one)) found.set(keyOf(roleGrantee(mapping.role)), roleGrantee(mapping.role));
  return [...found.values()];
}

function grantees(state: State, { account, role }: Live): readonly Grantee[] {
  const active = role !== undefined && state.roles.has(role) ? [roleGrantee(role)] : [];
  // The account's own roles lie idle until one of them is set.
  return [account, ...closure(state, [roleGrantee("PUBLIC"), ...active])];
}

/** Patterns of databases are left out: nobody grants on them here. */
function names(state: State, whose: readonly Grantee[], database: string, table = "*"): readonly string[] {
  return state.privileges
    .filter(({ to }) => whose.some((one) => isSame(one, to)))
    .filter((one) => one.database === database && one.table === table)
    .flatMap((one) => one.names);
}

/** What SET ROLE, USE and the login do. */
export function copyRights(state: State, live: Live, what: "all" | "database"): void {
  const whose = grantees(state, live);
  if (what === "all") live.everywhere = names(state, whose, "*");
  live.here = live.database === undefined ? [] : names(state, whose, live.database);
}

/** Global rights and those on the current database come from the session's copies; all others are looked up. */
export function may(
  state: State,
  live: Live,
  privilege: string,
  [database, table]: readonly [string, string?],
): boolean {
  const whose = grantees(state, live);
  const onDatabase = database === live.database ? live.here : names(state, whose, database);
  const onTable = table === undefined ? [] : names(state, whose, database, table);
  return [...live.everywhere, ...onDatabase, ...onTable].some((name) => name === privilege || name === ALL);
}

export function administers({ mappings }: State, { account }: Live, role: string): boolean {
  return mappings.some((one) => one.role === role && one.admin && isSame(one, account));
}

/** DROP takes everything along that hangs on the name, but not what sessions have copied. */
export function forgetGrantee(state: State, gone: Grantee): void {
  state.mappings = state.mappings.filter(
    (one) => !isSame(one, gone) && !(gone.host === "" && one.role === gone.user),
  );
  state.privileges = state.privileges.filter(({ to }) => !isSame(to, gone));
}

/** As SHOW GRANTS prints them. */
export function showGrants(state: State, whose: readonly Grantee[]): readonly string[] {
  const quote = (name: string) => (name === "*" ? name : `\`${name.replaceAll("`", "``")}\``);
  const printed = ({ user, host }: Grantee) => (host === "" ? quote(user) : `${quote(user)}@${quote(host)}`);
  return whose.flatMap((one) => [
    ...state.mappings
      .filter((mapping) => isSame(mapping, one))
      .map(
        ({ role, admin }) => `GRANT ${quote(role)} TO ${printed(one)}${admin ? " WITH ADMIN OPTION" : ""}`,
      ),
    ...(names(state, [one], "*").length === 0 ? [`GRANT USAGE ON *.* TO ${printed(one)}`] : []),
    ...state.privileges
      .filter(({ to }) => isSame(to, one))
      .map(({ names: list, database, table, option }) => {
        const on = `${quote(database)}.${quote(table)}`;
        return `GRANT ${list.join(", ")} ON ${on} TO ${printed(one)}${option ? " WITH GRANT OPTION" : ""}`;
      }),
  ]);
}
