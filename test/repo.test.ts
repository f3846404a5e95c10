// Does git tell us what happened, and only that? (real repositories in a temporary directory)
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcp, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Problem } from "../src/core/problem.ts";
import { gitRepo } from "../src/repo/git.ts";
import { commitFiles, feed, git, playground, type Playground } from "./support/clones.ts";

let ground: Playground;
beforeEach(async () => {
  ground = await playground();
});
afterEach(async () => {
  await ground.remove();
});

const open = (dir: string, timeout = 20_000) => gitRepo({ dir, timeout });
const paths = (changes: readonly { status: string; path: string }[]) =>
  changes.map((c) => `${c.status} ${c.path}`);
const problem = (kind: Problem["kind"]) => expect.objectContaining({ name: "Problem", kind }) as Error;
const AUTHOR = { name: "Lapse", email: "lapse@lapse.invalid" };
const DATE = "2026-11-23T12:00:00Z";

/** Commits on the remote itself, as a forge does after a push. */
const onRemote = (parents: readonly string[], files: Record<string, string | null>, message?: string) =>
  commitFiles(ground.remote, parents, files, message);
const main = (commit: string) => git(ground.remote, "update-ref", "refs/heads/main", commit);

async function seeded(): Promise<string> {
  const root = await onRemote([], { "README.md": "hello\n" });
  await main(root);
  return root;
}

test("fetch follows main, the default branch and the ledger, and forgets a ledger that is gone", async () => {
  const root = await seeded();
  const repo = open(await ground.clone());
  expect(await repo.fetch()).toBe(true);
  expect(await repo.defaultBranch()).toBe("main");
  expect(await repo.remoteTip("main")).toBe(root);
  expect(await repo.remoteTip("lapse/ledger")).toBeUndefined();
  const next = await onRemote([root], { a: "1" });
  await main(next);
  await git(ground.remote, "update-ref", "refs/heads/lapse/ledger", root);
  expect(await repo.fetch()).toBe(true);
  expect(await repo.remoteTip("main")).toBe(next);
  expect(await repo.remoteTip("lapse/ledger")).toBe(root);
  await git(ground.remote, "update-ref", "-d", "refs/heads/lapse/ledger");
  expect(await repo.fetch()).toBe(true);
  expect(await repo.remoteTip("lapse/ledger")).toBeUndefined();
  expect(await repo.remoteName()).toBe("acme/access");
});

test("an unreachable remote is no Problem: the last fetched state stands", async () => {
  const root = await seeded();
  const repo = open(await ground.clone());
  await rename(ground.remote, `${ground.remote}.away`);
  expect(await repo.fetch()).toBe(false);
  expect(await repo.remoteTip("main")).toBe(root);
  await expect(repo.push(root, "x")).rejects.toEqual(problem("unavailable"));
});

test("a remote that never answers is given up in bounded time", async () => {
  await seeded();
  const dir = await ground.clone();
  const silent = createTcp().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  try {
    const { port } = silent.address() as AddressInfo;
    await git(dir, "remote", "set-url", "origin", `http://127.0.0.1:${port}/acme/access.git`);
    const started = performance.now();
    expect(await open(dir, 1000).fetch()).toBe(false);
    expect(performance.now() - started).toBeLessThan(6000);
    await git(dir, "remote", "set-url", "origin", "ssh://lapse.invalid/acme/access.git");
    const stuck = gitRepo({ dir, timeout: 500, env: { PATH: "/usr/bin:/bin", GIT_SSH_COMMAND: "sleep 9;" } });
    const restarted = performance.now();
    expect(await stuck.fetch()).toBe(false);
    expect(performance.now() - restarted).toBeLessThan(5000);
  } finally {
    silent.close();
  }
});

test("a refused token is a Problem of kind forbidden, and the token stays out of it and of every argument", async () => {
  await seeded();
  const dir = await ground.clone();
  const headers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers.authorization);
    response.writeHead(403).end("no");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://someone:secret@127.0.0.1:${port}/acme/access.git`;
    await git(dir, "remote", "set-url", "origin", url);
    await git(dir, "config", `http.http://127.0.0.1:${port}/.extraheader`, "Authorization: Basic b2xk");
    const token = randomBytes(12).toString("hex");
    const refused = await gitRepo({ dir, token, timeout: 20_000 })
      .fetch()
      .catch((thrown: unknown) => thrown as Problem);
    expect(refused).toEqual(problem("forbidden"));
    expect(JSON.stringify(refused) + String(refused)).not.toMatch(new RegExp(`${token}|secret`));
    expect(headers[0]).toBe(`Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`);
  } finally {
    server.close();
  }
});

test("a clone without such a remote, or no clone at all, is misconfigured", async () => {
  await seeded();
  const dir = await ground.clone();
  await git(dir, "remote", "remove", "origin");
  await expect(open(dir).fetch()).rejects.toEqual(problem("misconfigured"));
  await expect(open(join(ground.dir, "nowhere")).remoteTip("main")).rejects.toEqual(problem("misconfigured"));
});

