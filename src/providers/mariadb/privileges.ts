// What does a line of SHOW GRANTS say, and does it make a role too strong to be lent?
import type { Rows } from "./sql.ts";

export interface Privileges {
  /** In capitals, without the columns that they are narrowed to. */
  readonly names: readonly string[];
  /** The database, which may be a pattern; `*` for the whole server. Absent where it is no part of a database. */
  readonly database?: string;
  /** All of the database, not one table or routine of it. */
  readonly whole: boolean;
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
  if (ROLE.test(masked)) return { names: [], whole: false, passable };
  const [, list, database, part] = ON.exec(masked) ?? [];
  if (list === undefined || database === undefined) return undefined;
  return {
    names: list.replace(/ \([^)]*\)/g, "").split(", "),
    database: database === "*" ? "*" : (names[Number(database.slice(1, -1))] ?? "*"),
    whole: part === "*",
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

/** On the whole server: nothing that writes, since that would write to the accounts, and nothing that administers. */
const HARMLESS_EVERYWHERE = [
  "USAGE",
  "SELECT",
  "EXECUTE",
  "PROCESS",
  "SHOW DATABASES",
  "SHOW VIEW",
  "SHOW CREATE ROUTINE",
  "CREATE TEMPORARY TABLES",
  "BINLOG MONITOR",
  "SLAVE MONITOR",
  "REPLICA MONITOR",
];
/** On the databases that hold the accounts and Lapse's notes; LOCK TABLES there holds up every DROP ROLE. */
const HARMLESS_ON_SYSTEM = ["USAGE", "SELECT", "EXECUTE", "SHOW VIEW"];
const SYSTEM = ["mysql", "lapse"];

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
  const { database = "", names } = grant;
  if (database === "*") {
    const more = names.filter((name) => !HARMLESS_EVERYWHERE.includes(name));
    return more.length > 0 ? `has ${more.join(", ")} on the whole server` : undefined;
  }
  const system = SYSTEM.find((name) => covers(database, name));
  const more = names.filter((name) => !HARMLESS_ON_SYSTEM.includes(name));
  return system !== undefined && more.length > 0
    ? `has ${more.join(", ")} on the database ${system}`
    : undefined;
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
