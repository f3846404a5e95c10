// Is the sandbox GitHub as GitHub is, and worse where it may be?
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSandbox } from "../src/sandbox/github/sandbox.ts";
import type { Sandbox } from "../src/sandbox/github/sandbox.ts";
import { call as callOf } from "./support/openapi-call.ts";
import { againstOpenApi } from "./support/openapi.ts";

const REPO = "/repos/acme/access";
let dir: string;
let now: number;
let sandbox: Sandbox;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "lapse-sandbox-"));
  now = Date.parse("2026-11-23T10:00:00Z");
  sandbox = await startSandbox({
    dir: join(dir, "server"),
    repository: "acme/access",
    clock: () => now,
    validate: againstOpenApi(),
    users: [
      { id: 1, login: "ann", token: "t-ann", permission: "admin" },
      { id: 2, login: "bob", token: "t-bob" },
      { id: 4, login: "rita", token: "t-rita", permission: "read" },
      { id: 5, login: "lapse[bot]", token: "t-bot", type: "Bot" },
    ],
  });
  await sandbox.push("ann", "main", { "README.md": "hello\n", "other.txt": "1\n" });
});
afterEach(async () => {
  await sandbox.stop();
  await rm(dir, { recursive: true, force: true });
});

const call = (what: string, body?: object, token?: string, headers?: Record<string, string>) =>
  callOf(sandbox, what, body, token, headers);

/** Real git, as far away from this machine's configuration as can be. */
async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", [...args], {
    timeout: 20_000,
    env: {
      PATH: process.env["PATH"],
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: "x",
      GIT_AUTHOR_EMAIL: "x@example.com",
      GIT_COMMITTER_NAME: "x",
      GIT_COMMITTER_EMAIL: "x@example.com",
    },
  });
  return stdout.trim();
}

async function clone(login: string): Promise<string> {
  const place = join(dir, `clone-${login}`);
  await git("clone", "--quiet", sandbox.gitUrlFor(login), place);
  return place;
}

const activity = async () =>
  (
    (await call(`GET ${REPO}/activity`)).json as {
      activity_type: string;
      ref: string;
      actor: { login: string };
    }[]
  ).map((entry) => `${entry.actor.login} ${entry.activity_type} ${entry.ref}`);

describe("git", () => {
  test("a real push is in the activity feed under the name of the token's owner", async () => {
    const place = await clone("bob");
    await writeFile(join(place, "new.txt"), "new");
    await git("-C", place, "add", ".");
    await git("-C", place, "commit", "--quiet", "-m", "new");
    await git("-C", place, "push", "--quiet", "origin", "HEAD:main", "HEAD:refs/heads/side");
    await git("-C", place, "commit", "--quiet", "--amend", "-m", "newer");
    await git("-C", place, "push", "--quiet", "--force", "origin", "HEAD:side");
    await git("-C", place, "push", "--quiet", "origin", ":side");
    expect(sandbox.tip("main")).toBe(await git("-C", place, "rev-parse", "HEAD@{1}"));
    expect((await activity()).toReversed().slice(1)).toEqual(
      expect.arrayContaining([
        "bob push refs/heads/main",
        "bob branch_creation refs/heads/side",
        "bob force_push refs/heads/side",
        "bob branch_deletion refs/heads/side",
      ]),
    );
    expect(sandbox.violations).toEqual([]);
  });

  test("a push that lost the race is refused by git and leaves no trace", async () => {
    const place = await clone("bob");
    await sandbox.push("ann", "main", { "other.txt": "2\n" });
    await git("-C", place, "commit", "--quiet", "--allow-empty", "-m", "late");
    const before = await activity();
    await expect(git("-C", place, "push", "origin", "HEAD:main")).rejects.toThrow(
      /fetch first|non-fast-forward/,
    );
    expect(await activity()).toEqual(before);
  });

  test("who may only read can fetch but not push; a stranger can do neither", async () => {
    const place = await clone("rita");
    await git("-C", place, "commit", "--quiet", "--allow-empty", "-m", "x");
    await expect(git("-C", place, "push", "origin", "HEAD:main")).rejects.toThrow(/403/);
    await expect(git("ls-remote", sandbox.gitUrl.replace("//", "//x:wrong@"))).rejects.toThrow(
      /Authentication failed/,
    );
  });

  test("any commit can be fetched by id, the heads of pull requests too, those of forks never by branch", async () => {
    const lost = await sandbox.push("ann", "one", { "x.txt": "1" });
    const fork = await sandbox.push("bob", "mine", { "y.txt": "1" }, { fork: true });
    await sandbox.openPull("bob", { branch: "mine", title: "x", headRepository: "fork" });
    await sandbox.push("ann", "one", { "x.txt": "2" }, { force: true });
    const place = await clone("rita");
    await git("-C", place, "fetch", "--quiet", "origin", lost, "refs/pull/1/head");
    expect(await git("-C", place, "cat-file", "-t", lost)).toBe("commit");
    const refs = await git("ls-remote", sandbox.gitUrlFor("rita"));
    expect(refs).toContain(`${fork}\trefs/pull/1/head`);
    expect(refs).not.toContain("sandbox");
  });

  test("an answer to a push can get lost after the push", async () => {
    const place = await clone("bob");
    await git("-C", place, "commit", "--quiet", "--allow-empty", "-m", "x");
    sandbox.fault({ on: /^POST .*git-receive-pack/, do: { is: "reset", effect: "after" } });
    await expect(git("-C", place, "push", "origin", "HEAD:main")).rejects.toThrow();
    expect(sandbox.tip("main")).toBe(await git("-C", place, "rev-parse", "HEAD"));
  });

  test("trees that no checkout could make are possible", async () => {
    const sha = await sandbox.push("ann", "odd", {
      'requests/a "b"\n\\c.yaml': "x",
      "requests/link.yaml": { mode: "120000", content: "../README.md" },
      "requests/sub": { mode: "160000", content: "1".repeat(40) },
      "requests/run.yaml": { mode: "100755", content: "x" },
      "README.md": null,
    });
    const tree = (await git("--git-dir", sandbox.gitDir, "ls-tree", "-r", "-z", sha))
      .split("\0")
      .filter(Boolean);
    expect(tree.map((line) => `${line.slice(0, 6)} ${line.split("\t")[1] ?? ""}`)).toEqual([
      "100644 other.txt",
      '100644 requests/a "b"\n\\c.yaml',
      "120000 requests/link.yaml",
      "100755 requests/run.yaml",
      "160000 requests/sub",
    ]);
  });
});

