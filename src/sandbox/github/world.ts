// What does every route and verb of the sandbox work with?
import type { Git } from "./git.ts";
import type { Account, PullRecord, State } from "./state.ts";
import type { Store } from "./store.ts";

export interface World {
  readonly store: Store;
  readonly git: Git;
  /** Server time in epoch milliseconds. */
  readonly clock: () => number;
  readonly owner: string;
  readonly name: string;
  readonly repositoryId: number;
  readonly defaultBranch: string;
  /** `http://127.0.0.1:port`, known once the server listens. */
  readonly origin: () => string;
  /** One writer at a time, so that a ref and what is recorded about it move together. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A queue of one: each piece of work starts when the one before has ended. */
export function exclusively(): World["exclusive"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** GitHub's times have whole seconds. */
export const iso = (at: number): string =>
  new Date(Math.floor(at / 1000) * 1000).toISOString().replace(".000Z", "Z");

export const branchRef = (branch: string): string =>
  branch.startsWith("refs/") ? branch : `refs/heads/${branch}`;

/** Issues and pull requests are numbered together. */
export const nextNumber = ({ issues, pulls }: State): number => issues.length + pulls.length + 1;

/** The account of a login; deleted accounts have none. */
export function accountOf(state: State, login: string): Account | undefined {
  const wanted = login.toLowerCase();
  return state.accounts.find((account) => !account.deleted && account.login.toLowerCase() === wanted);
}

/** The account of a login that a test or a demo names. */
export function knownAccount(state: State, login: string): Account {
  const account = accountOf(state, login);
  if (!account) throw new Error(`the sandbox has no user "${login}"`);
  return account;
}

/** A pull request that a test or a demo names. */
export function knownPull(state: State, number: number): PullRecord {
  const pull = state.pulls.find((each) => each.number === number);
  if (!pull) throw new Error(`the sandbox has no pull request #${number}`);
  return pull;
}
