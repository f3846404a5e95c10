// What does a push that moved main over a request file amount to? (pure)
import type { Landing, PullFacts } from "./evidence.ts";
import type { Change } from "./facts.ts";
import type { Instant } from "./model.ts";

/** The one pull request whose merge was this push; none or several is no evidence. */
export function mergedPull(
  landing: Pick<Landing, "defaultBranch" | "repository" | "push" | "pulls">,
): PullFacts | undefined {
  const found = landing.pulls.filter(
    ({ pull }) =>
      pull.merged &&
      pull.mergedAt !== null &&
      pull.mergeCommit === landing.push.after &&
      pull.base.ref === landing.defaultBranch &&
      pull.base.repository === landing.repository,
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Server time at which the content landed on main. */
export function landedAt(landing: Landing): Instant {
  return mergedPull(landing)?.pull.mergedAt ?? landing.push.at;
}

/** Server time at which consent was first asked for. */
export function openedAt(landing: Landing): Instant {
  return mergedPull(landing)?.pull.createdAt ?? landing.push.at;
}

/** Is this diff exactly "one file added, of plain mode, with this content"? Says why not. */
export function soleAddition(changes: readonly Change[], path: string, blob?: string): string | undefined {
  const [only, ...others] = changes;
  if (only?.path !== path || others.length > 0) return tooMuch(changes, path);
  if (only.status !== "A") return "the merge does not add the file, it changes one that was there";
  if (only.newMode !== "100644") return `the file's mode is ${only.newMode}, not 100644`;
  const same = blob === undefined || only.newOid === blob;
  return same ? undefined : "the merge added other content than main has now";
}

function tooMuch(changes: readonly Change[], path: string): string {
  const extra = changes.filter((c) => c.path !== path).map((c) => JSON.stringify(c.path));
  const named = extra.length > 0 ? `: also ${extra.slice(0, 3).join(", ")}` : "";
  return `the merge changes ${String(changes.length)} paths, not this one alone${named}`;
}
