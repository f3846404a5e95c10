// What does main's history say, merged this way or that, in a whole clone and in a shallow one?
import { rename } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Problem } from "../src/core/problem.ts";
import { gitRepo } from "../src/repo/git.ts";
import type { Step } from "../src/repo/repo.ts";
import { commitFiles, git, playground, type Playground } from "./support/clones.ts";

const AUTHOR = { name: "Lapse <x>\n", email: "lapse@lapse.invalid" };
const DATE = "2026-11-23T12:00:00Z";

let ground: Playground;
beforeEach(async () => {
  ground = await playground();
});
afterEach(async () => {
  await ground.remove();
});

const here = () => gitRepo({ dir: ground.remote, timeout: 20_000 });
const onRemote = (parents: readonly string[], files: Record<string, string | null>) =>
  commitFiles(ground.remote, parents, files);
const main = (commit: string) => git(ground.remote, "update-ref", "refs/heads/main", commit);
const told = (steps: readonly Step[]) =>
  steps.map((s) => s.changes.map((c) => `${c.status} ${c.path}`).join(", "));
const problem = (kind: Problem["kind"], message = "") =>
  expect.objectContaining({
    name: "Problem",
    kind,
    message: expect.stringContaining(message) as string,
  }) as Error;

/** Steps start where they should and each where the last ended. */
function expectJoined(steps: readonly Step[], before: string, after: string): void {
  expect(steps[0]?.before).toBe(before);
  expect(steps.at(-1)?.after).toBe(after);
  steps.slice(1).forEach((step, i) => {
    expect(step.before).toBe(steps[i]?.after);
  });
}

test("the root, a merge, a squash and a rebase of two commits are told as main saw them", async () => {
  const root = await onRemote([], { a: "1" });
  const branch = await onRemote([root], { "requests/x/one.yaml": "1" });
  const more = await onRemote([branch], { "requests/x/two.yaml": "1" });
  const merge = await onRemote([root, more], { "requests/x/one.yaml": "1", "requests/x/two.yaml": "1" });
  const squash = await onRemote([merge], { "requests/x/three.yaml": "1" });
  const rebased1 = await onRemote([squash], { evil: "1" });
  const rebased2 = await onRemote([rebased1], { evil: null, "requests/x/four.yaml": "1" });
  const steps = await here().steps(undefined, rebased2);
  expect(told(steps)).toEqual([
    "A a",
    "A requests/x/one.yaml, A requests/x/two.yaml",
    "A requests/x/three.yaml",
    "A evil",
    "D evil, A requests/x/four.yaml",
  ]);
  expectJoined(steps, "", rebased2);
  const since = await here().steps(merge, rebased2);
  expect(told(since)).toEqual(told(steps).slice(2));
  expectJoined(since, merge, rebased2);
  expect(await here().steps(rebased2, rebased2)).toEqual([]);
});

test("a merge that changes more than its branch shows it; an empty one shows nothing", async () => {
  const root = await onRemote([], { a: "1" });
  const branch = await onRemote([root], { "requests/x/one.yaml": "1" });
  const evil = await onRemote([root, branch], { "requests/x/one.yaml": "2", a: "changed" });
  const same = await onRemote([evil, branch], {});
  const steps = await here().steps(root, same);
  expect(told(steps)).toEqual(["M a, A requests/x/one.yaml", ""]);
  expectJoined(steps, root, same);
});

test("a rename is a removal and an addition, and odd names arrive whole", async () => {
  const root = await onRemote([], { "requests/x/one.yaml": "a long enough text to be found similar\n" });
  const names = ["requests/x/two.yaml", ":100644 x", "-rf", "é\u0301", "tab\there", "line\nbreak"];
  const all = Object.fromEntries(names.map((name) => [name, "a long enough text to be found similar\n"]));
  const next = await onRemote([root], { "requests/x/one.yaml": null, ...all });
  const [step] = await here().steps(root, next);
  expect(step?.changes.map((c) => `${c.status} ${c.path}`).sort()).toEqual(
    ["D requests/x/one.yaml", ...names.map((name) => `A ${name}`)].sort(),
  );
  expect(await here().diff(root, next)).toEqual(step?.changes);
});

test("no list of changes is cut short", async () => {
  const root = await onRemote([], { a: "1" });
  const files = Object.fromEntries(Array.from({ length: 3001 }, (_, i) => [`requests/x/${i}.yaml`, "1"]));
  const big = await here().commit(root, [
    { message: "big", files: { ...files, "z-evil": "1" }, author: AUTHOR, date: DATE },
  ]);
  expect((await here().steps(root, big))[0]?.changes).toHaveLength(3002);
  expect((await here().diff(root, big)).at(-1)?.path).toBe("z-evil");
});

test("a merge with the old main as second parent is one step from the old tip, not the other branch's commits", async () => {
  const root = await onRemote([], { a: "1" });
  const old = await onRemote([root], { b: "1" });
  const side1 = await onRemote([root], { c: "1" });
  const side2 = await onRemote([side1], { d: "1" });
  const foxtrot = await onRemote([side2, old], { b: "1" });
  const next = await onRemote([foxtrot], { e: "1" });
  const steps = await here().steps(old, next);
  expect(told(steps)).toEqual(["A c, A d", "A e"]);
  expectJoined(steps, old, next);
});

test("a rewritten main is a Problem, not a shorter list", async () => {
  const root = await onRemote([], { a: "1" });
  const lost = await onRemote([root], { b: "1" });
  const other = await onRemote([root], { c: "1" });
  await expect(here().steps(lost, other)).rejects.toEqual(problem("misconfigured", "main was rewritten"));
  expect(await here().isAncestor(lost, other)).toBe(false);
  expect(await here().mergeBase(lost, other)).toBe(root);
  expect(await here().mergeBase(lost, await onRemote([], { z: "1" }))).toBeUndefined();
});

