// How is a statement recognised, and what are its parts? (templates, not a parser: the server knows few statements)
import { keyOf, roleGrantee, type Grantee, type Live, type State } from "./state.ts";
import type { Answer, Row } from "./wire.ts";

export type Handler = (state: State, live: Live, parts: readonly string[]) => Answer;

export const OK: Answer = { affected: 0 };
export const no = (code: number, message: string): Answer => ({ code, message });
export const table = (columns: readonly string[], rows: readonly Row[]): Answer => ({ columns, rows });
export const DENIED = no(1142, "command denied");

/** `{name}`: in backticks. `{host}`: with its @, or nothing. `{text}`: a literal in hexadecimals. `{word}`: as it is. */
export function statement(template: string, handler: Handler): readonly [RegExp, Handler] {
  const source = template
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\s+/g, "\\s+")
    .replaceAll("{grantee}", "(PUBLIC|`(?:[^`]|``)*`){host}")
    .replaceAll("{name}", "`((?:[^`]|``)*)`")
    .replaceAll("{host}", "(?:@`((?:[^`]|``)*)`)?")
    .replaceAll("{text}", "_utf8mb4 X'([0-9a-f]*)'")
    .replaceAll("{admin}", "( WITH ADMIN OPTION)?")
    .replaceAll("{option}", "( WITH GRANT OPTION)?")
    .replaceAll("{part}", "(\\*|\\w+|`(?:[^`]|``)*`)")
    .replaceAll("{word}", "([^`']+?)")
    .replaceAll("{rest}", ".*");
  return [new RegExp(`^${source};?$`, "is"), handler];
}

export const named = (part = ""): string => part.replaceAll("``", "`");
export const bare = (part = ""): string => named(part.startsWith("`") ? part.slice(1, -1) : part);
export const text = (part = ""): string => Buffer.from(part, "hex").toString();
export const privileges = (list = ""): readonly string[] =>
  list.toUpperCase() === "ALL"
    ? ["ALL PRIVILEGES"]
    : list
        .replace(/ \([^)]*\)/g, "")
        .toUpperCase()
        .split(", ");

/** A name without a host is a role if there is one, else an account that may come from anywhere. */
export function grantee({ roles }: State, user = "", host?: string): Grantee {
  const name = bare(user);
  if (host !== undefined) return { user: name, host: named(host) };
  return roles.has(name) || user === "PUBLIC" ? roleGrantee(name) : { user: name, host: "%" };
}

export const isThere = ({ roles, accounts }: State, one: Grantee): boolean =>
  one.host === "" ? roles.has(one.user) || one.user === "PUBLIC" : accounts.has(keyOf(one));
