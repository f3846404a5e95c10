// How is each question of the port asked of GitHub?
import type { Activity, Permission, User } from "../core/facts.ts";
import type { Instant } from "../core/model.ts";
import { Problem } from "../core/problem.ts";
import { fromEpoch } from "../core/time.ts";
import {
  activityFrom,
  blobFrom,
  bodyFrom,
  committersFrom,
  issueCommentFrom,
  numberFrom,
  openPullFrom,
  permissionFrom,
  pullFrom,
  repositoryFrom,
  reviewFrom,
  timelineFrom,
  userFrom,
} from "./answers.ts";
import type { Client } from "./client.ts";
import type { Forge } from "./forge.ts";
import { isThrottled, statusOf } from "./problems.ts";

export interface Scope {
  readonly owner: string;
  readonly repo: string;
}

export type Reads = Pick<
  Forge,
  | "repository"
  | "time"
  | "whoami"
  | "pullsOf"
  | "pull"
  | "openPulls"
  | "pullBody"
  | "reviews"
  | "committers"
  | "timeline"
  | "activity"
  | "blobAt"
  | "permission"
  | "issueComments"
>;

export const REPO = "GET /repos/{owner}/{repo}";
/** GitHub lists no more commits of a pull request than this, and does not say that it has cut the list. */
const MAX_COMMITS = 250;

/** What `read` gives; undefined where GitHub answers with this status. */
export async function unless<T>(status: number, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === status && !isThrottled(error)) return undefined;
    throw error;
  }
}

/** An App's token may not ask who it is. */
async function whoami(api: Client): Promise<User | null> {
  return (await unless(403, async () => userFrom(await api.call("GET /user")))) ?? null;
}

async function committers(api: Client, scope: Scope, number: number) {
  const commits = await api.all(`${REPO}/pulls/{number}/commits`, { ...scope, number });
  if (commits.length >= MAX_COMMITS)
    throw new Problem(
      "misconfigured",
      `#${number} has ${MAX_COMMITS} commits or more: GitHub does not list them all`,
      "open a pull request with fewer commits; a request needs one",
    );
  return commits.flatMap(committersFrom);
}

/** GitHub's times have whole seconds, so the second of `since` counts as later than it. */
async function activity(
  api: Client,
  scope: Scope,
  ref: string,
  since: Instant,
): Promise<readonly Activity[]> {
  const from = Math.floor(since / 1000) * 1000;
  const full = ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
  const found: Activity[] = [];
  for await (const page of api.pages(`${REPO}/activity`, { ...scope, ref: full })) {
    const entries = page.map(activityFrom);
    found.push(...entries.filter(({ at }) => at >= from));
    if (entries.some(({ at }) => at < from)) break;
  }
  return found;
}

/** Not found may mean no such path, no such commit, or not allowed: only the first is an answer. */
async function blobAt(api: Client, scope: Scope, path: string, commit: string): Promise<string | undefined> {
  const at = { ...scope, path, ref: commit };
  const found = await unless(404, async () => ({ json: await api.call(`${REPO}/contents/{path}`, at) }));
  if (found) return blobFrom(found.json, path);
  await api.call(`${REPO}/git/commits/{commit}`, { ...scope, commit });
  return undefined;
}

/** A login that has changed hands, or that nobody has any more, has no permission. */
async function permission(api: Client, scope: Scope, user: User): Promise<Permission> {
  const { login } = user;
  const found = await unless(404, async () =>
    permissionFrom(await api.call(`${REPO}/collaborators/{login}/permission`, { ...scope, login }), user),
  );
  if (found) return found;
  const holder = await unless(404, async () => userFrom(await api.call("GET /users/{login}", { login })));
  if (holder?.id !== user.id) return "none";
  throw new Problem(
    "misconfigured",
    `GitHub does not tell the permission of ${login}`,
    "give the token read access to the repository's collaborators (Metadata: read), and check GITHUB_REPOSITORY",
  );
}

/** GitHub answers 410 for an issue that was deleted: https://docs.github.com/en/rest/issues/issues#get-an-issue */
function issueComments(api: Client, scope: Scope, issue: number) {
  return unless(410, async () =>
    (await api.all(`${REPO}/issues/{issue}/comments`, { ...scope, issue })).map(issueCommentFrom),
  );
}

export function reading(api: Client, scope: Scope): Reads {
  const list = async <T>(path: string, number: number, from: (json: unknown) => T) =>
    (await api.all(`${REPO}${path}`, { ...scope, number })).map((item) => from(item));
  const pull = (number: number) => api.call(`${REPO}/pulls/{number}`, { ...scope, number });
  return {
    repository: async () => repositoryFrom(await api.call(REPO, { ...scope })),
    time: async () => {
      const told = Date.parse((await api.date(REPO, { ...scope })) ?? "");
      return Number.isNaN(told) ? null : fromEpoch(told);
    },
    whoami: () => whoami(api),
    pullsOf: async (commit) =>
      (await api.all(`${REPO}/commits/{commit}/pulls`, { ...scope, commit })).map(numberFrom),
    pull: async (number) => pullFrom(await pull(number)),
    openPulls: async (headPrefix) => {
      const open = (await api.all(`${REPO}/pulls`, { ...scope, state: "open" })).map(openPullFrom);
      // A fork can have a branch of any name.
      return open.filter(
        ({ head, base }) => head.ref.startsWith(headPrefix) && head.repository === base.repository,
      );
    },
    pullBody: async (number) => bodyFrom(await pull(number)),
    reviews: (number) => list("/pulls/{number}/reviews", number, reviewFrom),
    committers: (number) => committers(api, scope, number),
    timeline: (number) => list("/issues/{number}/timeline", number, timelineFrom),
    activity: (ref, since) => activity(api, scope, ref, since),
    blobAt: (path, commit) => blobAt(api, scope, path, commit),
    permission: (user) => permission(api, scope, user),
    issueComments: (issue) => issueComments(api, scope, issue),
  };
}
