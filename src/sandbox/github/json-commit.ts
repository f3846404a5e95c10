// How does GitHub show a commit, and whom does it name as its author?
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import { userJson } from "./json-user.ts";
import type { PullRecord, State } from "./state.ts";
import { iso } from "./world.ts";
import type { World } from "./world.ts";

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

const FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x01";

function parsed(record: string): Commit {
  const fields = record.split("\0");
  const at = (index: number) => fields[index] ?? "";
  const signature = (first: number): Signature => ({
    name: at(first),
    email: at(first + 1),
    date: iso(Number(at(first + 2)) * 1000),
  });
  return {
    sha: at(0).trim(),
    tree: at(1),
    parents: at(2)
      .split(" ")
      .filter((parent) => parent !== ""),
    author: signature(3),
    committer: signature(6),
    message: at(9).trimEnd(),
  };
}

/** Commits that `git log` finds, oldest first. */
export async function commits(world: World, ...range: readonly string[]): Promise<readonly Commit[]> {
  const out = await world.git.run([
    "log",
    "--reverse",
    "--topo-order",
    `--format=tformat:${FORMAT}`,
    ...range,
    "--",
  ]);
  return out
    .split("\x01")
    .filter((record) => record.trim() !== "")
    .map(parsed);
}

/** The commits of a pull request, cut at 250 as GitHub does. */
export async function commitsOf(world: World, pull: PullRecord): Promise<readonly Commit[]> {
  return (await commits(world, `${pull.base.sha}..${pull.head.sha}`)).slice(0, 250);
}

const verification = {
  verified: false,
  reason: "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
};

const parentsJson = (world: World, { parents }: Commit) =>
  parents.map((sha) => ({
    sha,
    url: `${repositoryUrl(world)}/commits/${sha}`,
    html_url: pageUrl(world, `commit/${sha}`),
  }));

const treeJson = (world: World, { tree }: Commit) => ({
  sha: tree,
  url: `${repositoryUrl(world)}/git/trees/${tree}`,
});

/** As the git database API shows it. */
export const gitCommitJson = (world: World, commit: Commit) => ({
  sha: commit.sha,
  node_id: `C_${commit.sha}`,
  url: `${repositoryUrl(world)}/git/commits/${commit.sha}`,
  html_url: pageUrl(world, `commit/${commit.sha}`),
  author: commit.author,
  committer: commit.committer,
  message: commit.message,
  tree: treeJson(world, commit),
  parents: parentsJson(world, commit),
  verification,
});

/** The account that an address belongs to: git lets anybody write any address. */
function byEmail(world: World, state: State, email: string) {
  const account = state.accounts.find((each) => !each.deleted && each.email === email);
  return account ? userJson(world, state, account.id) : null;
}

/** As the commits API shows it. */
export const commitJson = (world: World, state: State, commit: Commit) => ({
  url: `${repositoryUrl(world)}/commits/${commit.sha}`,
  sha: commit.sha,
  node_id: `C_${commit.sha}`,
  html_url: pageUrl(world, `commit/${commit.sha}`),
  comments_url: `${repositoryUrl(world)}/commits/${commit.sha}/comments`,
  commit: {
    url: `${repositoryUrl(world)}/git/commits/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    comment_count: 0,
    tree: treeJson(world, commit),
    verification,
  },
  author: byEmail(world, state, commit.author.email),
  committer: byEmail(world, state, commit.committer.email),
  parents: parentsJson(world, commit),
});
