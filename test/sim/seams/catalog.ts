// Which rules does a tree of policies/ hold? (stands in for core/catalog.ts where trees are read: the same tree is read once)
import { readCatalog as read, type CatalogInput } from "../../../src/core/catalog.ts";

type Catalog = ReturnType<typeof read>;

/** Reading is pure, and a tree's id names its content: worlds have the same providers as long as they name the same. */
const known = new Map<string, Catalog>();

export function readCatalog(input: CatalogInput): Catalog {
  if (!/^[0-9a-f]{40}$/.test(input.digest)) return read(input);
  const kinds = input.known.map((kind) => input.provider(kind) !== undefined);
  const key = JSON.stringify([input.digest, input.known, kinds]);
  const catalog = known.get(key) ?? read(input);
  if (known.size > 200) known.clear();
  known.set(key, catalog);
  return catalog;
}
