// How does GitHub show a repository?
import { ownerJson, userOrGhostJson } from "./json-user.ts";
import type { State } from "./state.ts";
import type { World } from "./world.ts";

const LINKS = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

const FIXED = {
  private: true,
  description: null,
  mirror_url: null,
  homepage: null,
  language: null,
  forks_count: 0,
  stargazers_count: 0,
  watchers_count: 0,
  size: 0,
  open_issues_count: 0,
  has_issues: true,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_downloads: true,
  has_discussions: false,
  archived: false,
  disabled: false,
  pushed_at: "2020-01-01T00:00:00Z",
  created_at: "2020-01-01T00:00:00Z",
  updated_at: "2020-01-01T00:00:00Z",
  subscribers_count: 0,
  network_count: 0,
  license: null,
  forks: 0,
  open_issues: 0,
  watchers: 0,
} as const;

/** Numeric id of an account's fork. */
const forkId = (world: World, owner: number): number => world.repositoryId * 1000 + owner;

/** The repository, or the fork of it that belongs to an account. */
export function repositoryJson(world: World, state: State, fork: number | null = null) {
  const owner = fork === null ? ownerJson(world, state) : userOrGhostJson(world, state, fork);
  const id = fork === null ? world.repositoryId : forkId(world, fork);
  const fullName = `${owner.login}/${world.name}`;
  const url = `${world.origin()}/api/v3/repos/${fullName}`;
  const web = `${world.origin()}/${fullName}`;
  return {
    ...FIXED,
    ...Object.fromEntries(Object.entries(LINKS).map(([key, path]) => [key, url + path])),
    id,
    node_id: `R_${id}`,
    name: world.name,
    full_name: fullName,
    owner,
    fork: fork !== null,
    url,
    html_url: web,
    git_url: `${web}.git`,
    ssh_url: `${web}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    default_branch: world.defaultBranch,
  };
}
