// Which rules stood at a commit of main? (read once per policies/ tree, however many commits share it)
import type { Context } from "./context.ts";
import { loadCatalog } from "./catalog.ts";
import { compilePolicies } from "./core/policy.ts";
import type { Catalog, Claim } from "./core/model.ts";
import { secondWayOf } from "./core/ways-out.ts";
import type { Provider } from "./providers/provider.ts";
import type { Rulebook } from "./core/evidence.ts";

export interface Rulebooks {
  at(commit: string): Promise<Rulebook>;
}

/** Compiles the rules and takes the providers' offline objections along. */
export async function rulebookOf(context: Context, catalog: Catalog): Promise<Rulebook> {
  const kinds = [...new Set(catalog.targets.map((t) => t.provider))];
  const loaded = await Promise.all(kinds.map(async (kind) => [kind, await context.provider(kind)] as const));
  const providers = new Map(loaded);
  return {
    catalog,
    policies: compilePolicies(catalog),
    lint: (claim) => objectionTo(claim, providers.get(claim.provider)),
    secondWay: (target) => secondWayOf(target, providers.get(target.provider)?.capabilities),
    schemas: (kind) => providers.get(kind)?.schemas,
  };
}

function objectionTo(claim: Claim, provider: Provider | undefined): string | undefined {
  if (!provider) return `no provider is called ${claim.provider}`;
  return provider.grants ? provider.lint(claim) : `granting on ${provider.kind} is not part of this version`;
}

/** A cache for one run: the same tree id is the same rules. */
export function rulebooks(context: Context): Rulebooks {
  const byTree = new Map<string, Promise<Rulebook>>();
  const load = async (commit: string): Promise<Rulebook> => {
    const { catalog } = await loadCatalog(context, { commit });
    return rulebookOf(context, catalog);
  };
  return {
    at: async (commit) => {
      const tree = (await context.repo.oidAt(commit, "policies")) ?? "";
      const known = byTree.get(tree) ?? load(commit);
      byTree.set(tree, known);
      return known;
    },
  };
}
