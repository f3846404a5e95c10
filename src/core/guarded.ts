// Which part of main decides who gets access? (all of it, but for requests, which are judged one by one, and plain words)
import type { Change, TreeEntry } from "./facts.ts";
import { isRequestPath } from "./boundary.ts";

/** Words for people, right below the root; whatever else a new file may turn out to be, it is guarded. */
const WORDS = /^(?:[^/]+\.md|LICENSE)$/;
const PLAIN: readonly string[] = ["100644", "000000"];

/** Does this change need the approval of those whom the settings name for it? */
export function isGuarded({ path, oldMode, newMode }: Change): boolean {
  if (path === "requests/README.md" || isRequestPath(path)) return false;
  return !WORDS.test(path) || !PLAIN.includes(oldMode) || !PLAIN.includes(newMode);
}

/** Names the guarded part of a tree, given what lies right below its root: two trees with one text decide alike. */
export function guardedText(root: readonly TreeEntry[]): string {
  const guarded = root.filter(({ path, mode }) =>
    path === "requests" ? mode !== "040000" : !WORDS.test(path) || mode !== "100644",
  );
  const lines = guarded.map(({ mode, oid, path }) => JSON.stringify([mode, oid, path]));
  return `lapse/v1/guarded\n${lines.sort().join("\n")}\n`;
}
