// Is somebody asked about every change to what guards access? (CODEOWNERS of the default branch)
import { LARGEST, ownerLineOf, readCodeowners, type Codeowners } from "./codeowners.ts";
import { error, warning } from "./finding.ts";
import type { Finding, Place } from "./model.ts";
import type { CodeownersError } from "./repository-facts.ts";

/** Where GitHub looks, in its order. */
export const CODEOWNERS_PATHS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Folders whose content decides about access; an access repository that calls Lapse from elsewhere has no `src/`. */
const GUARDED = ["policies/", ".github/", "schemas/", "src/"] as const;
/** Owned by nobody on purpose in some repositories: policy says who may approve. */
const ASKED = "requests/";

export interface OwnersFacts {
  /** Undefined where the default branch has none. */
  readonly file: { readonly path: string; readonly text: string; readonly bytes: number } | undefined;
  /** Every path on the default branch. */
  readonly paths: readonly string[];
}

export function ownersFindings({ file, paths }: OwnersFacts): readonly Finding[] {
  if (file === undefined) {
    const fix = "add .github/CODEOWNERS with owners of /policies/ /schemas/ /src/ /.github/";
    return [warning("LPS938", "nobody is asked to review what guards access: there is no CODEOWNERS", fix)];
  }
  if (file.bytes > LARGEST) {
    const message = `${file.path} is larger than 3 MB, so GitHub does not load it`;
    return [error("LPS940", message, "make it smaller: one line a folder is enough", placeOf(file.path, 1))];
  }
  const owners = readCodeowners(file.text);
  const folders = [...GUARDED, ASKED].filter((folder) => paths.some((path) => path.startsWith(folder)));
  const alone = file.path.startsWith(".github/") ? [] : [file.path];
  return [
    ...owners.skipped.map(({ line, why }) =>
      error("LPS940", `GitHub skips this line: ${why}`, "write it differently", placeOf(file.path, line)),
    ),
    ...folders.flatMap((folder) => unowned(owners, file.path, folder, paths)),
    ...alone.flatMap((path) => unowned(owners, file.path, path, paths)),
  ];
}

/** What is there, and what could be added: a folder is owned when a new file in it would be. */
function unowned(
  owners: Codeowners,
  file: string,
  folder: string,
  paths: readonly string[],
): readonly Finding[] {
  const there = paths.filter((path) => path.startsWith(folder));
  const added = folder.endsWith("/") ? [`${folder}new.yaml`, `${folder}new/new.yaml`] : [];
  const bare = [...there, ...added].find((path) => (ownerLineOf(owners, path)?.owners ?? []).length === 0);
  if (bare === undefined) return [];
  const line = ownerLineOf(owners, bare)?.line;
  const why = line === undefined ? "no line names it" : "this line takes its owner away";
  const message = `nobody owns ${there.includes(bare) ? bare : `a new file in ${folder}`}: ${why}`;
  const make = folder === ASKED ? warning : error;
  return [
    make(
      "LPS939",
      message,
      `name owners for /${folder}, after every line that matches it`,
      placeOf(file, line ?? 1),
    ),
  ];
}

const placeOf = (file: string, line: number): Place => ({ file, line, column: 1 });

/** What only the forge knows: owners that do not exist, or cannot write. */
export const ownerErrors = (errors: readonly CodeownersError[]): readonly Finding[] =>
  errors.map(({ path, line, message }) =>
    error("LPS940", `GitHub skips this line: ${message}`, "name somebody who can write", placeOf(path, line)),
  );