describe("merging", () => {
  const files = async (commit: string) =>
    (await git("--git-dir", sandbox.gitDir, "ls-tree", "-r", "--name-only", commit)).split("\n");
  const parents = async (commit: string) =>
    (await git("--git-dir", sandbox.gitDir, "rev-list", "--parents", "-1", commit)).split(" ").slice(1);

  test.each([
    ["merge", 2, 1],
    ["squash", 1, 1],
    ["rebase", 1, 2],
  ] as const)(
    "%s: %i parent(s), %i commit(s) on main, altered or not",
    async (method, parentCount, commitCount) => {
      const before = sandbox.tip("main") ?? "";
      await sandbox.push("bob", "two", [{ "a.txt": "a" }, { "b.txt": "b" }]);
      await sandbox.push("ann", "main", { "other.txt": "2\n" });
      const number = await sandbox.openPull("bob", { branch: "two", title: "two" });
      const base = sandbox.tip("main") ?? "";
      const commit = await sandbox.merge("ann", number, { method, alter: { "evil.txt": "e" } });
      expect(await parents(commit)).toHaveLength(parentCount);
      const walked = await git(
        "--git-dir",
        sandbox.gitDir,
        "rev-list",
        "--first-parent",
        `${base}..${commit}`,
      );
      expect(walked.split("\n")).toHaveLength(commitCount);
      expect(await files(commit)).toEqual(["README.md", "a.txt", "b.txt", "evil.txt", "other.txt"]);
      expect((await activity())[0]).toBe("ann pr_merge refs/heads/main");
      expect(before).not.toBe(base);
    },
  );

  test("a conflict is 405 over HTTP and no merge at all", async () => {
    await sandbox.push("bob", "clash", { "other.txt": "mine\n" });
    await sandbox.push("ann", "main", { "other.txt": "yours\n" });
    const number = await sandbox.openPull("bob", { branch: "clash", title: "clash" });
    const tip = sandbox.tip("main");
    expect((await call(`PUT ${REPO}/pulls/${number}/merge`, { merge_method: "squash" })).status).toBe(405);
    await expect(sandbox.merge("ann", number)).rejects.toThrow("cannot be merged");
    expect(sandbox.tip("main")).toBe(tip);
  });

  test("a head that has moved is 409, a reader is 403", async () => {
    const head = await sandbox.push("bob", "one", { "x.txt": "1" });
    const number = await sandbox.openPull("bob", { branch: "one", title: "x" });
    await sandbox.push("bob", "one", { "x.txt": "2" });
    const path = `PUT ${REPO}/pulls/${number}/merge`;
    expect((await call(path, { sha: head })).status).toBe(409);
    expect((await call(path, {}, "t-rita")).status).toBe(403);
  });

  test("a merge that git alone made counts, with the pusher as merger", async () => {
    const head = await sandbox.push("bob", "one", { "x.txt": "1" });
    const number = await sandbox.openPull("bob", { branch: "one", title: "x" });
    await sandbox.push("ann", "main", {}, { to: head });
    expect((await call(`GET ${REPO}/pulls/${number}`)).json).toMatchObject({
      merged: true,
      merged_by: { login: "ann" },
      merge_commit_sha: head,
    });
    expect((await activity())[0]).toBe("ann push refs/heads/main");
  });

  test("a head that goes away closes its pull request", async () => {
    await sandbox.push("bob", "one", { "x.txt": "1" });
    const number = await sandbox.openPull("bob", { branch: "one", title: "x" });
    await sandbox.deleteBranch("bob", "one");
    expect((await call(`GET ${REPO}/pulls/${number}`)).json).toMatchObject({
      state: "closed",
      merged: false,
    });
  });
});

