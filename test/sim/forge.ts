// What does the simulated forge answer? (the Forge port over the sandbox's own books; each call goes through the hook)
import type { Activity, Permission, Pull, Review, TimelineEvent, User } from "../../src/core/facts.ts";
import type { Instant } from "../../src/core/model.ts";
import { Problem } from "../../src/core/problem.ts";
import { fromEpoch } from "../../src/core/time.ts";
import type { ForgeSettings } from "../../src/forge/settings.ts";
import type { Forge } from "../../src/forge/forge.ts";
import { openPull } from "../../src/sandbox/github/opening.ts";
import type { PullRecord, ReviewRecord, State } from "../../src/sandbox/github/state.ts";
import { knownAccount, knownPull, nextNumber, type World } from "../../src/sandbox/github/world.ts";
import { containing, firstParents } from "./git/history.ts";
import type { Gits } from "./git/clones.ts";
import { at as entryAt } from "./git/trees.ts";
import { BOT } from "./company.ts";
import type { Hook } from "./types.ts";

export interface ForgeOptions {
  readonly world: World;
  readonly gits: Gits;
  readonly hook: Hook;
  /** How many acts of people a lagging answer is behind. */
  readonly lag: () => number;
  readonly opened: (pull: number, head: string) => void;
}

/** All that these programs ask of how the repository is set up: which rulesets there are. */
function settings(rulesets: () => ReturnType<ForgeSettings["rulesets"]>): ForgeSettings {
  return new Proxy({} as ForgeSettings, {
    get: (_, name) => {
      if (name === "rulesets") return rulesets;
      throw new Error(`nobody asks for ${String(name)} here`);
    },
  });
}

/** GitHub's times have whole seconds. */
const second = (at: number): Instant => fromEpoch(Math.floor(at / 1000) * 1000);

export function simForge(options: ForgeOptions): Forge {
  const { world, gits, hook, lag } = options;
  const read = <T>(call: string, answer: (state: State) => T): Promise<T> => {
    const from = (state: () => State) => () => Promise.resolve().then(() => answer(state()));
    return hook(
      "forge",
      call,
      from(() => world.store.now()),
      from(() => world.store.past(lag())),
    );
  };
  return {
    repository: () =>
      read("repository", () => ({
        id: world.repositoryId,
        defaultBranch: world.defaultBranch,
        url: "https://forge.invalid",
      })),
    time: () => hook("forge", "time", () => Promise.resolve(second(world.clock()))),
    whoami: () => read("whoami", (state) => userOf(state, BOT.id)),
    pullsOf: (commit) => read("pulls of a commit", (state) => pullsOf(gits, state, commit)),
    pull: (number) => read("pull", (state) => pullOf(world, state, pullIn(state, number))),
    openPulls: (prefix) => read("open pulls", (state) => openPulls(world, state, prefix)),
    pullBody: (number) => read("pull body", (state) => pullIn(state, number).body ?? ""),
    reviews: (number) =>
      read("reviews", (state) =>
        state.reviews.filter((one) => one.pull === number).map((one) => reviewOf(state, one)),
      ),
    committers: (number) => read("committers", (state) => committersOf(gits, state, pullIn(state, number))),
    timeline: (number) => read("timeline", (state) => timelineOf(state, number)),
    activity: (ref, since) => read("activity", (state) => activityOf(state, ref, since)),
    blobAt: (path, commit) => read("blob", () => blobAt(gits, path, commit)),
    settings: settings(() =>
      read("rulesets", (state) =>
        state.settings.rulesets.map((one) => ({ ...one, updatedAt: fromEpoch(one.updatedAt) })),
      ),
    ),
    issueComments: (issue) =>
      read("issue comments", (state) =>
        state.comments.flatMap(({ pull, id, user, body, createdAt, updatedAt }) =>
          pull === issue
            ? [
                {
                  id,
                  user: userOf(state, user),
                  body,
                  createdAt: second(createdAt),
                  updatedAt: second(updatedAt),
                },
              ]
            : [],
        ),
      ),
    permission: (user) => read("permission", (state) => permissionOf(state, user)),
    ...writing(options),
  };
}

