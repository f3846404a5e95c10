// What of ours is left and gives nothing, and how does it go?
import { instant } from "../../core/time.ts";
import { givesNothing, look, markedRoles, roleNamed, type Picture } from "./catalog.ts";
import { drop } from "./cut.ts";
import { forget } from "./notes.ts";
import type { Db } from "./sql.ts";

/**
 * Only what gives nothing goes: whatever still gives access is ended by the sweep, which writes it down first. What
 * there is no time for, since locks are held, is left for the next run.
 */
export async function cleanup(db: Db): Promise<readonly string[]> {
  const removed: string[] = [];
  const until = performance.now() + db.timeout;
  const { husks, lone } = await leftovers(db, await look(db, "noted"));
  for (const name of husks) {
    if (performance.now() > until) break;
    if ((await drop(db, { name })) !== undefined) continue;
    await forget(db, name);
    removed.push(`removed the role ${name}`);
  }
  for (const name of lone) {
    await forget(db, name);
    removed.push(`removed the note about ${name}`);
  }
  return removed;
}

/** Roles of ours that give nothing, and notes about roles that are gone. */
export async function leftovers(
  db: Db,
  picture: Picture,
): Promise<{ readonly husks: readonly string[]; readonly lone: readonly string[] }> {
  const husks = markedRoles(db, picture).filter(({ role }) => givesNothing(role));
  const noted = [...(picture.notes ?? [])].filter(
    ([name, { owner }]) => owner === db.owner && !roleNamed(db, picture, name),
  );
  if (noted.length === 0) return { husks: husks.map(({ role }) => role.name), lone: [] };
  // A note comes before its role: while its time runs, another run may be about to make the role.
  const [clock] = await db.rows<{ now: number | string }>(
    "tell the time",
    "SELECT UNIX_TIMESTAMP() * 1000 AS now",
  );
  const over = noted.filter(([, { until }]) => (instant(until) ?? 0) < Number(clock?.now ?? 0));
  return { husks: husks.map(({ role }) => role.name), lone: over.map(([name]) => name) };
}
