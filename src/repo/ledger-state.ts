// What does the ledger say at a commit? (the checkpoint; where it cannot be read, the log itself)
import { createHash } from "node:crypto";
import { canonical, tameObject } from "../core/canonical.ts";
import { EMPTY_TIP, GENESIS, hashOfLine } from "../core/chain.ts";
import type { LiveGrant, OpenReview, Tip } from "../core/entry.ts";
import { error } from "../core/finding.ts";
import { parseEntry, parseLive, parseReview, parseTip } from "../core/ledger-lines.ts";
import { LIVE, REVIEWS, seqOfPath, TIP } from "../core/ledger-paths.ts";
import type { Finding } from "../core/model.ts";
import { refolder } from "../core/refold.ts";
import type { RawLine } from "../core/verify.ts";
import { oid } from "./names.ts";
import { objects } from "./batch.ts";
import { contents, entriesOf, entryAt } from "./objects.ts";
import { run, type Git } from "./process.ts";
import type { TreeEntry } from "./repo.ts";

/** The ledger at one commit; the empty commit is the empty ledger. */
export interface Committed {
  readonly commit: string;
  readonly tip: Tip;
  readonly live: ReadonlyMap<string, LiveGrant>;
  /** Break-glass reviews that are owed, by request. */
  readonly reviews: ReadonlyMap<string, OpenReview>;
  readonly findings: readonly Finding[];
}

const EMPTY: Committed = { commit: "", tip: EMPTY_TIP, live: new Map(), reviews: new Map(), findings: [] };
const BATCH = 2000;

/** Texts of cases that were read or written already: an append writes anew only what it changes. */
const texts = new WeakMap<LiveGrant | OpenReview, string>();

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** One line of `live.jsonl` or `reviews.jsonl`. Tamed, for whoever wrote the line before may have put in what is not canonical. */
function lineOf(open: LiveGrant | OpenReview): string {
  const text = texts.get(open) ?? canonical(tameObject(open));
  texts.set(open, text);
  return text;
}

/** `live.jsonl`, or `reviews.jsonl`. */
export function indexText(open: ReadonlyMap<string, LiveGrant | OpenReview>): string {
  const sorted = [...open].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, one]) => `${lineOf(one)}\n`).join("");
}

/** The checkpoint; rebuilt from the log, with a finding, where it is not what the last append wrote. */
export async function committedAt(git: Git, commit: string): Promise<Committed> {
  if (commit === "") return EMPTY;
  const { tip, live, reviews } = await checkpointAt(git, commit);
  const parsed = parseTip(tip);
  if (!parsed) return rebuilt(git, commit, "tip.json is not readable");
  const cases = live !== undefined && parsed.live === sha256(live) ? indexOf(live, parseLive) : undefined;
  if (!cases) return rebuilt(git, commit, "live.jsonl is not the one that tip.json vouches for", parsed);
  const owed = owedOf(parsed, reviews);
  if (!owed) return rebuilt(git, commit, "reviews.jsonl is not the one that tip.json vouches for", parsed);
  if (!(await isLast(git, commit, parsed)))
    return rebuilt(git, commit, "tip.json does not name the log's last entry", parsed);
  return { commit, tip: parsed, live: cases, reviews: owed, findings: [] };
}

/** Does the log end with the entry that the tip names? Reads one file, and the names in the youngest folders. */
async function isLast(git: Git, commit: string, tip: Tip): Promise<boolean> {
  const { seq, hash, log = "" } = tip;
  if (await isFollowed(git, commit, log)) return false;
  if (log === "") return seq === 0 && hash === GENESIS;
  const line = linesOf(await textAt(git, `${oid(commit)}:${log}`)).at(-1) ?? "";
  return hashOfLine(line, sha256) === hash && parseEntry(line)?.seq === seq;
}

/** The empty text where there is nothing. */
async function textAt(git: Git, name: string): Promise<string> {
  let text = "";
  for await (const object of objects(git, [name])) text = object?.data.toString() ?? "";
  return text;
}

