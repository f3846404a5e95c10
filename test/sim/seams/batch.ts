// How are objects read here? (stands in for src/repo/batch.ts)
import { at } from "../git/trees.ts";
import type { GitObject } from "../git/objects.ts";
import { ground } from "./ground.ts";
import type { Git } from "./process.ts";

export async function* objects(_git: Git, names: readonly string[]): AsyncGenerator<GitObject | undefined> {
  for (const name of names) yield await Promise.resolve(lookUp(name));
}

/** `oid`, `oid^{tree}` or `oid:path`. */
function lookUp(name: string): GitObject | undefined {
  const { objects } = ground().gits;
  const oid = name.slice(0, 40);
  if (name.length === 40) return objects.get(oid);
  const tree = objects.find(oid)?.tree;
  if (tree === undefined) return undefined;
  const found = name.startsWith(":", 40) ? at(objects, tree, name.slice(41))?.oid : tree;
  return found === undefined ? undefined : objects.get(found);
}
