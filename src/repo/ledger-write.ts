// How do entries reach the remote ledger? (build on the tip, push without force; who loses the race starts again)
import { setTimeout as wait } from "node:timers/promises";
import type { Batch } from "../core/chain.ts";
import type { Draft } from "../core/entry.ts";
import { Problem } from "../core/problem.ts";
import { accept, standing, stateOf, type Standing, type Store } from "./ledger-base.ts";
import { buildAppend, type Append } from "./ledger-append.ts";
import { containsLocally } from "./history.ts";
import type { Appended, LedgerState, Stamp } from "./ledger.ts";
import type { NewCommit } from "./repo.ts";

const ATTEMPTS = 10;
const BACKOFF = 50;

/** Drafts of one call, with the commit of main that they finish processing. */
export interface Call extends Batch {
  readonly main?: string;
}

export interface Writer {
  readonly store: Store;
  readonly author: NewCommit["author"];
}

export function callOf(drafts: readonly Draft[], { at, run }: Stamp, main?: string): Call {
  return { drafts, at, run, ...(main !== undefined && { main }) };
}

/** One try, and only on top of `expect`. Throws an Error (a bug) when a draft would give access against the rules. */
export async function decide(writer: Writer, call: Call, expect: LedgerState): Promise<Appended> {
  const here = await standing(writer.store);
  if (here.rewritten) return { is: "kept", reason: here.rewritten.message };
  if (here.base.commit !== expect.commit) return { is: "lost-race" };
  const append = await prepared(writer, here, call);
  if (append.objections.length > 0) throw new Error(`not a decision: ${append.objections.join("; ")}`);
  const said = await published(writer.store, append);
  if (said === "done") return appended(writer.store, here, append);
  return said === "moved" ? { is: "lost-race" } : { is: "kept", reason: said.message };
}

/** Tries until it is in, and keeps what cannot be pushed. */
export async function record(writer: Writer, call: Call): Promise<Appended> {
  const { store } = writer;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const here = await standing(store);
    if (here.rewritten) return keep(store, call, here.rewritten.message);
    const append = await prepared(writer, here, call);
    const said = await published(store, append);
    if (said === "done") return appended(store, here, append);
    if (said !== "moved") return keep(store, call, said.message, append);
    await wait(BACKOFF * (attempt - 1));
    const lost = await refetch(store);
    if (lost !== undefined) return keep(store, call, lost);
  }
  return keep(store, call, "other runs kept writing to the ledger");
}

/** The commit, on top of what waits in this clone; those files remember it, in case we never learn how it ended. */
async function prepared({ store, author }: Writer, { base, due }: Standing, call: Call): Promise<Append> {
  const main = call.main ?? due.findLast((kept) => kept.main !== undefined)?.main;
  const options = { at: call.at, author, ...(main !== undefined && { main }) };
  const append = await buildAppend(store.repo.git, base, [...due, call], options);
  for (const { name, ...kept } of due) await store.outbox.keep({ ...kept, tried: append.after.commit }, name);
  return append;
}

/** Pushes; when the answer is lost on the way, asks the remote whether the commit arrived. */
async function published(
  { repo }: Store,
  { after: { commit } }: Append,
): Promise<"done" | "moved" | Problem> {
  try {
    return (await repo.push(commit, repo.ledgerBranch)) ? "done" : "moved";
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const tip = (await reached(() => repo.fetchBranch(repo.ledgerBranch)))
      ? await repo.remoteTip(repo.ledgerBranch)
      : undefined;
    return tip !== undefined && (await containsLocally(repo.git, commit, tip)) ? "done" : problem;
  }
}

async function appended(store: Store, { due }: Standing, { entries, after }: Append): Promise<Appended> {
  await accept(store, after);
  await store.outbox.drop(due);
  return { is: "appended", entries, state: stateOf({ base: after, due: [], findings: [] }) };
}

async function keep(store: Store, call: Call, reason: string, append?: Append): Promise<Appended> {
  await store.outbox.keep({ ...call, ...(append && { tried: append.after.commit }) });
  return { is: "kept", reason };
}

/** Why the remote's tip could not be read, if so. */
async function refetch({ repo }: Store): Promise<string | undefined> {
  try {
    return (await repo.fetchBranch(repo.ledgerBranch)) ? undefined : "the remote could not be reached";
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
    throw problem;
  }
}

async function reached(ask: () => Promise<boolean>): Promise<boolean> {
  return ask().catch((problem: unknown) => {
    if (problem instanceof Problem) return false;
    throw problem;
  });
}
