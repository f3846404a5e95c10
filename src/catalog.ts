// Which rules are written down, at a commit or in the work tree? (reads policies/ and the providers' schemas)
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "./context.ts";
import { readCatalog } from "./core/catalog.ts";
import type { Catalog } from "./core/model.ts";
import type { Provider } from "./providers/provider.ts";

const FOLDER = "policies";

export interface PolicyFile {
  readonly path: string;
  readonly mode: string;
  readonly bytes: Uint8Array;
}

/** A commit, for everything that decides; the work tree, for whoever writes policies. */
export type CatalogSource = { readonly commit: string } | { readonly dir: string };

/** Broken files are findings inside the catalog. Throws a Problem only where git itself cannot be read. */
export async function loadCatalog(
  context: Context,
  from: CatalogSource,
): Promise<{ readonly catalog: Catalog; readonly files: readonly PolicyFile[] }> {
  const { digest, files } =
    "commit" in from ? await atCommit(context, from.commit) : await inWorkTree(context, from.dir);
  const providers = await providersOf(context, files);
  const catalog = readCatalog({
    digest,
    files,
    provider: (kind) => providers.get(kind),
    known: context.providerKinds,
  });
  return { catalog, files };
}

interface Found {
  readonly digest: string;
  readonly files: readonly PolicyFile[];
}

async function atCommit(context: Context, commit: string): Promise<Found> {
  const digest = (await context.repo.oidAt(commit, FOLDER)) ?? "";
  return { digest, files: await readBlobs(context, commit, FOLDER) };
}

async function readBlobs({ repo }: Context, commit: string, under: string): Promise<readonly PolicyFile[]> {
  const entries = await repo.tree(commit, under);
  const contents = await repo.blobs(entries.filter(isBlob).map((entry) => entry.oid));
  return entries.map(({ path, mode, oid }) => ({
    path,
    mode,
    bytes: contents.get(oid) ?? new Uint8Array(),
  }));
}

/** A submodule's id names a commit of another repository. */
function isBlob({ mode }: { readonly mode: string }): boolean {
  return mode !== "160000";
}

async function inWorkTree({ repo }: Context, dir: string): Promise<Found> {
  const paths = await repo.worktreeFiles(FOLDER);
  const files = await Promise.all([...paths].sort().map(async (path) => workTreeFile(dir, path)));
  return { digest: "worktree", files };
}

/** With the mode that git would record; a link is never followed. */
async function workTreeFile(dir: string, path: string): Promise<PolicyFile> {
  const about = await lstat(join(dir, path));
  if (about.isSymbolicLink()) return { path, mode: "120000", bytes: new Uint8Array() };
  const mode = (about.mode & 0o100) === 0 ? "100644" : "100755";
  return { path, mode, bytes: await readFile(join(dir, path)) };
}

/**
 * The providers that the targets name, by kind. Found by a look at the text, before anything is parsed: naming one too
 * many costs a module to load, and one that stays unnamed is a finding of the catalog.
 */
export async function providersOf(
  context: Context,
  files: readonly PolicyFile[],
): Promise<ReadonlyMap<string, Provider>> {
  const text = new TextDecoder();
  const targets = files.filter(({ path }) => path.startsWith(`${FOLDER}/targets/`));
  const named = targets.flatMap(({ bytes }) => [
    ...text.decode(bytes).matchAll(/\bprovider["']?\s*:\s*["']?([a-z0-9-]+)/gu),
  ]);
  const kinds = [...new Set(named.flatMap(([, kind]) => kind ?? []))];
  const loaded = await Promise.all(kinds.map(async (kind) => [kind, await context.provider(kind)] as const));
  return new Map(loaded.flatMap(([kind, provider]) => (provider === undefined ? [] : [[kind, provider]])));
}
