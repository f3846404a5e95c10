// Which bindings on the cluster say that we made them, and do they tell the truth?
import { ProviderError } from "../provider.ts";
import { inTurns, namespacesOf, type Cluster } from "./cluster.ts";
import { listBindings, type Listing, type Range } from "./listing.ts";
import { readMark, selector, type Mark } from "./names.ts";
import type { Binding } from "./written.ts";

export interface Marked {
  readonly binding: Binding;
  readonly mark: Mark;
}

export interface Found {
  readonly marked: readonly Marked[];
  /** They carry our label, and not the rest of our mark. */
  readonly pretenders: readonly Binding[];
  readonly complete: boolean;
}

/** Throws where nothing at all could be listed; where a part could not, it is not complete. */
export async function findMarked(cluster: Cluster): Promise<Found> {
  const ranges: readonly Range[] = namespacesOf(cluster)?.map((namespace) => ({ namespace })) ?? [
    "namespaces",
    "cluster",
  ];
  const parts = await inTurns(ranges, (range) => attempt(cluster, range));
  const listings = parts.filter((part): part is Listing => !(part instanceof ProviderError));
  const failed = parts.find((part) => part instanceof ProviderError);
  if (listings.length === 0 && failed) throw failed;
  const all = listings
    .flatMap(({ bindings }) => bindings)
    .map((binding) => ({ binding, mark: readMark(binding) }));
  return {
    marked: all.flatMap(({ binding, mark }) => (mark?.owner === cluster.owner ? [{ binding, mark }] : [])),
    pretenders: all.filter(({ mark }) => mark?.owner !== cluster.owner).map(({ binding }) => binding),
    complete: !failed && listings.every(({ complete }) => complete),
  };
}

async function attempt(cluster: Cluster, range: Range): Promise<Listing | ProviderError> {
  try {
    return await listBindings(cluster, range, selector(cluster.owner));
  } catch (thrown) {
    if (thrown instanceof ProviderError) return thrown;
    throw thrown;
  }
}
