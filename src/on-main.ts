// Does this workflow run on the default branch? (anywhere else both its file and the tool may be somebody's own)
import type { Context } from "./context.ts";
import { Problem } from "./core/problem.ts";

/**
 * Throws a Problem on a side branch, before any target is called. Outside of workflows there is no ref to look at. A
 * scheduled run is always on the default branch, and where its name cannot be learned ending access goes on.
 */
export async function onlyOnMain({ ref, repo }: Context): Promise<void> {
  if (ref === undefined) return;
  const branch = await repo.defaultBranch().catch(() => undefined);
  if (branch === undefined || ref === `refs/heads/${branch}`) return;
  throw new Problem(
    "misconfigured",
    `this workflow runs on ${ref}, whose code nobody may have reviewed`,
    `run it on ${branch}, and let the environment with the credentials admit that branch alone`,
  );
}
