// Pull requests: list, read, open, change, merge.
import { bodyOf, need, page, pullParam, refuse, REPO, textField } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { isAncestor } from "./git.ts";
import { pullJson, pullSimpleJson } from "./json-pull.ts";
import { mergePull } from "./merging.ts";
import { refreshTestMerge } from "./merges.ts";
import { openPull } from "./opening.ts";
import type { MergeMethod, PullRecord } from "./state.ts";
import { branchRef, knownPull } from "./world.ts";
import type { World } from "./world.ts";

const METHODS: readonly MergeMethod[] = ["merge", "squash", "rebase"];

/** Newest first, as GitHub lists them. */
function listed(c: Call, world: World): readonly PullRecord[] {
  const { state = "open", head, base } = c.req.query();
  return c.var.state.pulls
    .filter((pull) => state === "all" || pull.state === state)
    .filter((pull) => base === undefined || pull.base.ref === base)
    .filter(
      (pull) => head === undefined || (pull.head.fork === null && `${world.owner}:${pull.head.ref}` === head),
    )
    .toReversed();
}

const required = (body: Readonly<Record<string, unknown>>, name: string) =>
  textField(body, name) ?? refuse(422, `Validation Failed: ${name} is missing`);

/** GitHub's reasons not to open a pull request. */
async function refuseUseless(world: World, branch: string, base: string): Promise<void> {
  const { refs, pulls } = world.store.now();
  const [from, onto] = [refs.get(branchRef(branch)), refs.get(branchRef(base))];
  if (from === undefined || onto === undefined) return refuse(422, "Validation Failed: no such branch");
  const open = pulls.filter((pull) => pull.state === "open" && pull.head.fork === null);
  if (open.some((pull) => pull.head.ref === branch && pull.base.ref === base))
    refuse(422, `Validation Failed: A pull request already exists for ${world.owner}:${branch}.`);
  if (await isAncestor(world.git, from, onto))
    refuse(422, `Validation Failed: No commits between ${base} and ${branch}`);
}

async function create(c: Call, world: World): Promise<PullRecord> {
  const body = await bodyOf(c);
  const [title, base, head] = [required(body, "title"), required(body, "base"), required(body, "head")];
  const branch = head.replace(`${world.owner}:`, "");
  await refuseUseless(world, branch, base);
  const text = textField(body, "body");
  return await openPull(world, c.var.user, {
    branch,
    title,
    base,
    ...(text !== undefined && { body: text }),
  });
}

async function update(c: Call, world: World): Promise<PullRecord> {
  const pull = pullParam(c);
  if (pull.author !== c.var.user.id) need(c, "write");
  const body = await bodyOf(c);
  const state = textField(body, "state") === "closed" ? "closed" : pull.state;
  const at = world.clock();
  world.store.changePull(pull.number, (now) => ({
    title: textField(body, "title") ?? now.title,
    body: textField(body, "body") ?? now.body,
    state,
    closedAt: state === "closed" ? (now.closedAt ?? at) : null,
    updatedAt: at,
  }));
  return knownPull(world.store.now(), pull.number);
}

async function merge(c: Call, world: World) {
  need(c, "write");
  const { number } = pullParam(c);
  const body = await bodyOf(c);
  const pull = knownPull(world.store.now(), number);
  const asked = textField(body, "merge_method") ?? "merge";
  const method = METHODS.find((each) => each === asked) ?? refuse(422, "Validation Failed");
  const expected = textField(body, "sha") ?? pull.head.sha;
  if (expected !== pull.head.sha) refuse(409, "Head branch was modified. Review and try the merge again.");
  const title = textField(body, "commit_title");
  const message = textField(body, "commit_message");
  const sha = await mergePull(world, c.var.user, number, {
    method,
    ...(title !== undefined && { title }),
    ...(message !== undefined && { message }),
  });
  return sha ?? refuse(405, "Pull Request is not mergeable");
}

export const pullRoutes: Routes = (api, world) => {
  api.get(`${REPO}/pulls`, (c) => {
    need(c, "read");
    return c.json(page(c, world, listed(c, world)).map((pull) => pullSimpleJson(world, c.var.state, pull)));
  });
  api.post(`${REPO}/pulls`, async (c) => {
    need(c, "read");
    const pull = await world.exclusive(() => create(c, world));
    return c.json(pullJson(world, world.store.now(), pull), 201);
  });
  api.get(`${REPO}/pulls/:number`, async (c) => {
    const answer = pullJson(world, c.var.state, pullParam(c));
    const pull = knownPull(world.store.now(), answer.number);
    // The first answer says `mergeable: null`; the test merge is there for the next.
    await world.exclusive(() => refreshTestMerge(world, pull));
    return c.json(answer);
  });
  api.patch(`${REPO}/pulls/:number`, async (c) => {
    const pull = await update(c, world);
    return c.json(pullJson(world, world.store.now(), pull));
  });
  api.get(`${REPO}/pulls/:number/merge`, (c) =>
    pullParam(c).merged ? c.body(null, 204) : refuse(404, "Not Found"),
  );
  api.put(`${REPO}/pulls/:number/merge`, async (c) => {
    const sha = await world.exclusive(() => merge(c, world));
    return c.json({ sha, merged: true, message: "Pull Request successfully merged" });
  });
};
