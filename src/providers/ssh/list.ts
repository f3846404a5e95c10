// Which certificates of this installation are good now, as the folder alone tells?
import type { Listed } from "../provider.ts";
import { listed } from "./assignment.ts";
import { filesOn, ownIn } from "./files.ts";
import type { Site } from "./site.ts";

/** `complete` is false when a file could not be read. */
export async function list(site: Site): Promise<{ items: readonly Listed[]; complete: boolean }> {
  const now = site.now();
  const { files, complete } = await filesOn(site, ["issued", "certificates", "revoked"]);
  // One that is marked as revoked and not on the list yet is good, too. The first place that shows it counts.
  const items = new Map<string, Listed>();
  for (const file of files) {
    const certificate = ownIn(file, site.owner);
    if (!certificate || file.refused || certificate.until <= now) continue;
    const item = listed(site, certificate);
    if (!items.has(item.key)) items.set(item.key, item);
  }
  return { items: [...items.values()], complete };
}
