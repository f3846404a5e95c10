// Where is it written which role is whose? (one table of Lapse's own: MariaDB has no comments on roles)
import { ProviderError } from "../provider.ts";
import { CODE } from "./errors.ts";
import { literal, readMark, writeMark, type Mark } from "./names.ts";
import type { Db } from "./sql.ts";

const TABLE = "`lapse`.`grants`";
/** The table is not there, or not for us: then nothing is known, and nothing that ends access depends on it. */
const UNREADABLE: readonly string[] = [CODE.noSuchTable, CODE.noSuchDatabase, "1044", "1142"];

/** What is noted about each role, by the role's name. A note that Lapse did not write is no note. */
export async function notes(db: Db): Promise<ReadonlyMap<string, Mark>> {
  const found = await db.rows<{ role: string; note: string }>(
    "show its notes",
    `SELECT role, note FROM ${TABLE}`,
  );
  const marks = found.map(({ role, note }) => [role, readMark(role, note)] as const);
  return new Map(marks.filter((one): one is readonly [string, Mark] => one[1] !== undefined));
}

/** The same for those who can do without; `undefined` where there are no notes to read. */
export async function notesIfAny(db: Db): Promise<ReadonlyMap<string, Mark> | undefined> {
  try {
    return await notes(db);
  } catch (thrown) {
    if (thrown instanceof ProviderError && UNREADABLE.includes(thrown.vendorCode)) return undefined;
    throw thrown;
  }
}

export async function note(db: Db, role: string, mark: Mark): Promise<void> {
  const written = literal(writeMark(mark));
  await db.run(
    "note what it is about to grant",
    `INSERT INTO ${TABLE} (role, note) VALUES (${literal(role)}, ${written}) ON DUPLICATE KEY UPDATE note = ${written}`,
  );
}

export async function forget(db: Db, role: string): Promise<void> {
  await db.run("forget its note", `DELETE FROM ${TABLE} WHERE role = ${literal(role)}`);
}
