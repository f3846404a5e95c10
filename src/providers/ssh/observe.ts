// What has become of a certificate? (three places: our record of it, the file that people fetch, the revocation list)
import { groupBy } from "../../core/group.ts";
import type { Assignment, JsonObject } from "../../core/model.ts";
import { fromEpoch, printInstant } from "../../core/time.ts";
import type { Observed } from "../provider.ts";
import { isFor, markIn } from "./assignment.ts";
import type { Certificate } from "./certificate.ts";
import { readFiles, whole, type File, type Files } from "./files.ts";
import type { Shelf } from "./folder.ts";
import { fileOf } from "./names.ts";
import type { Site } from "./site.ts";

/** What lies under one mark. */
export interface Seen {
  readonly issued?: File;
  readonly certificates?: File;
  readonly revoked?: File;
}

const PLACES: readonly Shelf[] = ["issued", "certificates", "revoked"];

/** In the order of the assignments. By default a file that cannot be read is not taken for one that is not there. */
export async function look(
  site: Site,
  assignments: readonly Assignment[],
  believed: (files: Files) => readonly File[] = whole,
): Promise<readonly Seen[]> {
  const names = assignments.map((assignment) => fileOf(markIn(assignment)));
  const places = [...new Set(names)].flatMap((name) => PLACES.map((shelf) => ({ shelf, name })));
  const byName = groupBy(believed(await readFiles(site, places)), ({ name }) => name);
  return names.map((name) => Object.fromEntries((byName.get(name) ?? []).map((file) => [file.shelf, file])));
}

export async function observe(site: Site, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const seen = await look(site, assignments);
  return assignments.map((assignment, index) => judge(site, seen[index] ?? {}, assignment));
}

/** Our certificate for this assignment, wherever it still lies. */
export function recordOf({ issued, certificates }: Seen, assignment: Assignment): File | undefined {
  return [issued, certificates].find(
    (file) => file?.certificate !== undefined && isFor(file.certificate, assignment),
  );
}

/** That this request was revoked. */
export function endedIn({ revoked }: Seen, assignment: Assignment): File | undefined {
  return revoked?.certificate?.keyId === markIn(assignment) ? revoked : undefined;
}

export function judge(site: Site, seen: Seen, assignment: Assignment): Observed {
  const record = recordOf(seen, assignment);
  if (!record && (seen.issued ?? seen.certificates)) return { state: "foreign" };
  const ended = endedIn(seen, assignment);
  const certificate = goodCopy([record, ended], site.now());
  if (!certificate) return { state: "absent" };
  const drift = drifts(seen, record, ended);
  return {
    state: "ours",
    receipt: receiptOf(certificate),
    ...(drift.length > 0 && { drift: drift.join("; ") }),
  };
}

/** Whoever holds a copy is let in until its end or until the list names it, whatever became of our files. */
function goodCopy(files: readonly (File | undefined)[], now: number): Certificate | undefined {
  const copies = files.filter((file) => file !== undefined);
  const certificate = copies[0]?.certificate;
  if (!certificate || copies.some(({ refused }) => refused)) return undefined;
  return certificate.until > now ? certificate : undefined;
}

function drifts({ issued, certificates }: Seen, record?: File, ended?: File): readonly string[] {
  if (ended) return ["its revocation is not on the list yet"];
  return [
    ...(record === issued ? [] : ["our record of it was removed or replaced"]),
    ...(certificates ? [] : ["the file that its holder fetches was removed"]),
    ...(certificates && certificates.text !== record?.text
      ? ["the file that its holder fetches was replaced"]
      : []),
  ];
}

export function receiptOf({ keyId, serial, until }: Certificate): JsonObject {
  return { certificate: fileOf(keyId), serial, until: printInstant(fromEpoch(until)) };
}