test("the last step of a path is the one that put its current content there", async () => {
  const root = await onRemote([], { a: "1", "x[1]": "1" });
  const branch = await onRemote([root], { p: "1" });
  const merge = await onRemote([root, branch], { p: "1" });
  const later = await onRemote([merge], { a: "2" });
  expect(await here().lastStep(later, "p")).toMatchObject({ before: root, after: merge });
  expect(await here().lastStep(later, "a")).toMatchObject({ before: merge, after: later });
  expect(await here().lastStep(later, "x[1]")).toMatchObject({ before: "", after: root });
  expect(await here().lastStep(later, "none")).toBeUndefined();
  const gone = await onRemote([later], { p: null });
  expect(await here().lastStep(gone, "p")).toBeUndefined();
});

async function longMain(length: number): Promise<string[]> {
  const root = await onRemote([], { "requests/x/first.yaml": "1", n: "0" });
  const rest = Array.from({ length: length - 1 }, (_, i) => ({
    message: `${i}`,
    files: { n: `${i}!` },
    author: AUTHOR,
    date: DATE,
  }));
  const tip = await here().commit(root, rest);
  await main(tip);
  return (await git(ground.remote, "rev-list", "--reverse", tip)).split("\n");
}

test("a shallow clone deepens until the answer is sure, and no boundary is taken for a beginning", async () => {
  const made = await longMain(80);
  const [root = "", second = ""] = made;
  const tip = made.at(-1) ?? "";
  const shallow = async () => gitRepo({ dir: await ground.clone("--depth=1"), timeout: 20_000 });
  const repo = await shallow();
  const recent = made.at(-5) ?? "";
  expectJoined(await repo.steps(recent, tip), recent, tip);
  expect(await (await shallow()).steps(undefined, tip)).toHaveLength(80);
  expect(await (await shallow()).lastStep(tip, "requests/x/first.yaml")).toMatchObject({
    before: "",
    after: root,
  });
  expect(await (await shallow()).isAncestor(second, tip)).toBe(true);
  const never = await onRemote([root], { other: "1" });
  expect(await (await shallow()).isAncestor(never, tip)).toBe(false);
});

test("a shallow clone that cannot deepen does not guess", async () => {
  const made = await longMain(4);
  const repo = gitRepo({ dir: await ground.clone("--depth=1"), timeout: 20_000 });
  await rename(ground.remote, `${ground.remote}.away`);
  const [root = "", , , tip = ""] = made;
  await expect(repo.steps(root, tip)).rejects.toEqual(problem("unavailable"));
  await expect(repo.isAncestor(root, tip)).rejects.toEqual(problem("unavailable"));
  await expect(repo.lastStep(tip, "n")).rejects.toEqual(problem("unavailable"));
});

test("commits are built on a base without touching the work tree, the index, HEAD or any ref", async () => {
  const root = await onRemote([], { "requests/x/one.yaml": "1\n", "requests/x/two.yaml": "2\n", keep: "k" });
  await main(root);
  const dir = await ground.clone();
  const before = await git(dir, "for-each-ref");
  const repo = gitRepo({ dir, timeout: 20_000 });
  const commits = ["one", "two"].map((id) => ({
    message: `Revert "Access: ${id}"\n\nRequest: ${id}\n`,
    files: { [`requests/x/${id}.yaml`]: null, "log/new.txt": `${id}\n` },
    author: AUTHOR,
    date: DATE,
  }));
  const tip = await repo.commit(root, commits);
  expect(await repo.commit(root, commits)).toBe(tip);
  expect(told(await repo.steps(root, tip))).toEqual([
    "A log/new.txt, D requests/x/one.yaml",
    "M log/new.txt, D requests/x/two.yaml",
  ]);
  expect(await repo.messages(root, tip)).toEqual(commits.map((c) => c.message).reverse());
  expect(await git(dir, "log", "-1", "--format=%an|%ae|%aI|%cn|%cI", tip)).toBe(
    `Lapse x|lapse@lapse.invalid|${DATE.replace("Z", "+00:00")}|Lapse x|${DATE.replace("Z", "+00:00")}`,
  );
  expect(await git(dir, "for-each-ref")).toBe(before);
  expect(await git(dir, "status", "--porcelain")).toBe("");
});

test("a push never overwrites, unless what it replaces is exactly what is there", async () => {
  const root = await onRemote([], { a: "1" });
  await main(root);
  const repo = gitRepo({ dir: await ground.clone(), timeout: 20_000 });
  const commit = (n: string) =>
    repo.commit(root, [{ message: n, files: { a: n }, author: AUTHOR, date: DATE }]);
  const [one, two, three] = await Promise.all([commit("1!"), commit("2!"), commit("3!")]);
  expect(await repo.push(one, "lapse/ended/x")).toBe(true);
  expect(await repo.remoteTip("lapse/ended/x")).toBe(one);
  expect(await repo.push(two, "lapse/ended/x")).toBe(false);
  expect(await repo.push(two, "lapse/ended/x", { replaces: three })).toBe(false);
  expect(await git(ground.remote, "rev-parse", "refs/heads/lapse/ended/x")).toBe(one);
  expect(await repo.push(two, "lapse/ended/x", { replaces: one })).toBe(true);
  expect(await git(ground.remote, "rev-parse", "refs/heads/lapse/ended/x")).toBe(two);
});