test("trees show what is there: links, submodules, executables and names with line breaks", async () => {
  const blob = await feed(ground.remote, "x", "hash-object", "-w", "--stdin");
  const commit = "1".repeat(40);
  const lines = [
    `100644 blob ${blob}\ta.yaml`,
    `100644 blob ${blob}\tb\nc.yaml`,
    `100755 blob ${blob}\tx.yaml`,
    `120000 blob ${blob}\tlink.yaml`,
    `160000 commit ${commit}\tmodule`,
  ];
  const folder = await feed(ground.remote, lines.map((l) => `${l}\0`).join(""), "mktree", "-z", "--missing");
  const evil = await feed(
    ground.remote,
    `040000 tree ${folder}\trequests\u0000100644 blob ${blob}\trequests-evil\u0000`,
    "mktree",
    "-z",
  );
  const tip = await git(ground.remote, "commit-tree", evil, "-m", "evil");
  const repo = open(ground.remote);
  const entries = await repo.tree(tip, "requests");
  expect(entries.map((e) => `${e.mode} ${e.path}`)).toEqual([
    "100644 requests/a.yaml",
    "100644 requests/b\nc.yaml",
    "120000 requests/link.yaml",
    "160000 requests/module",
    "100755 requests/x.yaml",
  ]);
  expect(await repo.tree(tip, "")).toHaveLength(6);
  expect(await repo.oidAt(tip, "requests")).toBe(folder);
  expect(await repo.oidAt(tip, "requests/a.yaml")).toBe(blob);
  expect(await repo.oidAt(tip, "requests/b\nc.yaml")).toBe(blob);
  expect(await repo.oidAt(tip, "requests/none.yaml")).toBeUndefined();
  expect(await repo.oidAt(tip, "")).toBe(evil);
  expect(paths(await repo.diff("", tip))).toContain("A requests/b\nc.yaml");
});

test("what cannot be read is a Problem, never absent", async () => {
  const root = await seeded();
  const repo = open(await ground.clone());
  const unknown = "1".repeat(40);
  await expect(repo.oidAt(unknown, "README.md")).rejects.toEqual(problem("misconfigured"));
  await expect(repo.tree(unknown, "")).rejects.toEqual(problem("misconfigured"));
  await expect(repo.blobs([unknown])).rejects.toEqual(problem("misconfigured"));
  await expect(repo.blobs([root])).rejects.toEqual(problem("misconfigured"));
  await expect(repo.isAncestor(root, unknown)).rejects.toEqual(problem("misconfigured"));
  expect(await repo.isAncestor(unknown, root)).toBe(false);
});

test("C17: only ids and plain branch names reach git", async () => {
  const root = await seeded();
  const dir = await ground.clone();
  const repo = open(dir);
  const marker = join(ground.dir, "executed");
  const hostile = [
    `--upload-pack=touch ${marker}`,
    `--upload-pack=touch\${IFS}${marker}`,
    "-c",
    "a..b",
    "x*",
    "@{-1}",
    "",
  ];
  for (const name of hostile) {
    await expect(repo.remoteTip(name)).rejects.toEqual(problem("misconfigured"));
    await expect(repo.push(root, name)).rejects.toEqual(problem("misconfigured"));
    await expect(repo.tree(name, "")).rejects.toEqual(problem("misconfigured"));
    await expect(repo.steps(name, root)).rejects.toEqual(problem("misconfigured"));
  }
  await expect(
    repo.commit(root, [{ message: "m", files: { "../x": "1" }, author: AUTHOR, date: DATE }]),
  ).rejects.toEqual(problem("misconfigured"));
  expect(existsSync(marker)).toBe(false);
});

test("C17: a default branch with a hostile name is refused, and hooks and fsmonitor of the clone never run", async () => {
  const root = await seeded();
  const dir = await ground.clone();
  const marker = join(ground.dir, "executed");
  const script = join(ground.dir, "evil.sh");
  await writeFile(script, `#!/bin/sh\ntouch ${marker}\n`);
  await chmod(script, 0o755);
  for (const hook of ["pre-push", "reference-transaction"])
    await writeFile(join(dir, ".git", "hooks", hook), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
  await git(dir, "config", "core.fsmonitor", script);
  const repo = open(dir);
  await main(await onRemote([root], { b: "2" }));
  expect(await repo.fetch()).toBe(true);
  expect(await repo.worktreeFiles("")).toEqual(["README.md"]);
  expect(await repo.push(root, "copy")).toBe(true);
  const branch = `refs/heads/--upload-pack=touch\${IFS}${marker.replaceAll("/", "%")}`;
  await git(ground.remote, "update-ref", branch, root);
  await git(ground.remote, "symbolic-ref", "HEAD", branch);
  await expect(repo.fetch()).rejects.toEqual(problem("misconfigured"));
  expect(existsSync(marker)).toBe(false);
});

test("a thousand blobs come from one process, each once, byte for byte", async () => {
  const contents = Array.from({ length: 1000 }, (_, i) => `${i}\n\0${"x".repeat(i * 7)}`);
  const dir = ground.remote;
  const stream = contents.map((c, i) => `blob\nmark :${i + 1}\ndata ${c.length}\n${c}\n`).join("");
  await feed(dir, stream, "fast-import", "--quiet", `--export-marks=${join(ground.dir, "marks")}`);
  const oids = (await git(dir, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")).split("\n");
  const started = performance.now();
  const found = await open(dir).blobs([...oids, ...oids]);
  expect(performance.now() - started).toBeLessThan(3000);
  expect(found.size).toBe(1000);
  expect(new Set([...found.values()].map((b) => Buffer.from(b).toString()))).toEqual(new Set(contents));
});

test("the work tree lists what is there and not ignored", async () => {
  await seeded();
  const dir = await ground.clone();
  await writeFile(join(dir, ".gitignore"), "ignored\n");
  await writeFile(join(dir, "ignored"), "");
  await writeFile(join(dir, "new"), "");
  await rename(join(dir, "README.md"), join(dir, "moved"));
  expect(await open(dir).worktreeFiles("")).toEqual([".gitignore", "moved", "new"]);
});
