// What does a line of SHOW GRANTS say, and does it make a role too strong to be lent?
import type { Rows } from "./sql.ts";

export interface Privileges {
  /** In capitals, without the columns that they are narrowed to. */
  readonly names: readonly string[];
  /** The database, which may be a pattern; `*` for the whole server. Absent where it is no part of a database. */
  readonly database?: string;
  /** The one table or routine of the database; absent where it is all of it. */
  readonly part?: string;
  /** May be passed on: WITH GRANT OPTION, WITH ADMIN OPTION. */
  readonly passable: boolean;
}

/** Whole lines; a name stands as `<number>`, so that no name can look like a part of the statement. */
const ON =
  /^GRANT (.+) ON (?:(?:TABLE|SEQUENCE|PROCEDURE|FUNCTION|PACKAGE|PACKAGE BODY) )?(\*|<\d+>)\.(\*|<\d+>) TO ./s;
const QUOTED = /`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'/gs;
const ROLE = /^GRANT <\d+> TO ./s;
const PASSABLE = / WITH (?:GRANT|ADMIN) OPTION\b/;

/** Nothing where the line is of a kind that Lapse does not know. */
export function readGrant(line: string): Privileges | undefined {
  const { masked, names } = mask(line);
  const passable = PASSABLE.test(masked);
  if (ROLE.test(masked)) return { names: [], passable };
  const [, list, database, part] = ON.exec(masked) ?? [];
  if (list === undefined || database === undefined) return undefined;
  const named = (masked: string) => names[Number(masked.slice(1, -1))] ?? "*";
  return {
    names: list.replace(/ \([^)]*\)/g, "").split(", "),
    database: database === "*" ? "*" : named(database),
    ...(part !== undefined && part !== "*" && { part: named(part) }),
    passable,
  };
}

function mask(line: string): { readonly masked: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const masked = line.replace(QUOTED, (quoted) => {
    names.push(quoted.slice(1, -1).replaceAll("``", "`"));
    return `<${names.length - 1}>`;
  });
  return { masked, names };
}

/** What the role that SET ROLE has made current may do, its own roles included. */
export async function grantsOf(
  rows: Rows,
  whom: "CURRENT_ROLE" | "CURRENT_USER",
): Promise<readonly string[]> {
  const lines = await rows<Readonly<Record<string, string>>>("show privileges", `SHOW GRANTS FOR ${whom}`);
  return lines.flatMap((line) => Object.values(line));
}

/**
 * On the whole server: nothing that administers, and nothing that reads or writes, since that would be the accounts, too:
 * a password that was guessed from its hash, which has no salt, works after any end. BINLOG MONITOR and REPLICA MONITOR
 * show logs that hold every statement which set a password. https://mariadb.com/kb/en/show-binlog-events/
 */
const HARMLESS_EVERYWHERE = [
  "USAGE",
  "EXECUTE",
  "PROCESS",
  "SHOW DATABASES",
  "SHOW VIEW",
  "SHOW CREATE ROUTINE",
  "CREATE TEMPORARY TABLES",
];
/** On the databases that hold the accounts and Lapse's notes; LOCK TABLES there holds up every DROP ROLE. */
const HARMLESS_ON_SYSTEM = ["USAGE", "EXECUTE", "SHOW VIEW"];
/** What may be read there. Of the accounts nothing: which columns a grant is narrowed to is not looked at. */
const READABLE: Readonly<Record<string, RegExp>> = {
  mysql:
    /^(help_(category|keyword|relation|topic)|time_zone(_leap_second|_name|_transition|_transition_type)?)$/,
  lapse: /^/,
};

/** Why a role with these grants would outlive any time limit. What is not understood is not lent. */
export function tooStrong(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const why = strong(readGrant(line));
    if (why !== undefined) return why;
  }
  return undefined;
}

function strong(grant: Privileges | undefined): string | undefined {
  if (!grant) return "has a grant that Lapse does not understand";
  if (grant.passable) return "can give what it has to others";
  if (grant.database === "*") return beyond(grant.names, HARMLESS_EVERYWHERE, "the whole server");
  return strongOnSystem(grant);
}

function strongOnSystem({ names, database = "", part = "" }: Privileges): string | undefined {
  const system = Object.entries(READABLE).find(([name]) => covers(database, name));
  if (!system) return undefined;
  const [name, readable] = system;
  const reading = readable.test(part) ? ["SELECT"] : [];
  return beyond(names, [...HARMLESS_ON_SYSTEM, ...reading], `the database ${name}`);
}

function beyond(names: readonly string[], harmless: readonly string[], where: string): string | undefined {
  const more = names.filter((name) => !harmless.includes(name));
  if (more.length === 0) return undefined;
  const hashes = more.includes("SELECT") ? ", where the password hashes are" : "";
  return `has ${more.join(", ")} on ${where}${hashes}`;
}

/** Names of databases in grants are patterns: `%` and `_`, unless a backslash stands before them. */
function covers(pattern: string, name: string): boolean {
  const source = pattern.replace(/\\?[^]/g, (part) => {
    if (part === "%") return ".*";
    if (part === "_") return ".";
    return part.slice(-1).replace(/[^\w]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "is").test(name);
}