describe("misbehaviour", () => {
  test("a lagging replica answers from some writes ago", async () => {
    await sandbox.push("bob", "one", { "x.txt": "1" });
    const number = await sandbox.openPull("bob", { branch: "one", title: "x" });
    await sandbox.review("ann", number, "CHANGES_REQUESTED", { body: "no" });
    sandbox.fault({ on: /reviews/, do: { is: "stale", acts: 1 } });
    const reviews = `GET ${REPO}/pulls/${number}/reviews`;
    expect((await call(reviews)).json).toEqual([]);
    expect((await call(reviews)).json).toHaveLength(1);
  });

  test("who calls before retry-after has passed is found out", async () => {
    sandbox.fault({ on: /^GET \/user/, do: { is: "throttled", status: 429, retryAfter: 1 } });
    expect((await call("GET /user")).headers.get("retry-after")).toBe("1");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await call("GET /user", undefined, "t-bob");
    expect(sandbox.violations).toEqual([]);
    await call("GET /user");
    expect(sandbox.violations).toEqual(["called before retry-after had passed: GET /user"]);
  });

  test("a fault hits the calls it is meant for, as often as it should", async () => {
    sandbox.fault({ on: /^GET \/user/, do: { is: "error", status: 503 }, skip: 1, times: 2 });
    const status = async () => (await call("GET /user")).status;
    expect([await status(), await status(), await status(), await status()]).toEqual([200, 503, 503, 200]);
    sandbox.fault({ on: /./, do: { is: "error", status: 500 } });
    sandbox.clearFaults();
    expect(await status()).toBe(200);
  });

  test("a call that hangs ends with the server", async () => {
    sandbox.fault({ on: /./, do: { is: "hang", effect: "before" } });
    const hanging = call("GET /user").catch(() => "ended");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sandbox.stop();
    expect(await hanging).toBe("ended");
  });

  test("what the sandbox does not have is no quiet 404", async () => {
    expect((await call(`GET ${REPO}/milestones`)).status).toBe(404);
    expect(sandbox.violations.join()).toContain(`not in the sandbox: GET ${REPO}/milestones`);
  });
});

test("time and limits are the server's, and an unchanged answer is free", async () => {
  const first = await call("GET /user");
  expect(first.headers.get("date")).toBe("Mon, 23 Nov 2026 10:00:00 GMT");
  const tag = first.headers.get("etag") ?? "";
  const again = await call("GET /user", undefined, "t-ann", { "if-none-match": tag });
  expect([again.status, again.headers.get("x-ratelimit-used")]).toEqual([304, "1"]);
  expect(sandbox.calls).toEqual([
    { call: "GET /user", user: "ann", status: 200 },
    { call: "GET /user", user: "ann", status: 304 },
  ]);
});

test("nobody without a good token sees anything", async () => {
  expect((await call("GET /user", undefined, "wrong")).status).toBe(401);
  sandbox.deleteUser("bob");
  expect((await call("GET /user", undefined, "t-bob")).status).toBe(401);
  sandbox.setPermission("rita", "none");
  expect((await call(`GET ${REPO}`, undefined, "t-rita")).status).toBe(404);
  expect((await call("GET /repos/acme/other")).status).toBe(404);
});
