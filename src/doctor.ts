// Is every target set up so that access can be given, ended and proved gone, and nothing more? (reads only)
import { loadCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import { error, sorted, warning } from "./core/finding.ts";
import type { Finding, Target } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { reasonOf, withSession } from "./session.ts";

export interface Examined {
  readonly target: string;
  readonly findings: readonly Finding[];
}

/** Asks every target of the work tree's policies, all at once, or the one that is named. */
export async function examine(context: Context, only: string | undefined): Promise<readonly Examined[]> {
  const { catalog } = await loadCatalog(context, { dir: context.dir });
  const { settings } = catalog;
  const targets = catalog.targets.filter(({ name }) => only === undefined || name === only);
  if (settings.is !== "found")
    throw new Problem("misconfigured", "policies/lapse.yaml cannot be used", "see `lapse check`");
  if (only !== undefined && targets.length === 0)
    throw new Problem("misconfigured", `no target is called ${only}`, "see policies/targets");
  const unusable = catalog.findings.filter(({ at }) => at?.file.startsWith("policies/targets/") === true);
  const files =
    only === undefined && unusable.length > 0 ? [{ target: "policies/targets", findings: unusable }] : [];
  const examined = await Promise.all(
    targets.map(async (target) => ({
      target: target.name,
      findings: sorted([
        ...(await ask(context, settings.value.owner, target)),
        ...(await ways(context, target)),
      ]),
    })),
  );
  return [...files, ...examined];
}

async function ask(context: Context, owner: string, target: Target): Promise<readonly Finding[]> {
  const { provider, connection } = target;
  try {
    return await withSession(context, { provider, connection, owner }, (session) => session.doctor());
  } catch (problem) {
    const fix =
      problem instanceof Problem ? problem.fix : "check the connection and the applier's credentials";
    return [error("LPS436", `${target.name} could not be examined: ${reasonOf(problem)}`, fix)];
  }
}

async function ways(context: Context, { provider, sweeper, name }: Target): Promise<readonly Finding[]> {
  const sweepable = (await context.provider(provider))?.capabilities.sweepable === true;
  if (sweeper === undefined || sweepable) return [];
  const what = `${name} names a sweeper, but what Lapse makes on ${provider} targets does not carry its end`;
  return [warning("LPS434", what, `remove sweeper from policies/targets/${name}.yaml`)];
}
