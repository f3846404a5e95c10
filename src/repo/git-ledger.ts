// How is the ledger kept on a branch? (the Ledger port on a git repository)
import { join } from "node:path";
import { tameText } from "../core/canonical.ts";
import type { Entry, OpenReview } from "../core/entry.ts";
import { parseEntry } from "../core/ledger-lines.ts";
import { logFolders, REVIEWS, TIP } from "../core/ledger-paths.ts";
import type { Finding, Instant } from "../core/model.ts";
import { Problem } from "../core/problem.ts";
import { verifier } from "../core/verify.ts";
import type { GitRepo } from "./git.ts";
import { usedIds } from "./ledger-append.ts";
import { accepted, dueEntries, standing, stateOf, type Store } from "./ledger-base.ts";
import { acceptRemote, restore } from "./ledger-repair.ts";
import { checkpointAt, linesOf, logLines, owedOf, sha256, textsAt } from "./ledger-state.ts";
import { callOf, decide, record, type Writer } from "./ledger-write.ts";
import type { Ledger, Verified } from "./ledger.ts";
import { parseTip } from "../core/ledger-lines.ts";
import { objects } from "./batch.ts";
import { entriesOf } from "./objects.ts";
import { outbox } from "./outbox.ts";
import { run, type Git } from "./process.ts";
import type { NewCommit } from "./repo.ts";

export interface GitLedgerOptions {
  /** Author of the ledger's commits. */
  readonly author?: NewCommit["author"];
}

/** The Ledger, and in short what is wrong with it. */
export interface GitLedger extends Ledger {
  verify(): Promise<readonly Finding[]>;
}

const AUTHOR = { name: "Lapse", email: "lapse@lapse.invalid" };

/** Opens the ledger of a repository, on the branch that the repository was opened with. */
export function gitLedger(repo: GitRepo, { author = AUTHOR }: GitLedgerOptions = {}): GitLedger {
  const store: Store = {
    repo,
    outbox: outbox(repo.git, join("lapse", "outbox")),
    cache: { last: undefined },
  };
  const writer: Writer = { store, author };
  return {
    read: async () => stateOf(await standing(store)),
    owed: () => owed(store),
    used: (ids) => used(store, ids),
    since: (at) => since(store, at),
    lines: async function* () {
      const { base } = await standing(store);
      yield* logLines(repo.git, base.commit);
    },
    decide: (drafts, stamp, expect, main) => decide(writer, callOf(drafts, stamp, main), expect),
    record: (drafts, stamp, main) => record(writer, callOf(drafts, stamp, main)),
    check: (hash) => check(store, hash),
    verify: async () => (await check(store)).findings,
    restore: () => restore(store),
    accept: (commit) => acceptRemote(store, commit),
  };
}

/** Where the tip does not vouch for them, everything is read. */
async function owed(store: Store): Promise<readonly OpenReview[]> {
  const [{ commit }, { kept }] = await Promise.all([accepted(store), store.outbox.read()]);
  if (commit === "" && kept.length === 0) return [];
  const [tip, reviews] = commit === "" ? [] : await textsAt(store.repo.git, commit, [TIP, REVIEWS]);
  const parsed = tip === undefined ? undefined : parseTip(tip);
  const vouched = parsed && kept.length === 0 ? owedOf(parsed, reviews) : undefined;
  return vouched ? [...vouched.values()] : stateOf(await standing(store)).reviews;
}

/** Asks for these ids alone: the checkpoint grows with what is live, and is not read. */
async function used(store: Store, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const [{ commit }, { kept }] = await Promise.all([accepted(store), store.outbox.read()]);
  const there = await usedIds(store.repo.git, commit, ids);
  const drafts = kept.flatMap((one) => one.drafts);
  const waiting = new Set(drafts.flatMap((draft) => ("request" in draft ? [tameText(draft.request)] : [])));
  return new Set(ids.filter((id) => there.has(id) || waiting.has(tameText(id))));
}

async function since(store: Store, at: Instant): Promise<readonly Entry[]> {
  const { base, due } = await standing(store);
  const entries: Entry[] = [];
  for await (const { path, line } of logLines(
    store.repo.git,
    base.commit,
    await foldersSince(store.repo.git, base.commit, at),
  )) {
    const entry = parseEntry(line);
    if (!entry)
      throw new Problem(
        "misconfigured",
        `the ledger cannot be read: ${path} holds no entry`,
        "run `lapse audit`",
      );
    entries.push(entry);
  }
  return [...entries, ...dueEntries(base, due)].filter((entry) => entry.at >= at);
}

async function foldersSince(git: Git, commit: string, at: Instant): Promise<readonly string[]> {
  if (commit === "") return [];
  const { out } = await run(git, ["ls-tree", "-z", "--full-tree", commit, "--", "log/"]);
  return logFolders(
    at,
    entriesOf(out).map(({ path }) => path.slice("log/".length)),
  );
}

async function check(store: Store, hash?: string): Promise<Verified> {
  const { base, findings } = await standing(store);
  const { git } = store.repo;
  const verifying = verifier(sha256);
  let knows = hash === undefined;
  for await (const raw of logLines(git, base.commit)) {
    verifying.add(raw);
    knows ||= verifying.tip().hash === hash;
  }
  const { commit, tip } = base;
  if (commit === "") return { commit, tip, findings, knows };
  const at = await checkpointAt(git, commit);
  const indexes = {
    tip: parseTip(at.tip),
    live: linesOf(at.live ?? ""),
    reviews: linesOf(at.reviews ?? ""),
    ids: await idsAt(git, commit),
  };
  const found = [...verifying.chain(), ...verifying.indexes(indexes)];
  // What a reading of everything says is more exact than why the checkpoint was not believed.
  const others = findings.filter((finding) => !base.findings.includes(finding));
  return { commit, tip, knows, findings: [...others, ...(found.length > 0 ? found : base.findings)] };
}

async function idsAt(git: Git, commit: string): Promise<ReadonlyMap<string, string>> {
  const { out } = await run(git, ["ls-tree", "-r", "-z", "--full-tree", commit, "--", "ids"]);
  const files = entriesOf(out);
  const contents = new Map<string, string>();
  for await (const object of objects(git, [...new Set(files.map((file) => file.oid))])) {
    if (object) contents.set(object.oid, object.data.toString());
  }
  return new Map(files.map((file) => [file.path, contents.get(file.oid) ?? ""]));
}
