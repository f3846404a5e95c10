// What is at this path of this commit, and where does this ref point?
import { posix } from "node:path";
import { need, page, refuse, REPO } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import type { World } from "./world.ts";

interface Entry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size: number;
  readonly path: string;
}

const entries = (raw: string): readonly Entry[] =>
  raw
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [meta = "", path = ""] = line.split("\t");
      const [mode = "", type = "", sha = "", size = ""] = meta.trim().split(/ +/);
      return { mode, type, sha, size: Number(size) || 0, path };
    });

function kind({ mode, type }: Entry): string {
  if (type === "tree") return "dir";
  if (type === "commit") return "submodule";
  return mode === "120000" ? "symlink" : "file";
}

/** A branch, a full ref or a commit id; commits need not be on any branch any more. */
async function commitAt(c: Call, world: World): Promise<string> {
  const ref = c.req.query("ref") ?? world.defaultBranch;
  const { refs } = c.var.state;
  const sha = refs.get(ref) ?? refs.get(`refs/heads/${ref}`) ?? ref;
  const known = await world.git.attempt(["cat-file", "-e", `${sha}^{commit}`]);
  return /^[0-9a-f]{40}$/.test(sha) && known.code === 0
    ? sha
    : refuse(404, `No commit found for the ref ${ref}`);
}

function common(world: World, entry: Entry, ref: string) {
  const place = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = `${repositoryUrl(world)}/contents/${place}?ref=${ref}`;
  const git = `${repositoryUrl(world)}/git/blobs/${entry.sha}`;
  const html = pageUrl(world, `blob/${ref}/${place}`);
  return {
    type: kind(entry),
    size: entry.size,
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    url,
    git_url: git,
    html_url: html,
    download_url: html,
    _links: { self: url, git, html },
  };
}

async function list(world: World, commit: string, path: string): Promise<readonly Entry[]> {
  const args = ["ls-tree", "-z", "--long", "--full-tree", commit, ...(path === "" ? [] : ["--", path])];
  return entries((await world.git.attempt(args)).out.toString("utf8"));
}

/** A symbolic link is shown as the file that it leads to, if it leads to one. */
async function followed(world: World, commit: string, link: Entry): Promise<Entry> {
  const target = (await world.git.attempt(["cat-file", "blob", link.sha])).out.toString("utf8");
  const [found] = await list(world, commit, posix.join(posix.dirname(link.path), target));
  return found && kind(found) === "file" ? found : link;
}

async function fileJson(world: World, entry: Entry, commit: string) {
  const shared = common(world, entry, commit);
  if (shared.type === "submodule") return { ...shared, submodule_git_url: null };
  const blob = await world.git.attempt(["cat-file", "blob", entry.sha]);
  if (shared.type === "symlink") return { ...shared, target: blob.out.toString("utf8") };
  return { ...shared, encoding: "base64", content: blob.out.toString("base64") };
}

async function contents(c: Call, world: World) {
  need(c, "read");
  const commit = await commitAt(c, world);
  const path = (c.req.param("path") ?? "").replace(/\/$/, "");
  const inside = async (folder: string) =>
    (await list(world, commit, folder)).map((entry) => common(world, entry, commit));
  if (path === "") return await inside("");
  const found = (await list(world, commit, path)).find((entry) => entry.path === path);
  if (!found) return refuse(404, "Not Found");
  if (kind(found) === "dir") return await inside(`${path}/`);
  return await fileJson(
    world,
    kind(found) === "symlink" ? await followed(world, commit, found) : found,
    commit,
  );
}

const refJson = (world: World, ref: string, sha: string) => ({
  ref,
  node_id: `REF_${ref}`,
  url: `${repositoryUrl(world)}/git/${ref}`,
  object: { type: "commit", sha, url: `${repositoryUrl(world)}/git/commits/${sha}` },
});

export const contentRoutes: Routes = (api, world) => {
  api.get(`${REPO}/contents/:path{.*}`, async (c) => c.json(await contents(c, world)));
  api.get(`${REPO}/git/ref/:ref{.+}`, (c) => {
    need(c, "read");
    const ref = `refs/${c.req.param("ref")}`;
    return c.json(refJson(world, ref, c.var.state.refs.get(ref) ?? refuse(404, "Not Found")));
  });
  api.get(`${REPO}/git/matching-refs/:ref{.*}`, (c) => {
    need(c, "read");
    const prefix = `refs/${c.req.param("ref")}`;
    const found = [...c.var.state.refs].filter(
      ([ref]) => ref.startsWith(prefix) && ref.startsWith("refs/heads/"),
    );
    return c.json(page(c, world, found).map(([ref, sha]) => refJson(world, ref, sha)));
  });
};
