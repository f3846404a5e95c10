// How does everything that was revoked get onto the list that hosts read?
import { ProviderError } from "../provider.ts";
import { readFiles, whole } from "./files.ts";
import { LIST } from "./folder.ts";
import type { Site } from "./site.ts";

/** How often others may put something on the shelf while we write the list. */
const TRIES = 5;

/** A new list instead of a longer one. Both are key ids; what is kept is on it whether or not the shelf shows it. */
export interface Afresh {
  readonly keep: readonly string[];
  readonly without: ReadonlySet<string>;
}

/**
 * Adds every key id on the shelf of the revoked to the list, whatever else an administrator put there. What came onto
 * the shelf meanwhile, since another applier writes too, is on it in the end. True if a list was there to begin with.
 */
export async function publish(site: Site, afresh?: Afresh): Promise<boolean> {
  const { folder, tool } = site;
  const there = await folder.read(LIST);
  let base = afresh ? undefined : there;
  for (let tried = 1; tried <= TRIES; tried++) {
    const names = await folder.names("revoked");
    const read = await readFiles(
      site,
      names.map((name) => ({ shelf: "revoked", name })),
    );
    // One that cannot be read was put on the old list when it came, and must not hold up the others.
    const files = afresh ? whole(read) : read.files;
    const revoked = files.flatMap(({ certificate }) => certificate?.keyId ?? []);
    const keyIds = new Set([
      ...(afresh?.keep ?? []),
      ...revoked.filter((id) => afresh?.without.has(id) !== true),
    ]);
    await folder.write(await tool.revoke(base, [...keyIds]), LIST);
    if ((await folder.names("revoked")).every((name) => names.includes(name))) return there !== undefined;
    base = await folder.read(LIST);
  }
  throw new ProviderError("conflict", "other appliers keep writing into the CA's folder", {
    vendorCode: "busy",
  });
}
