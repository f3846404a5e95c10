// Which requests ever came to main, and does the ledger know each of them? (and the other way round)
import { error, warning } from "./finding.ts";
import { requestPath } from "./path.ts";
import type { Step } from "./facts.ts";
import type { Case } from "./history.ts";
import type { Finding } from "./model.ts";

/** The life of one request file on main. */
interface FileLife {
  readonly request: string;
  readonly path: string;
  /** Every content that it ever had, by blob id. */
  readonly blobs: readonly string[];
  /** Commits of main that added it, oldest first; more than one means that the id was used again. */
  readonly added: readonly string[];
  readonly changed?: string;
  readonly removed?: string | undefined;
  /** It came after the last commit that the applier has processed. */
  readonly fresh: boolean;
}

/** By request id. */
export type MainHistory = ReadonlyMap<string, FileLife>;

/** One pass over main's first-parent steps, oldest first. `processed` is the ledger's last seen commit of main. */
export function mainHistory(steps: readonly Step[], processed: string | undefined): MainHistory {
  const files = new Map<string, FileLife>();
  const lastSeen = steps.findIndex((step) => step.after === processed);
  for (const [i, step] of steps.entries()) {
    // Where the processed commit is no longer in main's history, nothing counts as new: that hides less.
    const fresh = processed === undefined || (lastSeen >= 0 && i > lastSeen);
    for (const change of step.changes) {
      const place = requestPath(change.path);
      // Any other path is inert and never gets a decision.
      if ("code" in place) continue;
      const { id } = place;
      files.set(id, next(files.get(id), id, change, { commit: step.after, fresh }));
    }
  }
  return files;
}

function next(
  known: FileLife | undefined,
  request: string,
  { status, path, newOid }: Step["changes"][number],
  { commit, fresh }: { readonly commit: string; readonly fresh: boolean },
): FileLife {
  const life = known ?? { request, path, blobs: [], added: [], fresh };
  if (status === "D") return { ...life, removed: commit };
  const blobs = [...life.blobs, newOid];
  if (status !== "A") return { ...life, blobs, changed: commit };
  return { ...life, path, blobs, added: [...life.added, commit], removed: undefined };
}

export interface FilesReconciled {
  readonly onMain: number;
  readonly decided: number;
  readonly fresh: number;
  /** Added and removed between two runs: nothing can have been granted. */
  readonly passed: number;
  readonly difference: number;
  readonly findings: readonly Finding[];
}

/** Merged requests = the ledger's cases. Differences are counted one by one, so that two never cancel out. */
export function reconcileFiles(main: MainHistory, cases: ReadonlyMap<string, Case>): FilesReconciled {
  const files = [...main.values()].sort(byRequest);
  const undecided = files.filter((file) => !cases.has(file.request));
  const fresh = undecided.filter((file) => file.fresh);
  const passed = undecided.filter((file) => !file.fresh && file.removed !== undefined);
  const lost = undecided.filter((file) => !file.fresh && file.removed === undefined);
  const strange = [...cases.values()].filter((one) => !main.has(one.request)).sort(byRequest);
  return {
    onMain: files.length,
    decided: files.length - undecided.length,
    fresh: fresh.length,
    passed: passed.length,
    difference: lost.length + strange.length,
    findings: [
      ...lost.map(withoutCase),
      ...strange.map(withoutFile),
      ...passed.map(cameAndWent),
      ...files.flatMap((file) => fileFindings(file, cases.get(file.request))),
    ],
  };
}

function byRequest(a: { readonly request: string }, b: { readonly request: string }): number {
  return a.request < b.request ? -1 : 1;
}

function fileFindings(file: FileLife, one: Case | undefined): readonly Finding[] {
  const at = { file: file.path, line: 1, column: 1 };
  const found: Finding[] = [];
  if (one !== undefined && !file.blobs.includes(one.blob)) {
    const message = `${file.request} was decided as ${one.blob.slice(0, 12)}, which was never on main`;
    found.push(error("LPS554", message, "treat it as an attack: compare the case with main's history", at));
  }
  if (file.changed !== undefined) {
    const message = `${file.request} was changed on main in ${file.changed.slice(0, 12)}`;
    found.push(warning("LPS555", message, "requests are immutable: ask again instead of editing", at));
  }
  if (file.added.length > 1) {
    const message = `the id ${file.request} came to main ${file.added.length} times`;
    found.push(warning("LPS556", message, "an id is used once: choose a new one for every request", at));
  }
  if (one?.closed !== undefined && file.removed === undefined) {
    const message = `${file.request} has ended and its file is still on main`;
    found.push(warning("LPS558", message, "merge its revert pull request, or run `lapse expire`", at));
  }
  return found;
}

function withoutCase(file: FileLife): Finding {
  const message = `${file.request} is on main since ${file.added.at(-1)?.slice(0, 12) ?? "?"}, and the ledger has no decision`;
  return error("LPS552", message, "run `lapse plan`: it says what holds the request back", {
    file: file.path,
    line: 1,
    column: 1,
  });
}

function withoutFile(one: Case): Finding {
  const message = `the ledger decided ${one.request} (${one.path}), which was never on main`;
  return error("LPS553", message, "was main rewritten? compare it with the forge's activity");
}

function cameAndWent(file: FileLife): Finding {
  const message = `${file.path} was added and removed between two runs; nothing was granted`;
  return warning("LPS557", message, "look at who pushed it; allow squash merges only");
}
