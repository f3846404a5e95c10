// Is all set up so that access can be given, ended and proved gone, and nothing more? (reads only)
import { loadCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import { error, warning } from "./core/finding.ts";
import type { Catalog, Finding, Target } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { examined, type Examined } from "./doctor-forge.ts";
import { examineRepository, type RepositoryExamined } from "./doctor-repository.ts";
import { reasonOf, withSession } from "./session.ts";

export interface Checkup extends Partial<RepositoryExamined> {
  readonly targets: readonly Examined[];
}

/** Asks the forge, the ledger and every target of the work tree's policies; or the one target that is named. */
export async function examine(context: Context, only: string | undefined): Promise<Checkup> {
  const { catalog } = await loadCatalog(context, { dir: context.dir });
  if (catalog.settings.is !== "found")
    throw new Problem("misconfigured", "policies/lapse.yaml cannot be used", "see `lapse check`");
  const { owner } = catalog.settings.value;
  if (only !== undefined) return { targets: await examineTargets(context, owner, [named(catalog, only)]) };
  const unusable = catalog.findings.filter(({ at }) => at?.file.startsWith("policies/targets/") === true);
  const [repository, targets] = await Promise.all([
    examineRepository(context, catalog),
    examineTargets(context, owner, catalog.targets),
  ]);
  const files = unusable.length > 0 ? [examined("policies/targets", unusable)] : [];
  return { ...repository, targets: [...files, ...targets] };
}

function named({ targets }: Catalog, name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found === undefined)
    throw new Problem("misconfigured", `no target is called ${name}`, "see policies/targets");
  return found;
}

async function examineTargets(
  context: Context,
  owner: string,
  targets: readonly Target[],
): Promise<readonly Examined[]> {
  return Promise.all(
    targets.map(async (target) =>
      examined(target.name, [...(await ask(context, owner, target)), ...(await ways(context, target))]),
    ),
  );
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
