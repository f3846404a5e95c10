// What can people do on the sandbox GitHub without HTTP? (for tests and the demo; recorded as if they had used it)
import { commitFiles } from "./commits.ts";
import type { Files, Who } from "./commits.ts";
import { isAncestor } from "./git.ts";
import { openPull } from "./opening.ts";
import type { OpenPull } from "./opening.ts";
import { mergeGroup, mergePull } from "./merging.ts";
import type { MergeOptions } from "./merging.ts";
import { addEvent, forkRef, moveRef, ZERO } from "./refs.ts";
import { dismissReview, submitReview } from "./reviewing.ts";
import type { ReviewOptions } from "./reviewing.ts";
import type { Settings } from "./settings.ts";
import type { Access, Account, CheckRecord, CommentRecord, ReviewState } from "./state.ts";
import { branchRef, knownAccount, knownPull } from "./world.ts";
import type { World } from "./world.ts";

export type NewAccount = Pick<Account, "id" | "login" | "token"> & Partial<Account>;

interface PushOptions {
  readonly message?: string;
  /** Replaces the branch's last commit unless `parent` or `to` says otherwise. */
  readonly force?: boolean;
  /** Commit to build on; `null` starts a new history. */
  readonly parent?: string | null;
  /** Pushes this existing commit; `files` must then be empty. */
  readonly to?: string;
  /** Who git says wrote it: anybody can claim to be anybody. */
  readonly author?: Who;
  /** Into the user's fork, which our activity feed does not show. */
  readonly fork?: boolean;
  /** Epoch milliseconds; the clock's time when absent. */
  readonly at?: number;
}

/** Server-side verbs. Users are named by login, times are epoch milliseconds, commits and branches are git's. */
export interface Verbs {
  /**
   * Adds a commit (or several, in one push) to a branch, which is made from the default branch where it does not
   * exist, and returns the last one's id.
   */
  push(user: string, branch: string, files: Files | readonly Files[], options?: PushOptions): Promise<string>;
  deleteBranch(user: string, branch: string): Promise<void>;
  openPull(user: string, pull: OpenPull): Promise<number>;
  /** Returns the review's id. */
  review(
    user: string,
    pull: number,
    state: Exclude<ReviewState, "DISMISSED">,
    options?: ReviewOptions,
  ): Promise<number>;
  dismiss(user: string, pull: number, review: number): Promise<void>;
  /** Returns the new tip of the base branch; throws on a conflict. */
  merge(user: string, pull: number, options?: MergeOptions): Promise<string>;
  /** A merge queue's group: all of them in one push. Throws on a conflict. */
  mergeQueue(
    user: string,
    pulls: readonly number[],
    options?: Pick<MergeOptions, "method" | "at">,
  ): Promise<string>;
  /** From now on the merged pull request does not say by which commit. */
  withholdMerge(pull: number): void;
  retarget(user: string, pull: number, base: string): Promise<void>;
  deleteUser(login: string): void;
  renameUser(login: string, to: string): void;
  addUser(user: NewAccount): void;
  setPermission(login: string, permission: Access): void;
  /** Changes how the repository is set up. */
  configure(change: Partial<Settings>): void;
  /** Commit that a branch points at. */
  tip(branch: string): string | undefined;
  comments(pull: number): readonly CommentRecord[];
  checks(commit: string): readonly CheckRecord[];
}

async function parentOf(
  world: World,
  tip: string | undefined,
  options: PushOptions,
): Promise<string | undefined> {
  if (options.parent !== undefined) return options.parent ?? undefined;
  if (tip === undefined) return world.store.now().refs.get(branchRef(world.defaultBranch));
  if (options.force !== true) return tip;
  const { code, out } = await world.git.attempt(["rev-parse", "--verify", "--quiet", `${tip}^`]);
  return code === 0 ? out.toString("utf8").trim() : undefined;
}

async function commitFor(world: World, author: Account, parent: string | undefined, push: Push) {
  const { files, options } = push;
  const names = files.flatMap((each) => Object.keys(each));
  return await commitFiles(world.git, {
    files,
    message: options.message ?? `Change ${[...new Set(names)].join(", ")}\n`,
    author: options.author ?? { name: author.login, email: author.email },
    at: options.at ?? world.clock(),
    parent,
  });
}

interface Push {
  readonly branch: string;
  readonly files: readonly Files[];
  readonly options: PushOptions;
}

const refFor = ({ id }: Account, { branch, options }: Push): string =>
  options.fork === true ? forkRef(id, branch) : branchRef(branch);

