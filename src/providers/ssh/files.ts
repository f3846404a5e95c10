// Which certificates lie in the folder, and which of them would a host refuse?
import { ProviderError } from "../provider.ts";
import type { Certificate } from "./certificate.ts";
import { LIST, type Shelf } from "./folder.ts";
import { fileOf, markStart } from "./names.ts";
import type { Site } from "./site.ts";

/** One file. Without a certificate it is nothing that this CA signed. */
export interface File {
  readonly shelf: Shelf;
  readonly name: string;
  readonly text: string;
  readonly certificate?: Certificate;
  /** The revocation list names it. */
  readonly refused: boolean;
}

export interface Files {
  readonly files: readonly File[];
  /** False if one could not be read. */
  readonly complete: boolean;
}

type Place = Pick<File, "shelf" | "name">;

/** Every file on these shelves. */
export async function filesOn(site: Site, shelves: readonly Shelf[]): Promise<Files> {
  const places: Place[] = [];
  for (const shelf of shelves)
    for (const name of await site.folder.names(shelf)) places.push({ shelf, name });
  return readFiles(site, places);
}

/** What is missing in the answer is not in the folder: that it is this CA's folder is proved after the reading. */
export async function readFiles(site: Site, places: readonly Place[]): Promise<Files> {
  const { folder, tool } = site;
  const found: (Place & { readonly text: string })[] = [];
  let complete = true;
  for (const place of places) {
    try {
      const text = await folder.read(place.shelf, place.name);
      if (text) found.push({ ...place, text: text.toString("latin1").trim() });
    } catch {
      complete = false;
    }
  }
  const list = await folder.read(LIST);
  await folder.prove();
  const certificates = await tool.show(found.map(({ text }) => text));
  const shown = found.map((one, index) => ({ one, certificate: certificates[index] }));
  const lines = shown.flatMap(({ certificate }) => certificate?.text ?? []);
  const refused = list && lines.length > 0 ? await tool.refused(list, lines) : [];
  const isRefused = new Map(lines.map((line, index) => [line, refused[index] === true]));
  const files = shown.map(({ one, certificate }) => ({
    ...one,
    ...(certificate && { certificate }),
    refused: certificate !== undefined && isRefused.get(certificate.text) === true,
  }));
  return { files, complete };
}

/** For whoever draws a conclusion from what is missing. */
export function whole({ files, complete }: Files): readonly File[] {
  if (complete) return files;
  throw unread();
}

export function unread(): ProviderError {
  return new ProviderError("transient", "not every file of the CA's folder could be read", {
    vendorCode: "unread",
  });
}

/** The certificate, if this installation made it and it lies under its own name. */
export function ownIn({ name, certificate }: File, owner: string): Certificate | undefined {
  if (certificate?.keyId.startsWith(markStart(owner)) !== true) return undefined;
  return fileOf(certificate.keyId) === name ? certificate : undefined;
}
