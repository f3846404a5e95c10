// What does a file of policies/ say? (stands in for core/file.ts where catalogs are read: the same text is read once)
import { misnamed, readFile as read, type FileResult, type ReadFile } from "../../../src/core/file.ts";

export { misnamed, type ReadFile };

/** Reading is pure: kind, path and text decide all of it. Worlds have most of their files in common. */
const known = new Map<string, FileResult>();

export function readFile(...[kinds, file, bytes, also]: Parameters<typeof read>): FileResult {
  const key = `${kinds.join(" ")} ${file}\n${Buffer.from(bytes).toString("latin1")}`;
  const result = known.get(key) ?? read(kinds, file, bytes, also);
  if (known.size > 5_000) known.clear();
  known.set(key, result);
  return result;
}
