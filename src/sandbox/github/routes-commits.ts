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

/** `git diff --raw -z -M` as GitHub lists it: renames are detected, so they hide what they change. */
async function filesOf(world: World, pull: PullRecord) {
  const range = `${pull.base.sha}...${pull.head.sha}`;
  const raw = (await world.git.run(["diff", "--raw", "-z", "-M", "--no-abbrev", range])).split("\0");
  const files: object[] = [];
  for (let i = 0; i + 1 < raw.length && files.length < MAX_FILES;) {
    const [, , , blob = "", status = ""] = (raw[i] ?? "").split(" ");
    const renamed = status.startsWith("R") || status.startsWith("C");
    const filename = raw[i + (renamed ? 2 : 1)] ?? "";
    files.push({
      sha: /^0+$/.test(blob) ? null : blob,
      filename,
      status: STATUS[status.slice(0, 1)] ?? "modified",
      additions: 0,
      deletions: 0,
      changes: 0,
      blob_url: pageUrl(world, `blob/${pull.head.sha}/${encodeURIComponent(filename)}`),
      raw_url: pageUrl(world, `raw/${pull.head.sha}/${encodeURIComponent(filename)}`),
      contents_url: `${repositoryUrl(world)}/contents/${encodeURIComponent(filename)}?ref=${pull.head.sha}`,
      ...(renamed && { previous_filename: raw[i + 1] }),
    });
    i += renamed ? 3 : 2;
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