function writing({
  world,
  hook,
  opened,
}: ForgeOptions): Pick<Forge, "createPull" | "updatePull" | "openIssue" | "upsertComment" | "checkRun"> {
  const write = <T>(call: string, act: () => Promise<T>): Promise<T> =>
    hook("forge", call, () =>
      world.exclusive(() => {
        world.store.begin();
        return act();
      }),
    );
  return {
    createPull: ({ title, body, head, base }) =>
      write("create pull", async () => {
        const bot = knownAccount(world.store.now(), BOT.name);
        const made = await openPull(world, bot, { title, body, branch: head, base });
        opened(made.number, made.head.sha);
        return pullOf(world, world.store.now(), made);
      }),
    updatePull: (number, change) =>
      write("update pull", () => {
        world.store.changePull(number, () => ({ ...change, updatedAt: world.clock() }));
        return Promise.resolve();
      }),
    openIssue: ({ marker, title, body, labels }) =>
      write("open issue", () => {
        const { issues } = world.store.now();
        const found = issues.find((one) => one.body?.startsWith(marker) === true && one.author === BOT.id);
        const number = found?.number ?? nextNumber(world.store.now());
        const at = world.clock();
        const times = { createdAt: at, updatedAt: at, closedAt: null };
        const about = { number, id: world.store.id(), title, body: `${marker}\n${body}`, labels };
        const made = { ...about, author: BOT.id, state: "open" as const, deleted: false, ...times };
        if (!found) world.store.write((state) => ({ issues: [...state.issues, made] }));
        return Promise.resolve(number);
      }),
    upsertComment: () => write("comment", () => Promise.resolve()),
    checkRun: () => write("check run", () => Promise.resolve()),
  };
}

function userOf(state: State, id: number): User | null {
  const found = state.accounts.find((one) => one.id === id && !one.deleted);
  return found ? { id, login: found.login, type: found.type } : null;
}

/** A lagging replica may not know it yet: that is an error, as it is with GitHub. */
function pullIn(state: State, number: number): PullRecord {
  if (!state.pulls.some((one) => one.number === number))
    throw new Problem("unavailable", `there is no #${String(number)} yet`, "run it again");
  return knownPull(state, number);
}

function pullOf(world: World, state: State, pull: PullRecord): Pull {
  const { number, title, merged, head, base } = pull;
  return {
    ...{ number, title, state: pull.state },
    url: `https://forge.invalid/pull/${String(number)}`,
    merged: merged !== null,
    mergedAt: merged && second(merged.at),
    mergedBy: merged && userOf(state, merged.by),
    createdAt: second(pull.createdAt),
    author: userOf(state, pull.author),
    base: { ref: base.ref, repository: world.repositoryId },
    head: { ref: head.ref, sha: head.sha, repository: head.fork ?? world.repositoryId, owner: null },
    mergeCommit: merged?.commit ?? pull.test?.commit ?? null,
  };
}

function openPulls(world: World, state: State, prefix: string): readonly Pull[] {
  const open = state.pulls.filter((one) => one.state === "open" && one.head.fork === null);
  return open.filter((one) => one.head.ref.startsWith(prefix)).map((one) => pullOf(world, state, one));
}

/** Whose merge made the commit, or whose branch has it and the base has not. */
function pullsOf({ objects }: Gits, state: State, commit: string): readonly number[] {
  const contains = containing(objects, commit);
  const has = ({ head, base, merged }: PullRecord): boolean =>
    merged?.commit === commit || (contains(head.sha) && !contains(base.sha));
  return state.pulls.filter(has).map(({ number }) => number);
}

function reviewOf(state: State, review: ReviewRecord): Review {
  const { id, user, at, commit, body } = review;
  return { id, user: userOf(state, user), state: review.state, submittedAt: second(at), commit, body };
}

/** By the addresses in the commits, which anybody can write. */
function committersOf({ objects }: Gits, state: State, { head, base }: PullRecord): readonly (User | null)[] {
  const texts = [...firstParents(objects, head.sha, base.sha)].map(
    ({ oid }) => objects.get(oid)?.data.toString() ?? "",
  );
  const emails = texts.flatMap((text) => [...text.matchAll(/^(?:author|committer) .*<(.*)>/gm)]);
  return emails.map(([, email]) => {
    const account = state.accounts.find((one) => one.email === email);
    return account ? userOf(state, account.id) : null;
  });
}

function timelineOf(state: State, number: number): readonly TimelineEvent[] {
  return state.events
    .filter((one) => one.pull === number)
    .map(({ event, at, actor, review, was }) => ({
      event,
      at: second(at),
      actor: userOf(state, actor),
      ...(event === "review_dismissed" &&
        review !== undefined && { dismissed: { review, was: (was ?? "APPROVED").toLowerCase() } }),
    }));
}

function activityOf(state: State, ref: string, since: Instant): readonly Activity[] {
  return state.activity
    .filter((one) => one.ref === ref && second(one.at) >= second(since))
    .map(({ id, kind, before, after, at, actor }) => ({
      ...{ id, kind, ref, before, after, at: second(at), actor: userOf(state, actor) },
    }))
    .reverse();
}

function blobAt({ objects }: Gits, path: string, commit: string): string | undefined {
  const found = entryAt(objects, objects.known(commit).tree, path);
  return found?.mode.startsWith("100") === true ? found.oid : undefined;
}

function permissionOf(state: State, user: User): Permission {
  const found = state.accounts.find((one) => one.login === user.login && !one.deleted);
  return found?.id === user.id ? found.permission : "none";
}
