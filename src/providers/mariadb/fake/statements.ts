// Which statements does the pretended server know?
import { ACCOUNTS, PRIVILEGES, ROLES } from "./accounts.ts";
import { no } from "./grammar.ts";
import { READING, SESSION } from "./sessions.ts";
import type { Live, State } from "./state.ts";
import { ADMINISTRATION, NOTES } from "./tables.ts";
import type { Answer } from "./wire.ts";

const GROUPS = [READING, SESSION, NOTES, ROLES, ACCOUNTS, PRIVILEGES, ADMINISTRATION].flat();

/** What changes something; a server that is read-only refuses it to all but root. */
export const isWrite = (sql: string): boolean =>
  /^(INSERT|DELETE|CREATE|DROP|GRANT|REVOKE|RENAME)/i.test(sql);
/** What writes to mysql.roles_mapping, and so waits for whoever has locked it. */
export const waits = (sql: string): boolean => /^((CREATE|DROP) ROLE|GRANT|REVOKE)/i.test(sql);

export function carryOut(state: State, live: Live, sql: string): Answer {
  for (const [pattern, handler] of GROUPS) {
    const found = pattern.exec(sql.trim());
    if (found) return handler(state, live, found.slice(1));
  }
  return no(1064, `the pretended server does not know: ${sql}`);
}
