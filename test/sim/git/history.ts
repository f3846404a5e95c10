// How does the simulated git walk its commits?
import type { Commit, Objects } from "./objects.ts";

export function isAncestor(objects: Objects, ancestor: string, descendant: string): boolean {
  const index = objects.find(ancestor)?.index;
  return index !== undefined && has(objects.known(descendant), index);
}

function has({ past }: Commit, index: number): boolean {
  return (((past[index >> 5] ?? 0) >>> (index & 31)) & 1) === 1;
}

/** Which tips have this commit in their past? */
export function containing(objects: Objects, commit: string): (tip: string) => boolean {
  const index = objects.find(commit)?.index;
  return (tip) => index !== undefined && has(objects.known(tip), index);
}

/** The best common ancestor: of all of them the one that is furthest from a root. */
export function mergeBase(objects: Objects, a: string, b: string): string | undefined {
  const ours = objects.known(a);
  let best: Commit | undefined;
  const seen = new Set([b]);
  for (const oid of seen) {
    const commit = objects.known(oid);
    if (!has(ours, commit.index)) for (const parent of commit.parents) seen.add(parent);
    else if (!best || commit.depth > best.depth) best = commit;
  }
  return best?.oid;
}

/** First parents of `tip`, newest first, up to what is reachable from `without`. */
export function* firstParents(objects: Objects, tip: string, without: string | undefined): Generator<Commit> {
  const known = without === undefined ? undefined : objects.known(without);
  for (let here: string | undefined = tip; here !== undefined;) {
    const commit: Commit = objects.known(here);
    if (known && has(known, commit.index)) return;
    yield commit;
    here = commit.parents[0];
  }
}
