// What does another copy of this repository have on a branch?
import { Problem } from "../core/problem.ts";
import { branchName, oid } from "./names.ts";
import { talk } from "./network.ts";
import { complaintOf, run, type Git } from "./process.ts";

/** Where the other copy's branch is kept, so that git does not throw its commits away while they are compared. */
const KEPT = "refs/lapse/compared";

/** Fetches a branch without our token, which is for our own remote alone. Undefined where the copy has no such branch. */
export async function branchOf(git: Git, address: string, branch: string): Promise<string | undefined> {
  if (address === "" || address.startsWith("-"))
    throw new Problem("misconfigured", `"${address}" is no address`, "name a remote, a URL or a folder");
  const clone = { git, remote: address };
  const ref = `refs/heads/${branchName(branch)}`;
  const said = await talk(clone, ["ls-remote", address, ref]);
  if (!said.ok) throw unreachable(said.why);
  if (!said.out.split("\n").some((line) => line.endsWith(`\t${ref}`))) return undefined;
  const flags = ["--no-tags", "--no-recurse-submodules", "--no-auto-gc", "--no-write-fetch-head"];
  const fetched = await talk(clone, ["fetch", ...flags, address, `+${ref}:${KEPT}`]);
  if (!fetched.ok) throw unreachable(fetched.why);
  return oid((await run(git, ["rev-parse", "--verify", KEPT])).out.trim());
}

const unreachable = (why: string): Problem =>
  new Problem(
    "unavailable",
    `the other copy cannot be read: ${complaintOf(why)}`,
    "check its address, and whether git may read it: git ls-remote ADDRESS",
  );
