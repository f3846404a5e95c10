// What do the ledger and git remember of one request?
import type { Context } from "./context.ts";
import type { Entry } from "./core/entry.ts";
import { requestOf } from "./core/fold.ts";
import { chronicler } from "./core/history.ts";
import { parseEntry } from "./core/ledger-lines.ts";
import type { Story } from "./core/story.ts";
import { Problem } from "./core/problem.ts";
import { readRequest } from "./core/request.ts";
import { nearest } from "./core/suggest.ts";

/** The story, or the ids that may have been meant where the ledger knows no such request. */
export async function storyOf(
  context: Context,
  id: string,
): Promise<Story | { readonly meant: string | undefined }> {
  await context.repo.fetch();
  const { entries, ids } = await readEntries(context, id);
  const cases = chronicler();
  for (const entry of entries) cases.add(entry);
  const outcome = cases.chronicle().cases.get(id);
  if (outcome === undefined) return { meant: nearest(id, ids) };
  const { live } = await context.ledger.read();
  const asked = await askedFor(context, outcome);
  return { now: context.now, outcome, entries, live: live.find((grant) => grant.request === id), asked };
}

interface Found {
  readonly entries: Story["entries"];
  readonly ids: ReadonlySet<string>;
}

async function readEntries(context: Context, id: string): Promise<Found> {
  const entries: Story["entries"][number][] = [];
  const ids = new Set<string>();
  for await (const { line } of context.ledger.lines()) {
    const entry = parseEntry(line);
    const request = entry && requestOf(entry);
    if (request !== undefined) ids.add(request);
    if (request === id) entries.push(entry as Entry & { readonly request: string });
  }
  return { entries, ids };
}

/** Free text stays out of the ledger, so it comes from the very file that was decided. A shallow clone may lack it. */
async function askedFor(
  { repo }: Context,
  { path, blob }: { readonly path: string; readonly blob: string },
): Promise<Story["asked"]> {
  try {
    const bytes = (await repo.blobs([blob])).get(blob);
    const read = bytes && readRequest({ path, bytes });
    return read && "request" in read ? read.request : undefined;
  } catch (problem) {
    if (problem instanceof Problem) return undefined;
    throw problem;
  }
}
