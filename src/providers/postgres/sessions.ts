// Which sessions of the subject are open, and can they be ended?
import { ProviderError } from "../provider.ts";
import type { Db } from "./sql.ts";

/**
 * Ends the subject's sessions in every database of this server, unless the connection says `terminate: false`.
 * Returns what goes on, in words. They have lost the inherited rights in any case, but for a running statement, an
 * open cursor and, before version 16, a SET ROLE.
 */
export async function endSessions(
  db: Db,
  subject: number,
  open: readonly number[],
): Promise<readonly string[]> {
  if (open.length === 0) return [];
  if (db.connection["terminate"] === false) return [`${open.length} open session(s) go on until they end`];
  const wait = Math.max(50, Math.floor((db.timeout * 0.4) / open.length));
  try {
    await db.rows("end sessions", "SELECT pg_terminate_backend(p, $2) FROM unnest($1::int[]) AS p", [
      open,
      wait,
    ]);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError && thrown.class === "forbidden")) throw thrown;
    return [`${open.length} open session(s) could not be ended: the applier lacks pg_signal_backend`];
  }
  const left = (await openSessions(db, subject)).filter((pid) => open.includes(pid));
  return left.length > 0 ? [`${left.length} session(s) were told to end and have not yet`] : [];
}

const IN_THE_WAY = `
  SELECT DISTINCT pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE a.usesysid = $1 AND l.granted AND (
    (l.locktype = 'object' AND l.classid = 'pg_authid'::regclass)
    OR (l.relation IN ('pg_authid'::regclass, 'pg_auth_members'::regclass) AND l.mode <> 'AccessShareLock'))`;

/**
 * Ends the subject's sessions that hold locks on roles, whatever else may let the subject in: REVOKE takes none that
 * a mere member could hold up, but from version 16 on it queues behind somebody's DROP ROLE, which a member can.
 */
export async function endBlocking(db: Db, subject: number): Promise<void> {
  const rows = await db.rows<{ pid: number }>("list sessions in the way", IN_THE_WAY, [subject]);
  await endSessions(
    db,
    subject,
    rows.map(({ pid }) => pid),
  );
}

async function openSessions(db: Db, subject: number): Promise<readonly number[]> {
  const rows = await db.rows<{ pid: number }>(
    "list sessions",
    "SELECT pid FROM pg_stat_activity WHERE usesysid = $1 AND pid <> pg_backend_pid()",
    [subject],
  );
  return rows.map(({ pid }) => pid);
}
