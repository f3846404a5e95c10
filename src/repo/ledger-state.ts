// What does the ledger say at a commit? (the checkpoint; where it cannot be read, the log itself)
import { createHash } from "node:crypto";
import { canonical, tameObject } from "../core/canonical.ts";
import { EMPTY_TIP, GENESIS, hashOfLine } from "../core/chain.ts";
import type { LiveGrant, Tip } from "../core/entry.ts";
import { error } from "../core/finding.ts";
import { parseEntry, parseLive, parseTip } from "../core/ledger-lines.ts";
import { LIVE, seqOfPath, TIP } from "../core/ledger-paths.ts";
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
  readonly findings: readonly Finding[];
}

const EMPTY: Committed = { commit: "", tip: EMPTY_TIP, live: new Map(), findings: [] };
const BATCH = 2000;

/** Texts of cases that were read or written already: an append writes anew only what it changes. */
const texts = new WeakMap<LiveGrant, string>();

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** One line of `live.jsonl`. Tamed, for whoever wrote the line before may have put in what is not canonical. */
function liveLine(grant: LiveGrant): string {
  const text = texts.get(grant) ?? canonical(tameObject(grant));
  texts.set(grant, text);
  return text;
}

/** `live.jsonl`. */
export function liveText(live: ReadonlyMap<string, LiveGrant>): string {
  const sorted = [...live].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, grant]) => `${liveLine(grant)}\n`).join("");
}

/** The checkpoint; rebuilt from the log, with a finding, where it is not what the last append wrote. */
export async function committedAt(git: Git, commit: string): Promise<Committed> {
  if (commit === "") return EMPTY;
  const { tip = "", live } = await checkpointAt(git, commit);
  const parsed = parseTip(tip);
  if (!parsed) return rebuilt(git, commit, "tip.json is not readable");
  const cases = live !== undefined && parsed.live === sha256(live) ? casesOf(live) : undefined;
  if (!cases) return rebuilt(git, commit, "live.jsonl is not the one that tip.json vouches for", parsed);
  if (!(await isLast(git, commit, parsed)))
    return rebuilt(git, commit, "tip.json does not name the log's last entry", parsed);
  return { commit, tip: parsed, live: cases, findings: [] };
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

/** The texts of the checkpoint's two files, from one process. */
export async function checkpointAt(git: Git, commit: string): Promise<{ tip?: string; live?: string }> {
  const names = [TIP, LIVE].map((path) => `${oid(commit)}:${path}`);
  const found: (string | undefined)[] = [];
  for await (const object of objects(git, names)) found.push(object?.data.toString());
  const [tip, live] = found;
  return { ...(tip !== undefined && { tip }), ...(live !== undefined && { live }) };
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

function casesOf(text: string): ReadonlyMap<string, LiveGrant> | undefined {
  const live = new Map<string, LiveGrant>();
  for (const line of linesOf(text)) {
    const grant = parseLive(line);
    if (!grant || live.has(grant.request)) return undefined;
    texts.set(grant, line);
    live.set(grant.request, grant);
  }
  return live;
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
  const { tip, live, findings } = folding.done();
  const message = `the ledger's checkpoint at ${commit.slice(0, 12)} is damaged (${why}); the log was read instead`;
  return {
    commit,
    tip: {
      ...tip,
      ...(known?.main !== undefined && { main: known.main }),
      ...(log !== undefined && { log }),
      live: sha256(liveText(live)),
    },
    live,
    findings: [error("LPS510", message, FIX), ...findings],
  };
}

const FIX = "run `lapse audit` and look at who pushed to the ledger branch";
