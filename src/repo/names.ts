// Which words may reach git's command line? (ids, branch names and paths; anything else is refused)
import { Problem } from "../core/problem.ts";

export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** A full commit, tree or blob id. */
export function oid(text: string): string {
  if (isOid(text)) return text;
  throw new Problem(
    "misconfigured",
    `not a git object id: ${JSON.stringify(text)}`,
    "use the full 40 hex digits",
  );
}

/** A branch name of a shape that is never an option, a pattern or a revision expression. */
export function branchName(text: string): string {
  const parts = text.split("/");
  const fits = parts.every((p) => /^[A-Za-z0-9_][\w.+@=#-]*$/.test(p) && !/\.\.|\.lock$|\.$|@\{/.test(p));
  if (fits && text.length <= 200) return text;
  throw new Problem(
    "misconfigured",
    `not a usable branch name: ${JSON.stringify(text)}`,
    "rename the branch",
  );
}

/** A path that we write: relative, plain, nowhere near git's own folder. */
export function writablePath(text: string): string {
  const parts = text.split("/");
  const fits = parts.every((p) => p !== "" && p !== "." && p !== ".." && p.toLowerCase() !== ".git");
  if (fits && !/[\p{Cc}"\\]/u.test(text)) return text;
  throw new Problem(
    "misconfigured",
    `not a path that Lapse writes: ${JSON.stringify(text)}`,
    "rename the file",
  );
}
