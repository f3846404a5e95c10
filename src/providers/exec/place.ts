// Where can a program lie so that nobody else decides what it loads? (below folders that only we and root can write)
import { lstatSync, mkdtempSync, realpathSync, rmdirSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Problem } from "../../core/problem.ts";

const WRITABLE_BY_OTHERS = 0o022;

/**
 * A new folder that only we may enter. Interpreters look for modules and settings in every folder above a program
 * (https://nodejs.org/api/modules.html#loading-from-node_modules-folders), and in `/tmp` anybody can put some, so `/tmp`
 * will not do. Synchronous, so that no exit comes between the making and whoever removes it.
 */
export function ownFolder(bases: readonly string[] = candidates()): string {
  const reasons: string[] = [];
  for (const base of bases) {
    try {
      return folderBelow(base);
    } catch (thrown) {
      reasons.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  const message = `there is no safe place to start a plugin in: ${reasons.join("; ")}`;
  const fix =
    "set TMPDIR to a folder of your own (`mkdir -m 700`) below folders that only you and root can write, as a home is";
  throw new Problem("misconfigured", message, fix);
}

/** A folder for temporary files may be private: always on macOS, and wherever TMPDIR says so. Else a home is. */
function candidates(): readonly string[] {
  const places = [tmpdir, homedir, () => userInfo().homedir].flatMap((place) => {
    try {
      return [place()];
    } catch {
      // This user is in no list of users, so he has no home.
      return [];
    }
  });
  return [...new Set(places)].filter(isAbsolute);
}

function folderBelow(base: string): string {
  const folder = mkdtempSync(join(realpathSync(base), ".lapse-exec-"));
  const open = openAbove(folder);
  if (open === undefined) return folder;
  rmdirSync(folder);
  throw new Error(`others can write ${open}`);
}

/** The lowest folder above that somebody else can write or owns. A sticky one is open: adding is enough. */
function openAbove(folder: string): string | undefined {
  const { uid: us } = lstatSync(folder);
  for (let path = folder; path !== dirname(path);) {
    path = dirname(path);
    const { uid, mode } = lstatSync(path);
    if ((uid !== us && uid !== 0) || (mode & WRITABLE_BY_OTHERS) !== 0) return path;
  }
  return undefined;
}
