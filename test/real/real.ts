// Which real servers are here? (opt-in: LAPSE_REAL=1, and a server that its .ci/install script has put there)
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Where our scripts put what they build; outside of the repository, and kept between runs. */
export const CACHE =
  process.env["LAPSE_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "lapse");

/** Full path of a program on the PATH, in the folders for administrators or in a given one. */
export function program(name: string, ...folders: readonly string[]): string | undefined {
  const all = [...folders, ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return all.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Why a suite cannot run, for the title of the skipped suite; nothing where it can. */
export function missing(
  install: string,
  found: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (process.env["LAPSE_REAL"] !== "1") return "skipped: npm run test:real runs it";
  const absent = Object.entries(found).flatMap(([name, file]) => (file === undefined ? [name] : []));
  return absent.length === 0 ? undefined : `skipped: ${absent.join(", ")} not found, ${install} installs it`;
}
