// What does the ledger say at a commit? (the checkpoint; where it cannot be read, the log itself)
import { createHash } from "node:crypto";
import { canonical } from "../core/canonical.ts";
import { EMPTY_TIP, hashOfLine } from "../core/chain.ts";
import type { Entry, LiveGrant, Tip } from "../core/entry.ts";
import { error, warning } from "../core/finding.ts";
import { foldInto } from "../core/fold.ts";
import { parseEntry, parseLive, parseTip } from "../core/ledger-lines.ts";
import { LIVE, seqOfPath, TIP } from "../core/ledger-paths.ts";
import type { Finding } from "../core/model.ts";
import type { RawLine } from "../core/verify.ts";
import { oid } from "./names.ts";
import { entriesOf, objects } from "./objects.ts";
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

/** One line of `live.jsonl`. */
export function liveLine(grant: LiveGrant): string {
  const text = texts.get(grant) ?? canonical(grant);
  texts.set(grant, text);
  return text;
}

/** The checkpoint; rebuilt from the log, with a finding, where it is not readable. */
export async function committedAt(git: Git, commit: string): Promise<Committed> {
  if (commit === "") return EMPTY;
  const { tip, live } = await checkpointAt(git, commit);
  const parsed = parseTip(tip ?? "");
  const cases = live === undefined ? undefined : casesOf(live);
  if (parsed && cases) return { commit, tip: parsed, live: cases, findings: [] };
  return rebuilt(git, commit, parsed);
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

async function rebuilt(git: Git, commit: string, known: Tip | undefined): Promise<Committed> {
  const live = new Map<string, LiveGrant>();
  const findings: Finding[] = [
    warning(
      "LPS510",
      `the ledger's checkpoint at ${commit.slice(0, 12)} is damaged; the log was read instead`,
      FIX,
    ),
  ];
  let tip: Tip = { ...EMPTY_TIP, ...(known?.main !== undefined && { main: known.main }) };
  for await (const { path, line } of logLines(git, commit)) {
    const entry = parseEntry(line);
    if (!entry) findings.push(error("LPS504", `a line of ${path} is no entry`, FIX));
    else {
      foldInto(live, entry);
      tip = tipAfter(tip, entry, line);
    }
  }
  return { commit, tip, live, findings };
}

function tipAfter(tip: Tip, entry: Entry, line: string): Tip {
  const beat = entry.kind === "heartbeat" ? { heartbeat: entry.at } : {};
  return { ...tip, ...beat, seq: entry.seq, hash: hashOfLine(line, sha256) };
}

const FIX = "run `lapse audit` and look at who pushed to the ledger branch";
