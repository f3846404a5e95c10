// How are objects read here? (stands in for src/repo/batch.ts)
import { lookUp } from "../git/look-up.ts";
import type { GitObject } from "../git/objects.ts";
import { ground } from "./ground.ts";
import type { Git } from "./process.ts";

export async function* objects(_git: Git, names: readonly string[]): AsyncGenerator<GitObject | undefined> {
  for (const name of names) yield await Promise.resolve(lookUp(ground().gits.objects, name));
}
