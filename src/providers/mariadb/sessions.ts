// Can the sessions of the subject be ended? (without that, part of the access outlives its role)
import { setTimeout as sleep } from "node:timers/promises";
import { id, printed, type Account } from "./names.ts";
import { grantsOf, readGrant } from "./privileges.ts";
import type { Db } from "./sql.ts";

const PAUSE_MS = 20;
/** Of the bound on a call, for the sessions to go. */
const PATIENCE = 0.5;
const ENDING = ["CONNECTION ADMIN", "SUPER", "ALL PRIVILEGES"];

export function canEnd(lines: readonly string[]): boolean {
  return lines.some((line) => {
    const grant = readGrant(line);
    return grant?.database === "*" && grant.names.some((name) => ENDING.includes(name));
  });
}

/**
 * A session that did SET ROLE keeps, even when the role is dropped, what the role had on the whole server and on the
 * session's current database: those rights are copied into the session. So all sessions of that user name are ended:
 * KILL USER takes a host as it is, not as the pattern of an account, and the server does not show whose account a
 * session is. It counts what it killed, and says 0 without an error where the right to kill is missing.
 * https://mariadb.com/kb/en/kill/
 */
export async function endSessions(db: Db, subject: Account): Promise<readonly string[]> {
  const whose = `sessions of ${printed(subject)} that have set the role keep rights until they end`;
  if (db.connection["terminate"] === false || subject.user === db.applier.user) return [whose];
  if (!canEnd(await grantsOf(db.rows, "CURRENT_USER")))
    return [`${whose}: the applier lacks CONNECTION ADMIN and could not end them`];
  const until = performance.now() + db.timeout * PATIENCE;
  const kill = `KILL USER ${id(subject.user)}`;
  while ((await db.run("end sessions", kill)) > 0) {
    if (performance.now() > until) return [`${whose}: they were told to end and have not yet`];
    await sleep(PAUSE_MS);
  }
  return [];
}
