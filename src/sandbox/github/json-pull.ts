// How does GitHub show a pull request?
import { repositoryJson } from "./json-repository.ts";
import { ownerJson, userJson, userOrGhostJson } from "./json-user.ts";
import type { PullRecord, State } from "./state.ts";
import { iso } from "./world.ts";
import type { World } from "./world.ts";

/** Address of the repository in the API. */
export const repositoryUrl = (world: World): string =>
  `${world.origin()}/api/v3/repos/${world.owner}/${world.name}`;
/** Address of a page of the repository for people. */
export const pageUrl = (world: World, path: string): string =>
  `${world.origin()}/${world.owner}/${world.name}/${path}`;

function side(world: World, state: State, ref: string, sha: string, fork: number | null) {
  const user = fork === null ? ownerJson(world, state) : userOrGhostJson(world, state, fork);
  return { label: `${user.login}:${ref}`, ref, sha, user, repo: repositoryJson(world, state, fork) };
}

function addresses(world: World, { number, head }: PullRecord) {
  const pull = `${repositoryUrl(world)}/pulls/${number}`;
  const issue = `${repositoryUrl(world)}/issues/${number}`;
  const html = pageUrl(world, `pull/${number}`);
  return {
    self: pull,
    html,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${pull}/comments`,
    review_comment: `${repositoryUrl(world)}/pulls/comments{/number}`,
    commits: `${pull}/commits`,
    statuses: `${repositoryUrl(world)}/statuses/${head.sha}`,
  };
}

function mergeCommitOf({ merged, test }: PullRecord): string | null {
  if (merged?.untold) return null;
  return merged?.commit ?? test?.commit ?? null;
}

const time = (at: number | null | undefined) => (at === null || at === undefined ? null : iso(at));

/** As in a list. `merge_commit_sha` is a test merge until the pull request is merged. */
export function pullSimpleJson(world: World, state: State, pull: PullRecord) {
  const links = addresses(world, pull);
  return {
    url: links.self,
    id: pull.id,
    node_id: `PR_${pull.id}`,
    html_url: links.html,
    diff_url: `${links.html}.diff`,
    patch_url: `${links.html}.patch`,
    issue_url: links.issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    draft: false,
    title: pull.title,
    user: userOrGhostJson(world, state, pull.author),
    body: pull.body,
    labels: [],
    milestone: null,
    created_at: iso(pull.createdAt),
    updated_at: iso(pull.updatedAt),
    closed_at: time(pull.closedAt),
    merged_at: time(pull.merged?.at),
    merge_commit_sha: mergeCommitOf(pull),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: side(world, state, pull.head.ref, pull.head.sha, pull.head.fork),
    base: side(world, state, pull.base.ref, pull.base.sha, null),
    _links: Object.fromEntries(Object.entries(links).map(([key, href]) => [key, { href }])),
    author_association: "CONTRIBUTOR",
    auto_merge: null,
  };
}

/** In full. `mergeable` is null until the test merge has been made for the present base and head. */
export function pullJson(world: World, state: State, pull: PullRecord) {
  const tip = state.refs.get(`refs/heads/${pull.base.ref}`);
  const tested = pull.test !== null && pull.test.base === tip && pull.test.head === pull.head.sha;
  const mergeable = pull.state === "open" && tested ? pull.test.commit !== null : null;
  return {
    ...pullSimpleJson(world, state, pull),
    merged: pull.merged !== null,
    mergeable,
    mergeable_state: mergeable === null ? "unknown" : mergeable ? "clean" : "dirty",
    merged_by: pull.merged && userJson(world, state, pull.merged.by),
    comments: state.comments.filter((comment) => comment.pull === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 0,
    deletions: 0,
    changed_files: 1,
  };
}
