// What did this push do to requests/, and which of it is not allowed? (pure)
import { error } from "./finding.ts";
import type { Change, Step } from "./facts.ts";
import type { Finding } from "./model.ts";

/** The one file below requests/ that is not a request. */
const REQUESTS_README = "requests/README.md";

/** Is this path in the folder whose every file is a claim to access? */
export function isRequestPath(path: string): boolean {
  return path.startsWith("requests/") && path !== REQUESTS_README;
}

/** A request's id is its base name; the folder is the entitlement. Says nothing about whether the path is allowed. */
export function idOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.yaml$/, "");
}

function violation(
  change: Change,
  step: Step,
  usedBefore: ReadonlySet<string>,
  live: ReadonlyMap<string, string>,
): Finding | undefined {
  const where = `${change.path} at ${step.after.slice(0, 12)}`;
  if (change.status === "M" || change.status === "T") {
    const fix = "a request is immutable: restore the file, and ask for more with a new request";
    return error("LPS308", `${where}: a request file was changed after it was merged; it has no power`, fix);
  }
  if (change.status === "A" && usedBefore.has(idOf(change.path)) && live.get(change.path) !== change.newOid) {
    const fix = "delete the file and ask again with a new id: an id is used once, for ever";
    return error(
      "LPS309",
      `${where}: the id ${idOf(change.path)} was used before; the file has no power`,
      fix,
    );
  }
  return undefined;
}

/**
 * Findings about steps of main that were not processed before, oldest first. `used`: ids in the ledger by now; `live`:
 * the blob by path of what is in force, which a rebase may take away and bring back unchanged.
 */
export function violations(
  steps: readonly Step[],
  used: ReadonlySet<string>,
  live: ReadonlyMap<string, string>,
): readonly Finding[] {
  return steps.flatMap((step) =>
    step.changes.filter((c) => isRequestPath(c.path)).flatMap((c) => violation(c, step, used, live) ?? []),
  );
}
