// How does everything that was revoked get onto the list that hosts read?
import { ProviderError } from "../provider.ts";
import { readFiles } from "./files.ts";
import { LIST } from "./folder.ts";
import type { Site } from "./site.ts";

/** How often others may put something on the shelf while we write the list. */
const TRIES = 5;

/**
 * Adds every key id on the shelf of the revoked to the list, whatever else an administrator put there; `afresh`
 * makes a new list instead. What came onto the shelf meanwhile, since another applier writes too, is on it in the end.
 */
export async function publish(site: Site, afresh?: { readonly without: ReadonlySet<string> }): Promise<void> {
  const { folder, tool } = site;
  let base = afresh ? undefined : await folder.read(LIST);
  for (let tried = 1; tried <= TRIES; tried++) {
    const names = await folder.names("revoked");
    // One that cannot be read was put on the list when it came, and must not hold up the others.
    const { files } = await readFiles(
      site,
      names.map((name) => ({ shelf: "revoked", name })),
    );
    const revoked = files.filter(({ name }) => afresh?.without.has(name) !== true);
    const keyIds = new Set(revoked.flatMap(({ certificate }) => certificate?.keyId ?? []));
    await folder.write(await tool.revoke(base, [...keyIds]), LIST);
    if ((await folder.names("revoked")).every((name) => names.includes(name))) return;
    base = await folder.read(LIST);
  }
  throw new ProviderError("conflict", "other appliers keep writing into the CA's folder", {
    vendorCode: "busy",
  });
}