async function push(world: World, login: string, wanted: Push): Promise<string> {
  const { branch, options } = wanted;
  const account = knownAccount(world.store.now(), login);
  const ref = refFor(account, wanted);
  const tip = world.store.now().refs.get(ref);
  const parent = await parentOf(world, tip, options);
  const after = options.to ?? (await commitFor(world, account, parent, wanted));
  const onTip = options.to === undefined && parent === tip;
  const forward = tip === undefined || onTip || (await isAncestor(world.git, tip, after));
  if (!forward && options.force !== true) throw new Error(`rejected (non-fast-forward): ${branch}`);
  await moveRef(world, { actor: account.id, ref, after, at: options.at ?? world.clock(), forward });
  return after;
}

function changeAccount(world: World, login: string, change: Partial<Account>): void {
  const { id } = knownAccount(world.store.now(), login);
  world.store.write(({ accounts }) => ({
    accounts: accounts.map((account) => (account.id === id ? { ...account, ...change } : account)),
  }));
}

function retarget(world: World, login: string, number: number, base: string): void {
  const at = world.clock();
  const state = world.store.now();
  knownPull(state, number);
  const sha = state.refs.get(branchRef(base));
  if (sha === undefined) throw new Error(`the sandbox has no branch "${base}"`);
  world.store.changePull(number, () => ({ base: { ref: base, sha }, updatedAt: at }));
  const actor = knownAccount(state, login).id;
  addEvent(world, { pull: number, event: "base_ref_changed", actor, at, commit: null });
}

/** An account with what a test does not say filled in. */
export const account = (user: NewAccount): Account => ({
  type: "User",
  permission: "write",
  email: `${user.id}+${user.login}@users.noreply.github.com`,
  deleted: false,
  ...user,
});

/** Changes of accounts and looks at what is there: none of them moves a ref. */
function bookkeeping(world: World) {
  const { store } = world;
  const change = (login: string, to: Partial<Account>) => {
    store.begin();
    changeAccount(world, login, to);
  };
  return {
    deleteUser: (login: string) => {
      change(login, { deleted: true });
    },
    renameUser: (login: string, to: string) => {
      change(login, { login: to });
    },
    addUser: (user: NewAccount) => {
      store.begin();
      store.write(({ accounts }) => ({ accounts: [...accounts, account(user)] }));
    },
    setPermission: (login: string, permission: Access) => {
      change(login, { permission });
    },
    configure: (settings: Partial<Settings>) => {
      store.begin();
      store.write((state) => ({ settings: { ...state.settings, ...settings } }));
    },
    withholdMerge: (pull: number) => {
      store.changePull(pull, ({ merged }) => ({ merged: merged && { ...merged, untold: true } }));
    },
    tip: (branch: string) => store.now().refs.get(branchRef(branch)),
    comments: (pull: number) => store.now().comments.filter((comment) => comment.pull === pull),
    checks: (commit: string) => store.now().checks.filter(({ sha }) => sha === commit),
  };
}

function unmergeable(what: string): never {
  throw new Error(`${what} cannot be merged`);
}

export function verbs(world: World): Verbs {
  const { store } = world;
  const who = (login: string) => knownAccount(store.now(), login);
  const act = <T>(work: () => T | Promise<T>) =>
    world.exclusive(async () => {
      store.begin();
      return await work();
    });
  return {
    ...bookkeeping(world),
    push: (user, branch, files, options = {}) =>
      act(() => push(world, user, { branch, files: [files].flat(), options })),
    deleteBranch: (user, branch) =>
      act(() =>
        moveRef(world, { actor: who(user).id, ref: branchRef(branch), after: ZERO, at: world.clock() }),
      ),
    openPull: (user, pull) => act(async () => (await openPull(world, who(user), pull)).number),
    review: (user, pull, state, options = {}) =>
      act(() => submitReview(world, who(user), pull, state, options).id),
    dismiss: (user, pull, review) =>
      act(() => {
        dismissReview(world, who(user), pull, review);
      }),
    merge: (user, pull, options = {}) =>
      act(async () => (await mergePull(world, who(user), pull, options)) ?? unmergeable(`#${pull}`)),
    mergeQueue: (user, pulls, options = {}) =>
      act(async () => (await mergeGroup(world, who(user), pulls, options)) ?? unmergeable("the group")),
    retarget: (user, pull, base) =>
      act(() => {
        retarget(world, user, pull, base);
      }),
  };
}
