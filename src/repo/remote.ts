// What do we want from the remote? (ask, fetch, push; and what its refusals mean)
import { Problem } from "../core/problem.ts";
import { branchName, isOid, oid } from "./names.ts";
import { talk, type Clone } from "./network.ts";
import { complaintOf, run } from "./process.ts";

/** What the remote says of itself: the default branch's name, and the ids of it and of the branches asked for. */
export interface Advertised {
  readonly defaultBranch: string;
  readonly tips: ReadonlyMap<string, string>;
}

const UNREACHABLE =
  /timeout reached|operation too slow|could not resolve|couldn't connect|failed to connect|connection (refused|reset|timed out|closed)|network is unreachable|no route to host|operation timed out|early eof|unexpected disconnect|hung up unexpectedly|returned error: (408|429|5\d\d)|rpc failed|empty reply|could not read from remote|does not appear to be a git repository|repository '\/[^']*' (not found|does not exist)|ssl_|tls|gnutls/i;
const REFUSED =
  /authentication failed|could not read (username|password)|permission( to .*)? denied|publickey|returned error: (401|403|404)|access denied|repository not found|terminal prompts disabled|invalid credentials|write access|protected branch|gh006|gh013|hook declined/i;
const RACE =
  /non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|incorrect old value|already exists|needs force|failed to lock|fetched in the meantime/i;

/** Asks for the default branch and the tips of branches. Undefined when the remote cannot be reached. */
export async function advertised(clone: Clone, branches: readonly string[]): Promise<Advertised | undefined> {
  const refs = branches.map((name) => `refs/heads/${branchName(name)}`);
  const answer = await talk(clone, ["ls-remote", "--symref", clone.remote, "HEAD", ...refs]);
  if (!answer.ok) {
    expectUnreachable(answer.why);
    return undefined;
  }
  const said = new Map(answer.out.split("\n").map((line) => line.split("\t").reverse() as [string, string]));
  const [, head] = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(answer.out) ?? [];
  if (head === undefined)
    throw new Problem("misconfigured", "the remote has no default branch", "push a first commit to it");
  const tips = new Map<string, string>();
  for (const [name, ref] of [
    [head, "HEAD"] as const,
    ...branches.map((b) => [b, `refs/heads/${b}`] as const),
  ]) {
    const tip = said.get(ref) ?? "";
    if (isOid(tip)) tips.set(name, tip);
  }
  return { defaultBranch: branchName(head), tips };
}

const QUIETLY = [
  "--no-tags",
  "--no-recurse-submodules",
  "--no-auto-gc",
  "--no-write-fetch-head",
  "--verbose",
];

/** Fetches one commit, which no branch need have any more: the head of a merged pull request. */
export async function fetchCommit(clone: Clone, commit: string): Promise<void> {
  const answer = await talk(clone, ["fetch", ...QUIETLY, clone.remote, oid(commit)]);
  if (answer.ok) return;
  expectUnreachable(answer.why);
  throw new Problem("unavailable", `${commit.slice(0, 12)} could not be fetched`, "run it again");
}

/** Fetches branches into their tracking refs; `depth` only ever bounds a shallow clone. */
export async function fetchBranches(
  clone: Clone,
  branches: readonly string[],
  depth: readonly string[] = [],
): Promise<boolean> {
  const specs = branches.map(
    (name) => `+refs/heads/${branchName(name)}:refs/remotes/${clone.remote}/${branchName(name)}`,
  );
  const answer = await talk(clone, ["fetch", ...QUIETLY, ...depth, clone.remote, ...specs]);
  if (!answer.ok) expectUnreachable(answer.why);
  return answer.ok;
}

/**
 * Pushes a commit to a branch. With `lease` the branch is overwritten, but only while it still is at that id (empty:
 * while it does not exist). False when the remote has moved on.
 */
export async function pushCommit(
  clone: Clone,
  commit: string,
  branch: string,
  lease?: string,
): Promise<boolean> {
  const ref = `refs/heads/${branchName(branch)}`;
  const force = lease === undefined ? [] : [`--force-with-lease=${ref}:${lease === "" ? "" : oid(lease)}`];
  const flags = ["--porcelain", "--no-verify", ...force];
  const answer = await talk(clone, ["push", ...flags, clone.remote, `${oid(commit)}:${ref}`]);
  if (answer.ok) {
    await run(clone.git, ["update-ref", `refs/remotes/${clone.remote}/${branch}`, commit]);
    return true;
  }
  if (RACE.test(answer.why)) return false;
  expectUnreachable(answer.why);
  throw new Problem(
    "unavailable",
    `the push to ${branch} got no answer`,
    "run it again when the remote is back",
  );
}

/** Returns when the remote just could not be reached; anything else is a Problem that somebody has to see. */
function expectUnreachable(why: string): void {
  if (/no such remote|'[^'/]+' does not appear to be a git repository/i.test(why))
    throw new Problem("misconfigured", "the clone has no such remote", "add it: git remote add origin URL");
  const saying = complaintOf(why);
  if (REFUSED.test(why))
    throw new Problem("forbidden", `the remote refused us: ${saying}`, "check the token and its permissions");
  if (UNREACHABLE.test(why)) return;
  throw new Problem(
    "unavailable",
    `git could not talk to the remote: ${saying}`,
    "see git's message, run it again",
  );
}
