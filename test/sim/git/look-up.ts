// Which object has this name in the simulated git? (as `git cat-file --batch` is asked)
import type { GitObject, Objects } from "./objects.ts";
import { at } from "./trees.ts";

/** `oid`, `oid^{tree}` of a commit or a tree, or `commit:path`. */
export function lookUp(objects: Objects, name: string): GitObject | undefined {
  const named = objects.get(name.slice(0, 40));
  const rest = name.slice(40);
  if (!named || rest === "") return named;
  const tree = named.type === "tree" ? named.oid : objects.find(named.oid)?.tree;
  return tree === undefined ? undefined : below(objects, tree, rest);
}

function below(objects: Objects, tree: string, rest: string): GitObject | undefined {
  const found = rest.startsWith(":") ? at(objects, tree, rest.slice(1))?.oid : tree;
  return found === undefined ? undefined : objects.get(found);
}
