// What does one append change in the ledger's tree? (a new log file, the checkpoint, the ids: nothing else)
import { randomBytes } from "node:crypto";
import { appendMessage } from "../core/append-message.ts";
import { canonical } from "../core/canonical.ts";
import { nextTip, sealAll, type Batch } from "../core/chain.ts";
import type { Draft, Entry, LiveGrant, OpenReview, Tip } from "../core/entry.ts";
import { foldReviews } from "../core/fold-reviews.ts";
import { foldInto } from "../core/fold.ts";
import { idPath, IDS, LIVE, logPath, REVIEWS, TIP } from "../core/ledger-paths.ts";
import type { Instant } from "../core/model.ts";
import { blobOf } from "../core/verify.ts";
import { indexText, sha256, type Committed } from "./ledger-state.ts";
import { contents, entryAt } from "./objects.ts";
import type { Git } from "./process.ts";
import type { NewCommit } from "./repo.ts";
import { build } from "./write.ts";

export interface Append {
  readonly entries: readonly Entry[];
  readonly after: Committed;
  /** Why no rule allows an entry that gives access: only for decisions, facts are believed. */
  readonly objections: readonly string[];
}

export interface AppendOptions {
  readonly at: Instant;
  readonly main?: string;
  readonly author: NewCommit["author"];
}

/** Builds the commit that appends these batches to `base`. It is in the clone only, on no branch. */
export async function buildAppend(
  git: Git,
  base: Committed,
  batches: readonly Batch[],
  { at, main, author }: AppendOptions,
): Promise<Append> {
  const { entries, lines, hash } = sealAll(batches, base.tip, sha256);
  const used = await usedIds(
    git,
    base.commit,
    entries.flatMap((e) => (isDecision(e) ? [e.request] : [])),
  );
  const folded = foldAll(base.live, entries, used);
  const reviews = foldReviews(base.reviews, entries);
  const log = logFile(at, entries, lines);
  const { tip, files: checkpoint } = checkpointOf(
    { ...nextTip(base.tip, entries, hash, main), ...logOf(log) },
    folded.live,
    reviews,
  );
  const files = { ...log, ...idFiles(entries, used), ...checkpoint };
  const caseOf = (request: string): LiveGrant | undefined =>
    folded.live.get(request) ?? base.live.get(request);
  const nonce = randomBytes(8).toString("hex");
  const message = appendMessage(entries, caseOf, {
    receipt: hash,
    nonce,
    ...(main !== undefined && { main }),
  });
  const commit = await build(git, base.commit, [
    { message, files, author, date: new Date(at).toISOString() },
  ]);
  const after = { commit, tip, live: folded.live, reviews, findings: [] };
  return { entries, after, objections: folded.objections };
}

/** Which of these ids were used up at a commit: one process, which lists only their folders. */
export async function usedIds(
  git: Git,
  commit: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (commit === "" || ids.length === 0) return new Set();
  const paths = new Map(ids.map((id) => [id, idPath(id, sha256)]));
  const wanted = new Set([...paths.values()].map((path) => path.slice(0, path.lastIndexOf("/"))));
  const root = await entryAt(git, commit, IDS);
  const [folders = []] = root ? await contents(git, [root]) : [];
  const files = await contents(
    git,
    folders.filter(({ path }) => wanted.has(path)),
  );
  const there = new Set(files.flat().map(({ path }) => path));
  return new Set(ids.filter((id) => there.has(paths.get(id) ?? "")));
}

type Decision = Extract<Entry, { readonly kind: "admitted" | "refused" | "missed" }>;

function isDecision(entry: Entry): entry is Decision {
  return entry.kind === "admitted" || entry.kind === "refused" || entry.kind === "missed";
}

function foldAll(
  before: ReadonlyMap<string, LiveGrant>,
  entries: readonly Entry[],
  used: ReadonlySet<string>,
) {
  const live = new Map(before);
  const objections: string[] = [];
  for (const entry of entries) {
    const objection = foldInto(live, entry);
    if (objection !== undefined && givesAccess(entry)) objections.push(`${entry.request}: ${objection}`);
    if (entry.kind === "admitted" && used.has(entry.request))
      objections.push(`${entry.request}: its id was used before`);
  }
  return { live, objections };
}

function givesAccess(
  entry: Entry,
): entry is Entry & Extract<Draft, { readonly kind: "admitted" | "intent" }> {
  return entry.kind === "admitted" || (entry.kind === "intent" && entry.op === "grant");
}

/** In the folder of its youngest entry's day: whoever reads from a day on finds all that was written since. */
function logFile(at: Instant, entries: readonly Entry[], lines: readonly string[]): NewCommit["files"] {
  const [first] = entries;
  if (!first) return {};
  const youngest = entries.reduce((day, entry) => (entry.at > day ? entry.at : day), at);
  return { [logPath(youngest, first.seq)]: lines.map((line) => `${line}\n`).join("") };
}

/** The path of a log file that is written. */
function logOf(log: NewCommit["files"]): Pick<Tip, "log"> {
  const [path] = Object.keys(log);
  return path === undefined ? {} : { log: path };
}

/** The tip vouches for the lists that are written with it. */
function checkpointOf(
  next: Tip,
  live: ReadonlyMap<string, LiveGrant>,
  reviews: ReadonlyMap<string, OpenReview>,
): { readonly tip: Tip; readonly files: NewCommit["files"] } {
  const text = indexText(live);
  const owed = reviews.size > 0 || next.reviews !== undefined ? indexText(reviews) : undefined;
  const tip: Tip = {
    ...next,
    live: sha256(text),
    ...(owed !== undefined && { reviews: sha256(owed) }),
  };
  const files = { [LIVE]: text, ...(owed !== undefined && { [REVIEWS]: owed }) };
  return { tip, files: { ...files, [TIP]: `${canonical(tip)}\n` } };
}

/** An id keeps the content that it was first used with. */
function idFiles(entries: readonly Entry[], used: ReadonlySet<string>): NewCommit["files"] {
  const fresh = entries.filter(isDecision).filter((entry) => !used.has(entry.request));
  return Object.fromEntries(
    fresh.reverse().map((entry) => [idPath(entry.request, sha256), `${blobOf(entry)}\n`]),
  );
}
