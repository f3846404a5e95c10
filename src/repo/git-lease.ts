// How do controllers take turns by means of git alone? (one branch, moved by compare-and-swap; no clock is compared)
import { Problem } from "../core/problem.ts";
import type { GitRepo } from "./git.ts";
import type { Held, Lease } from "./lease.ts";
import { oid } from "./names.ts";
import { run } from "./process.ts";
import { build } from "./write.ts";

const BRANCH = "lapse/lease";
const FILE = "lease.json";
/** Renewals take turns among so many commits: the same ones again and again, so that no repository grows by them. */
const BEATS = 16;

export interface GitLeaseOptions {
  /** A name that no other process has. */
  readonly holder: string;
  /** How long nobody else may take a lease that is not renewed, in milliseconds. */
  readonly life: number;
  /** Milliseconds since any moment, by a clock that is never set. */
  readonly elapsed: () => number;
}

interface Written {
  /** Empty where it was let go. */
  readonly holder: string;
  /** Grows with every change of hands. */
  readonly epoch: number;
  readonly beat: number;
  readonly life: number;
}

interface State {
  /** The branch's tip as last seen, and when it was first and last seen there. */
  tip: string;
  since: number;
  looked: number;
  /** What we wrote, as long as it stands. */
  ours: Written | undefined;
  renewed: number;
}

const NOBODY: Written = { holder: "", epoch: 0, beat: 0, life: 0 };

/**
 * A lease is over when its branch was seen not to move for its life, by this process's own clock: clocks of two machines
 * are never compared. See client-go's leader election, which judges in the same way.
 */
export function gitLease(repo: GitRepo, options: GitLeaseOptions): Lease {
  const state: State = { tip: "", since: 0, looked: -Infinity, ours: undefined, renewed: -Infinity };
  return {
    hold: () => hold(repo, options, state),
    isOurs: () => isOurs(repo, options, state),
    release: async () => {
      if (!state.ours) return;
      const free = { ...state.ours, holder: "" };
      state.ours = undefined;
      await write(repo, state.tip, free).catch(() => undefined);
    },
  };
}

async function hold(repo: GitRepo, options: GitLeaseOptions, state: State): Promise<Held> {
  try {
    if (!(await look(repo, options, state)))
      return { is: "unknown", reason: "the remote could not be reached" };
    const there = await read(repo, state.tip);
    if (there.holder !== "" && there.holder !== options.holder && !isOver(there, options, state))
      return { is: "others", by: there.holder };
    return await take(repo, options, state, there);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return { is: "unknown", reason: problem.message };
  }
}

async function take(
  repo: GitRepo,
  { holder, life, elapsed }: GitLeaseOptions,
  state: State,
  there: Written,
): Promise<Held> {
  const began = elapsed();
  const kept = state.ours !== undefined && there.holder === holder;
  const beat = kept ? (there.beat + 1) % BEATS : 0;
  const next: Written = { holder, life, beat, epoch: kept ? there.epoch : there.epoch + 1 };
  const commit = await write(repo, state.tip, next);
  if (commit === undefined) {
    state.ours = undefined;
    return { is: "others", by: "somebody who was faster" };
  }
  Object.assign(state, { tip: commit, since: began, looked: began, renewed: began, ours: next });
  return { is: "ours" };
}

async function isOurs(repo: GitRepo, options: GitLeaseOptions, state: State): Promise<boolean> {
  const { ours } = state;
  if (!ours || options.elapsed() - state.renewed >= options.life) return false;
  try {
    const tip = state.tip;
    return (await look(repo, options, state)) && state.tip === tip;
  } catch {
    return false;
  }
}

/** Who has not looked for a life may have missed a whole round of beats: it starts to wait anew. */
async function look(repo: GitRepo, { life, elapsed }: GitLeaseOptions, state: State): Promise<boolean> {
  if (!(await repo.fetchBranch(BRANCH))) return false;
  const tip = (await repo.remoteTip(BRANCH)) ?? "";
  const now = elapsed();
  if (tip !== state.tip || now - state.looked >= life) state.since = now;
  if (tip !== state.tip) state.ours = undefined;
  Object.assign(state, { tip, looked: now });
  return true;
}

/** Whoever writes a longer life than so many of ours did not mean well, or wrote no number: it is not waited for. */
const LONGER = 10;

function isOver(there: Written, { life, elapsed }: GitLeaseOptions, { since }: State): boolean {
  const theirs = there.life > life ? Math.min(there.life, LONGER * life) : life;
  return elapsed() - since >= theirs;
}

/** What cannot be read was written by nobody who renews it: its tip has to stand still for a life, like any other. */
async function read({ git }: GitRepo, tip: string): Promise<Written> {
  if (tip === "") return NOBODY;
  const { out, code } = await run(git, ["cat-file", "blob", `${oid(tip)}:${FILE}`], { ok: [0, 128] });
  const unreadable = { ...NOBODY, holder: "somebody unknown" };
  if (code !== 0) return unreadable;
  try {
    return { ...unreadable, ...(JSON.parse(out) as Partial<Written>) };
  } catch {
    return unreadable;
  }
}

/** Nothing when somebody else moved the branch. */
async function write(repo: GitRepo, replaces: string, written: Written): Promise<string | undefined> {
  const { holder, epoch, beat } = written;
  const message = `${holder === "" ? "Free" : `Held by ${holder}`}\n\nEpoch: ${epoch}\nBeat: ${beat}\n`;
  const author = { name: "Lapse", email: "lapse@lapse.invalid" };
  const files = { [FILE]: `${JSON.stringify(written)}\n` };
  // One date for ever: the same words are the same commit.
  const commit = await build(repo.git, "", [{ message, files, author, date: "2026-01-01T00:00:00Z" }]);
  return (await repo.push(commit, BRANCH, { replaces })) ? commit : undefined;
}
