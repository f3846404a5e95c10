// How is access taken away? (on the list first, for all whose copy lives on; then the files; then it is read back)
import type { Assignment } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { isFor, markIn } from "./assignment.ts";
import { GRACE_MS, isPast } from "./clocks.ts";
import { readFiles, type File } from "./files.ts";
import { LIST } from "./folder.ts";
import { alone } from "./lock.ts";
import { fileOf, serialOf } from "./names.ts";
import { endedIn, look, recordOf, type Seen } from "./observe.ts";
import { publish } from "./publish.ts";
import type { Site } from "./site.ts";
import { waysIn } from "./verify.ts";

/** No access lasts longer than a leap year, see core/time.ts. */
const LONGEST_MS = 366 * 86_400_000;
const UNREAD = "files in the CA's folder could not be read: another way in would not be seen";
const NEW_LIST = `there was no ${LIST}, so a new list was made: what an administrator had put on the old one is gone`;

/**
 * Whoever fetched a certificate has a copy, so removing the file takes nothing away. Where no copy is left to us, or
 * none that can be read, the request is put on the list all the same: it is told by its key id.
 */
export async function revoke(site: Site, assignment: Assignment): Promise<Revocation> {
  const mark = markIn(assignment);
  const { by, had } = await alone(site.folder, async () => {
    const [seen = {}] = await look(site, [assignment], ({ files }) => files);
    if (await isLongOver(site, recordOf(seen, assignment))) return { by: "expiry", had: true };
    const had = await putOnList(site, seen, assignment);
    await removeFiles(site, seen, assignment);
    return { by: "list", had };
  });
  const { standing, complete } = await waysIn(site, assignment);
  const receipt = { certificate: fileOf(mark), serial: serialOf(mark), by };
  const residue = [...(complete ? [] : [UNREAD]), ...(had ? [] : [NEW_LIST])];
  return { state: standing ? "escaped" : "absent", receipt, residue };
}

/** An entry too many costs some bytes; one too few, on a machine whose clock is ahead, leaves a good certificate. */
async function isLongOver(site: Site, record: File | undefined): Promise<boolean> {
  const until = record?.certificate?.until;
  return until !== undefined && isPast(site, until + GRACE_MS);
}

/** False if there was no list. */
async function putOnList(site: Site, seen: Seen, assignment: Assignment): Promise<boolean> {
  const mark = markIn(assignment);
  const record = recordOf(seen, assignment);
  const ended = endedIn(seen, assignment);
  if (!ended) {
    const text = record?.text ?? (await standIn(site, mark));
    await site.folder.write(`${text}\n`, "revoked", fileOf(mark));
  }
  const had = ended?.refused === true || (await publish(site));
  await readBack(site, record, mark);
  return had;
}

/**
 * A certificate that only shows to whom the list applies and until when. It gives nobody anything: it is for the CA's
 * own key, for a principal that is no account, and may do nothing.
 */
async function standIn({ tool, now }: Site, keyId: string): Promise<string> {
  return tool.sign({
    keyId,
    serial: serialOf(keyId),
    key: tool.ca,
    principals: ["lapse-stand-in"],
    critical: { "force-command": "false" },
    extensions: {},
    from: 0,
    until: now() + LONGEST_MS,
  });
}

/** The list as it lies in the folder now must refuse the certificate, by the judgement that hosts make. */
async function readBack(site: Site, record: File | undefined, mark: string): Promise<void> {
  const name = fileOf(mark);
  const { files } = await readFiles(site, [{ shelf: "revoked", name }, ...(record ? [record] : [])]);
  const ended = files.find(({ shelf }) => shelf === "revoked");
  if (ended?.certificate?.keyId === mark && files.every(({ refused }) => refused)) return;
  throw new ProviderError("transient", "the revocation list does not show the certificate yet", {
    vendorCode: "not-read-back",
  });
}

/** Only what is ours: something else may lie under our name. */
async function removeFiles({ folder }: Site, seen: Seen, assignment: Assignment): Promise<void> {
  for (const file of [seen.certificates, seen.issued]) {
    if (!file?.certificate || !isFor(file.certificate, assignment)) continue;
    await folder.remove(file.shelf, file.name);
  }
}
