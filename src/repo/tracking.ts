// What do we know of the remote's branches? (tracking refs, kept equal to what the remote last said)
import { Problem } from "../core/problem.ts";
import { branchName, oid } from "./names.ts";
import { run } from "./process.ts";
import type { Clone } from "./network.ts";
import { advertised, fetchBranches } from "./remote.ts";

/** One question to the remote; a fetch only where the answer differs from what is here. */
export async function fetchAll(clone: Clone, ledgerBranch: string): Promise<boolean> {
  const said = await advertised(clone, [ledgerBranch]);
  if (said === undefined) return false;
  await rememberDefault(clone, said.defaultBranch);
  for (const branch of new Set([said.defaultBranch, ledgerBranch]))
    if (!(await follow(clone, branch, said.tips.get(branch)))) return false;
  return true;
}

/** Fetches one branch, which may not exist. False when the remote could not be reached. */
export async function fetchOne(clone: Clone, branch: string): Promise<boolean> {
  const said = await advertised(clone, [branch]);
  return said !== undefined && follow(clone, branch, said.tips.get(branch));
}

/** Makes the tracking ref equal to what the remote said; a branch that is gone there is forgotten here. */
async function follow(clone: Clone, branch: string, there: string | undefined): Promise<boolean> {
  const here = await tip(clone, branch);
  if (here === there) return true;
  if (there !== undefined) return fetchBounded(clone, branch, here === undefined);
  await run(clone.git, ["update-ref", "-d", trackingRef(clone, branch)]);
  return true;
}

/** A branch that is new to a shallow clone comes without its past; all else comes from where we are. */
async function fetchBounded(clone: Clone, branch: string, isNew: boolean): Promise<boolean> {
  const bounded =
    isNew && (await run(clone.git, ["rev-parse", "--is-shallow-repository"])).out.trim() === "true";
  return fetchBranches(clone, [branch], bounded ? ["--depth=1"] : []);
}

/** Gets more of the past of the branch that `reaching` belongs to. */
export async function deepen(
  clone: Clone,
  ledgerBranch: string,
  reaching: string,
  commits?: number,
): Promise<void> {
  const branch = (await tip(clone, ledgerBranch)) === reaching ? ledgerBranch : await defaultBranch(clone);
  const reached = await fetchBranches(
    clone,
    [branch],
    [commits === undefined ? "--unshallow" : `--deepen=${commits}`],
  );
  if (!reached)
    throw new Problem(
      "unavailable",
      "more history is needed and the remote is away",
      "run it again, or fetch all",
    );
}

/** Name of the remote's default branch as last heard; asks once where it never was. */
export async function defaultBranch(clone: Clone): Promise<string> {
  const ref = `refs/remotes/${clone.remote}/HEAD`;
  const known = await run(clone.git, ["symbolic-ref", "--quiet", ref], { ok: [0, 1] });
  const prefix = `refs/remotes/${clone.remote}/`;
  if (known.out.startsWith(prefix)) return branchName(known.out.trim().slice(prefix.length));
  const said = await advertised(clone, []);
  if (said === undefined)
    throw new Problem("unavailable", "the default branch is unknown and the remote is away", "run it again");
  await rememberDefault(clone, said.defaultBranch);
  return said.defaultBranch;
}

async function rememberDefault(clone: Clone, branch: string): Promise<void> {
  const prefix = `refs/remotes/${clone.remote}/`;
  const known = await run(clone.git, ["symbolic-ref", "--quiet", `${prefix}HEAD`], { ok: [0, 1] });
  if (known.out.trim() !== prefix + branch)
    await run(clone.git, ["symbolic-ref", `${prefix}HEAD`, prefix + branch]);
}

/** Commit id that a remote branch had when last fetched. */
export async function tip(clone: Clone, branch: string): Promise<string | undefined> {
  const ref = ["--verify", "--quiet", trackingRef(clone, branch)];
  const { out } = await run(clone.git, ["rev-parse", ...ref], { ok: [0, 1] });
  return out === "" ? undefined : oid(out.trim());
}

function trackingRef(clone: Clone, branch: string): string {
  return `refs/remotes/${clone.remote}/${branchName(branch)}`;
}