/** Has the log a file that is later than this one, in its folder or a younger one? */
async function isFollowed(git: Git, commit: string, log: string): Promise<boolean> {
  const root = await entryAt(git, commit, "log");
  let level = root ? [root] : [];
  // Years, months, days and the files in them.
  for (let depth = 0; depth < 4; depth += 1) {
    const inside = (
      await contents(
        git,
        level.filter(({ mode }) => mode === "040000"),
      )
    ).flat();
    level = inside.filter(({ path }) => path >= log.slice(0, path.length));
  }
  const last = seqOfPath(log) ?? 0;
  return level.some(({ path }) => (seqOfPath(path) ?? 0) > last);
}

/** The texts of these files, undefined where there is none, from one process. */
export async function textsAt(
  git: Git,
  commit: string,
  paths: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = [];
  const names = paths.map((path) => `${oid(commit)}:${path}`);
  for await (const object of objects(git, names)) found.push(object?.data.toString());
  return found;
}

interface Checkpoint {
  /** Empty where there is none. */
  readonly tip: string;
  readonly live?: string;
  readonly reviews?: string;
}

/** The texts of the checkpoint's files. */
export async function checkpointAt(git: Git, commit: string): Promise<Checkpoint> {
  const [tip = "", live, reviews] = await textsAt(git, commit, [TIP, LIVE, REVIEWS]);
  return {
    tip,
    ...(live !== undefined && { live }),
    ...(reviews !== undefined && { reviews }),
  };
}

/** Lines of the log, in the order of their sequence numbers, from all or some of its folders. */
export async function* logLines(
  git: Git,
  commit: string,
  folders: readonly string[] = ["log"],
): AsyncGenerator<RawLine> {
  if (commit === "") return;
  const { out } = await run(git, ["ls-tree", "-r", "-z", "--full-tree", oid(commit), "--", ...folders]);
  const files = [...entriesOf(out)].sort(bySequence);
  for (let i = 0; i < files.length; i += BATCH) yield* linesOfFiles(git, files.slice(i, i + BATCH));
}

async function* linesOfFiles(git: Git, files: readonly TreeEntry[]): AsyncGenerator<RawLine> {
  const names = files.map((file) => file.oid);
  let at = 0;
  for await (const object of objects(git, names)) {
    const path = files[at]?.path ?? "";
    at += 1;
    for (const line of linesOf(object?.data.toString() ?? "")) yield { path, line };
  }
}

/** Lines of a text, each of which ends with a line feed. */
export function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function bySequence(a: TreeEntry, b: TreeEntry): number {
  const [x, y] = [a, b].map(({ path }) => seqOfPath(path) ?? Number.MAX_SAFE_INTEGER) as [number, number];
  return x - y || (a.path < b.path ? -1 : 1);
}

/** The owed reviews that the tip vouches for; a ledger from before the first break-glass has no such file. */
export function owedOf(tip: Tip, text: string | undefined): ReadonlyMap<string, OpenReview> | undefined {
  const vouched = tip.reviews === (text === undefined ? undefined : sha256(text));
  return vouched ? indexOf(text ?? "", parseReview) : undefined;
}

function indexOf<T extends LiveGrant | OpenReview>(
  text: string,
  parse: (line: string) => T | undefined,
): ReadonlyMap<string, T> | undefined {
  const open = new Map<string, T>();
  for (const line of linesOf(text)) {
    const one = parse(line);
    if (!one || open.has(one.request)) return undefined;
    texts.set(one, line);
    open.set(one.request, one);
  }
  return open;
}

async function rebuilt(git: Git, commit: string, why: string, known?: Tip): Promise<Committed> {
  const folding = refolder(sha256, known);
  let log: string | undefined;
  let seq = 0;
  for await (const raw of logLines(git, commit)) {
    const tip = folding.add(raw);
    if (tip.seq > seq) log = raw.path;
    seq = tip.seq;
  }
  const { tip, live, reviews, findings } = folding.done();
  const message = `the ledger's checkpoint at ${commit.slice(0, 12)} is damaged (${why}); the log was read instead`;
  return {
    commit,
    tip: {
      ...tip,
      ...(known?.main !== undefined && { main: known.main }),
      ...(log !== undefined && { log }),
      live: sha256(indexText(live)),
      reviews: sha256(indexText(reviews)),
    },
    live,
    reviews,
    findings: [error("LPS510", message, FIX), ...findings],
  };
}

const FIX = "run `lapse audit` and look at who pushed to the ledger branch";
