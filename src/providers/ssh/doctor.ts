// Is the CA's folder set up so that access ends, and can the applier do what it must?
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { filesOn, ownIn, type File } from "./files.ts";
import { LIST, SHELVES, type Folder } from "./folder.ts";
import { fileOf, markStart } from "./names.ts";
import type { Site } from "./site.ts";

const OTHERS_MAY_WRITE = 0o022;

export async function doctor(site: Site): Promise<readonly Finding[]> {
  const { folder } = site;
  const list = await folder.read(LIST);
  const { files } = await filesOn(site, ["issued", "certificates", "revoked"]);
  return [
    ...(await unwritable(folder)),
    ...(await openToOthers(folder)),
    ...(list ? [] : [missingList()]),
    ...unlisted(site, files),
    ...pretenders(site, files),
  ];
}

async function unwritable(folder: Folder): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const place of [[], ...SHELVES.map((shelf) => [shelf])])
    if (!(await folder.writable(...place))) found.push(noRight(`./${place.join("/")}`));
  return found;
}

function noRight(place: string): Finding {
  const message = `the applier cannot make and remove files in ${place} of the CA's folder: it could not revoke`;
  return error("LPS430", message, "make the applier's account the owner of the folder and what is in it");
}

async function openToOthers(folder: Folder): Promise<readonly Finding[]> {
  const places = [[], ...SHELVES.map((shelf) => [shelf]), [LIST], ["ca.pub"]];
  const open: string[] = [];
  for (const place of places) {
    const facts = await folder.facts(...place);
    if (facts && (facts.mode & OTHERS_MAY_WRITE) !== 0) open.push(`./${place.join("/")}`);
  }
  if (open.length === 0) return [];
  const message = `others than the applier may write to ${open.join(", ")} in the CA's folder: who can change the list can undo a revocation`;
  return [error("LPS434", message, "chmod -R go-w the CA's folder")];
}

function missingList(): Finding {
  const message = `the CA's folder has no ${LIST}: hosts that read it there let nobody in, others see no revocation`;
  return error("LPS430", message, `make an empty one: ssh-keygen -k -f ${LIST}`);
}

/** A run died between the record and the list. */
function unlisted({ now }: Site, files: readonly File[]): readonly Finding[] {
  const left = files.filter(
    ({ shelf, certificate, refused }) =>
      shelf === "revoked" && certificate !== undefined && !refused && certificate.until > now(),
  );
  if (left.length === 0) return [];
  const message = `${left.length} revoked certificate(s) are not on the list that hosts read: ${left.map(({ name }) => name).join(", ")}`;
  return [error("LPS434", message, "run `lapse expire`, which puts them there")];
}

function pretenders({ owner }: Site, files: readonly File[]): readonly Finding[] {
  const start = markStart(owner);
  const prefix = fileOf(start).replace(/-cert\.pub$/, "");
  const odd = files.filter(
    (file) =>
      !ownIn(file, owner) &&
      (file.name.startsWith(prefix) || file.certificate?.keyId.startsWith(start) === true),
  );
  return odd.map(({ shelf, name }) =>
    warning(
      "LPS435",
      `${shelf}/${name} looks like a certificate of Lapse's and is none`,
      "find out who put it there, and remove it",
    ),
  );
}
