// Commits and files: of a pull request, of a path, of a ref.
import { need, page, pullParam, refuse, REPO } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { isAncestor } from "./git.ts";
import { commitJson, commits, commitsOf, gitCommitJson } from "./json-commit.ts";
import { pageUrl, pullSimpleJson, repositoryUrl } from "./json-pull.ts";
import type { PullRecord } from "./state.ts";
import type { World } from "./world.ts";

const SHA = /^[0-9a-f]{40}$/;
/** GitHub shows no more files of one pull request than this. */
const MAX_FILES = 3000;
const STATUS: Readonly<Record<string, string>> = {
  A: "added",
  D: "removed",
  R: "renamed",
  C: "copied",
  T: "changed",
};

function fileJson(world: World, { head }: PullRecord, raw: string, names: readonly string[]) {
  const [, , , blob = "", status = ""] = raw.split(" ");
  const [previous, filename = previous ?? ""] = names;
  const place = encodeURIComponent(filename);
  return {
    sha: /^0+$/.test(blob) ? null : blob,
    filename,
    status: STATUS[status.slice(0, 1)] ?? "modified",
    additions: 0,
    deletions: 0,
    changes: 0,
    blob_url: pageUrl(world, `blob/${head.sha}/${place}`),
    raw_url: pageUrl(world, `raw/${head.sha}/${place}`),
    contents_url: `${repositoryUrl(world)}/contents/${place}?ref=${head.sha}`,
    ...(names.length > 1 && { previous_filename: previous }),
  };
}

/** `git diff --raw -z -M` as GitHub lists it: renames are detected, so they hide what they change. */
async function filesOf(world: World, pull: PullRecord) {
  const range = `${pull.base.sha}...${pull.head.sha}`;
  const words = (await world.git.run(["diff", "--raw", "-z", "-M", "--no-abbrev", range])).split("\0");
  const files: object[] = [];
  for (let at = 0; at + 1 < words.length && files.length < MAX_FILES;) {
    const raw = words[at] ?? "";
    const names = words.slice(at + 1, at + (/ [RC]\d+$/.test(raw) ? 3 : 2));
    files.push(fileJson(world, pull, raw, names));
    at += 1 + names.length;
  }
  return files;
}

/** Every pull request that has the commit, open ones too, or whose merge made it. */
async function pullsWith(c: Call, world: World, sha: string): Promise<readonly PullRecord[]> {
  const list = await world.git.run(["for-each-ref", "--format=%(refname)", `--contains=${sha}`, "refs/pull"]);
  const heads = new Set(list.split("\n"));
  const found: PullRecord[] = [];
  for (const pull of c.var.state.pulls) {
    const own =
      heads.has(`refs/pull/${pull.number}/head`) && !(await isAncestor(world.git, sha, pull.base.sha));
    if (own || pull.merged?.commit === sha) found.push(pull);
  }
  return found;
}

async function commitParam(c: Call, world: World): Promise<string> {
  need(c, "read");
  const sha = c.req.param("sha") ?? "";
  const known = SHA.test(sha) && (await world.git.attempt(["cat-file", "-e", `${sha}^{commit}`])).code === 0;
  return known ? sha : refuse(422, `No commit found for SHA: ${sha}`);
}

export const commitRoutes: Routes = (api, world) => {
  api.get(`${REPO}/pulls/:number/commits`, async (c) => {
    const found = page(c, world, await commitsOf(world, pullParam(c)));
    return c.json(found.map((commit) => commitJson(world, c.var.state, commit)));
  });
  api.get(`${REPO}/pulls/:number/files`, async (c) =>
    c.json(page(c, world, await filesOf(world, pullParam(c)))),
  );
  api.get(`${REPO}/commits/:sha/pulls`, async (c) => {
    const found = await pullsWith(c, world, await commitParam(c, world));
    return c.json(page(c, world, found).map((pull) => pullSimpleJson(world, c.var.state, pull)));
  });
  api.get(`${REPO}/git/commits/:sha`, async (c) => {
    need(c, "read");
    const sha = c.req.param("sha");
    const known =
      SHA.test(sha) && (await world.git.attempt(["cat-file", "-e", `${sha}^{commit}`])).code === 0;
    const [commit] = known ? await commits(world, "--no-walk", sha) : [];
    return commit ? c.json(gitCommitJson(world, commit)) : refuse(404, "Not Found");
  });
};
