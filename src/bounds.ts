// How often should the sweep run, and how late may each target be? (from main's tip; usual values where it cannot be read)
import { loadCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import type { Bounds } from "./core/lateness.ts";
import type { Catalog, Duration } from "./core/model.ts";

/** Where a target's own bound is not known. */
const USUAL_BOUND = (15 * 60_000) as Duration;

export interface Promised {
  /** How often the sweep should run, where that can be read. */
  readonly interval: Duration | undefined;
  readonly bounds: Bounds;
}

/** Never throws: who watches must see more than what can be read of policies. */
export async function promised(context: Context): Promise<Promised> {
  try {
    const commit = await context.repo.remoteTip(await context.repo.defaultBranch());
    if (commit === undefined) return UNKNOWN;
    const { catalog } = await loadCatalog(context, { commit });
    const { settings } = catalog;
    const interval = settings.is === "found" ? settings.value.sweepInterval : undefined;
    return { interval, bounds: boundsOf(catalog) };
  } catch {
    return UNKNOWN;
  }
}

const UNKNOWN: Promised = { interval: undefined, bounds: () => USUAL_BOUND };

export function boundsOf(catalog: Catalog): Bounds {
  return (name) => {
    const target = catalog.target(name);
    return target.is === "found" ? target.value.bound : USUAL_BOUND;
  };
}
