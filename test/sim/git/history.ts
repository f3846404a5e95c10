// How does the simulated git walk its commits?
import type { Commit, Objects } from "./objects.ts";

/** Every commit that is reachable from `tip`, itself included. */
export function reachable(objects: Objects, tip: string): ReadonlySet<string> {
  const seen = new Set([tip]);
  for (const oid of seen) for (const parent of objects.known(oid).parents) seen.add(parent);
  return seen;
}

export function isAncestor(objects: Objects, ancestor: string, descendant: string): boolean {
  const floor = objects.find(ancestor)?.depth;
  if (floor === undefined) return false;
  const seen = new Set([descendant]);
  for (const oid of seen) {
    if (oid === ancestor) return true;
    const { depth, parents } = objects.known(oid);
    if (depth > floor) for (const parent of parents) seen.add(parent);
  }
  return false;
}

/** The best common ancestor: of all of them the one that is furthest from a root. */
export function mergeBase(objects: Objects, a: string, b: string): string | undefined {
  const ours = reachable(objects, a);
  let best: Commit | undefined;
  for (const oid of reachable(objects, b)) {
    const commit = objects.known(oid);
    if (ours.has(oid) && (!best || commit.depth > best.depth)) best = commit;
  }
  return best?.oid;
}

/** First parents of `tip`, newest first, up to what is reachable from `without`. */
export function* firstParents(objects: Objects, tip: string, without: string | undefined): Generator<Commit> {
  for (let here: string | undefined = tip; here !== undefined;) {
    if (without !== undefined && isAncestor(objects, here, without)) return;
    const commit: Commit = objects.known(here);
    yield commit;
    here = commit.parents[0];
  }
}
