// What does a merge, a squash or a rebase put on the base branch?
import { commitTree, treeWith } from "./commits.ts";
import type { Files, Who } from "./commits.ts";
import type { MergeMethod, PullRecord } from "./state.ts";
import type { World } from "./world.ts";

const GITHUB: Who = { name: "GitHub", email: "noreply@github.com" };

export interface MergePlan {
  readonly pull: PullRecord;
  /** Tip of the base branch. */
  readonly base: string;
  readonly method: MergeMethod;
  readonly by: Who;
  readonly at: number;
  /** Changes that were in no commit of the pull request: an evil merge. */
  readonly alter?: Files;
  readonly title?: string;
  readonly message?: string;
}

/** The merged tree, or undefined on a conflict. */
async function mergedTree(world: World, ours: string, theirs: string): Promise<string | undefined> {
  const { code, out, err } = await world.git.attempt(["merge-tree", "--write-tree", ours, theirs]);
  if (code > 1) throw new Error(`git merge-tree exited with ${code}: ${err.trim()}`);
  return code === 0 ? out.toString("utf8").split("\n")[0] : undefined;
}

async function altered(
  world: World,
  commit: string,
  tree: string,
  alter: Files | undefined,
): Promise<string> {
  if (!alter) return tree;
  const scratch = await commitTree(world.git, {
    tree,
    parents: [commit],
    message: "scratch",
    author: GITHUB,
    at: 0,
  });
  return await treeWith(world.git, scratch, alter);
}

/** `Merge pull request #1 from owner/branch`, with the two parents base and head. */
async function merge(world: World, plan: MergePlan): Promise<string | undefined> {
  const { pull, base } = plan;
  const clean = await mergedTree(world, base, pull.head.sha);
  if (clean === undefined) return undefined;
  const tree = await altered(world, base, clean, plan.alter);
  const title = plan.title ?? `Merge pull request #${pull.number} from ${world.owner}/${pull.head.ref}`;
  const message = `${title}\n\n${plan.message ?? pull.title}`;
  const parents = [base, pull.head.sha];
  return await commitTree(world.git, {
    tree,
    parents,
    message,
    author: plan.by,
    committer: GITHUB,
    at: plan.at,
  });
}

/** One commit with all of the changes. */
async function squash(world: World, plan: MergePlan): Promise<string | undefined> {
  const { pull, base } = plan;
  const clean = await mergedTree(world, base, pull.head.sha);
  if (clean === undefined) return undefined;
  const tree = await altered(world, base, clean, plan.alter);
  const message = `${plan.title ?? `${pull.title} (#${pull.number})`}\n\n${plan.message ?? ""}`.trim();
  return await commitTree(world.git, {
    tree,
    parents: [base],
    message,
    author: plan.by,
    committer: GITHUB,
    at: plan.at,
  });
}

/** Every commit again on top of the base; changes that no commit had go into the last one. */
async function rebase(world: World, plan: MergePlan): Promise<string | undefined> {
  const { git } = world;
  const list = await git.run(["rev-list", "--reverse", "--no-merges", `${plan.base}..${plan.pull.head.sha}`]);
  const commits = list.split("\n").filter((sha) => sha !== "");
  let tip = plan.base;
  for (const [index, commit] of commits.entries()) {
    const onto = await commitTree(git, {
      tree: await git.run(["rev-parse", `${tip}^{tree}`]),
      parents: [`${commit}^`],
      message: "scratch",
      author: GITHUB,
      at: 0,
    });
    const clean = await mergedTree(world, onto, commit);
    if (clean === undefined) return undefined;
    const tree = await altered(world, tip, clean, index === commits.length - 1 ? plan.alter : undefined);
    const [name = "", email = "", message = ""] = (
      await git.run(["show", "--no-patch", "--format=%an%x00%ae%x00%B", commit])
    ).split("\0");
    const author = { name, email };
    tip = await commitTree(git, { tree, parents: [tip], message, author, committer: plan.by, at: plan.at });
  }
  return tip;
}

/** The new tip of the base branch, or undefined when it cannot be merged without conflicts. No ref moves. */
export async function mergeCommit(world: World, plan: MergePlan): Promise<string | undefined> {
  switch (plan.method) {
    case "merge":
      return await merge(world, plan);
    case "squash":
      return await squash(world, plan);
    case "rebase":
      return await rebase(world, plan);
  }
}

/** The test merge of an open pull request: GitHub makes it in the background and shows it as `merge_commit_sha`. */
export async function refreshTestMerge(world: World, pull: PullRecord): Promise<void> {
  const base = world.store.now().refs.get(`refs/heads/${pull.base.ref}`);
  const stale = pull.test?.base !== base || pull.test?.head !== pull.head.sha;
  if (pull.state !== "open" || base === undefined || !stale) return;
  const plan: MergePlan = { pull, base, method: "merge", by: GITHUB, at: world.clock() };
  const commit = (await mergeCommit(world, plan)) ?? null;
  world.store.changePull(pull.number, () => ({ test: { commit, base, head: pull.head.sha } }));
}
