// What can be thrown away? (certificates that ended a while ago, and what the list said about them)
import { aheadMs, GRACE_MS } from "./clocks.ts";
import { filesOn, ownIn, type File } from "./files.ts";
import { LIST } from "./folder.ts";
import { alone } from "./lock.ts";
import { publish } from "./publish.ts";
import type { Site } from "./site.ts";

/** Clocks that differ by more are not to be believed: a list made shorter too early lets in who was revoked. */
const MOST_SKEW_MS = 5 * 60_000;

export async function cleanup(site: Site): Promise<readonly string[]> {
  const { owner, folder } = site;
  const due = async () => {
    const { files } = await filesOn(site, ["issued", "certificates", "revoked"]);
    return files.filter((file) => (ownIn(file, owner)?.until ?? Infinity) + GRACE_MS <= site.now());
  };
  if ((await due()).length === 0) return [];
  // Not a number counts as too much.
  if (!(Math.abs(await aheadMs(site)) <= MOST_SKEW_MS))
    return [
      "removed nothing from the CA's folder: this machine's clock and that of the folder's server differ by minutes",
    ];
  return alone(folder, async () => {
    const files = await due();
    await shorten(
      site,
      files.filter(({ shelf }) => shelf === "revoked"),
    );
    for (const { shelf, name } of files) await folder.remove(shelf, name);
    return files.map(({ shelf, name }) => `removed ${shelf}/${name}, which had expired`);
  });
}

/**
 * A list can only be made shorter by making it again, so it is left alone if anything is on it that we could not put
 * back: an administrator's entry, or one whose record is gone. A few bytes too many let nobody in.
 */
async function shorten(site: Site, expired: readonly File[]): Promise<void> {
  const { folder, tool } = site;
  const list = await folder.read(LIST);
  if (!list || expired.length === 0) return;
  const { keyIds, others } = await tool.listing(list);
  const { files, complete } = await filesOn(site, ["revoked"]);
  const known = new Set(files.map(({ certificate }) => certificate?.keyId));
  if (!complete || others > 0 || !keyIds.every((id) => known.has(id))) return;
  const without = new Set(expired.flatMap(({ certificate }) => certificate?.keyId ?? []));
  await publish(site, { keep: keyIds.filter((id) => !without.has(id)), without });
}
