// What must every forge tell, and never tell wrongly?
import { expect, test } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { fromEpoch } from "../../src/core/time.ts";
import type { Forge } from "../../src/forge/forge.ts";
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";
import { byKind, eachScene, MINUTE, opened, request } from "./forge-world.ts";
import type { ForgeWorld } from "./forge-world.ts";

/** Reads: complete, and true to the server's ids and times. */
export function tellsFacts(start: () => Promise<ForgeWorld>): void {
  let world: ForgeWorld;
  let sandbox: Sandbox;
  let forge: Forge;
  eachScene(start, (scene) => {
    ({ world, sandbox, forge } = scene);
  });

  test("tells the repository's id, default branch and address", async () => {
    expect(await forge.repository()).toEqual({
      id: sandbox.repositoryId,
      defaultBranch: "main",
      url: `${sandbox.url}/acme/access`,
    });
  });

  test("tells its time, whatever time it is here", async () => {
    world.advance(40 * MINUTE);
    expect(await forge.time()).toBe(Math.floor(world.now() / 1000) * 1000);
  });

  test("knows whose token it has, and that an App's token does not tell", async () => {
    expect(await forge.whoami()).toEqual({ id: 1, login: "ann", type: "User" });
    expect(await world.as("lapse[bot]").whoami()).toBeNull();
  });

  test("reads an open pull request", async () => {
    const { number, head } = await opened(world);
    expect(await forge.pull(number)).toEqual({
      number,
      title: "Access: one",
      url: `${sandbox.url}/acme/access/pull/${number}`,
      state: "open",
      merged: false,
      mergedAt: null,
      mergedBy: null,
      createdAt: fromEpoch(world.now() - MINUTE),
      author: { id: 1, login: "ann", type: "User" },
      base: { ref: "main", repository: sandbox.repositoryId },
      head: {
        ref: "one",
        sha: head,
        repository: sandbox.repositoryId,
        owner: { id: 4712, login: "acme", type: "Organization" },
      },
      mergeCommit: null,
    });
    expect(await forge.pullBody(number)).toBe("please");
    const again = await forge.pull(number);
    expect(again.merged).toBe(false);
    // A test merge, which is on no branch.
    expect(again.mergeCommit).toMatch(/^[0-9a-f]{40}$/);
  });

  test.each(["merge", "squash", "rebase"] as const)("reads a pull request after a %s", async (method) => {
    const { number } = await opened(world);
    const commit = await sandbox.merge("bob", number, { method });
    expect(await forge.pull(number)).toMatchObject({
      state: "closed",
      merged: true,
      mergedAt: world.now(),
      mergedBy: { id: 2, login: "bob" },
      mergeCommit: commit,
    });
    expect(sandbox.tip("main")).toBe(commit);
    expect(await forge.pullsOf(commit)).toEqual([number]);
  });

  test("names open and merged pull requests of a commit", async () => {
    const { number, head } = await opened(world);
    await sandbox.push("bob", "stacked", { "b.txt": "b" }, { parent: head });
    const stacked = await sandbox.openPull("bob", { branch: "stacked", title: "on top" });
    await sandbox.merge("bob", number);
    expect(await forge.pullsOf(head)).toEqual([number, stacked]);
  });

  test("tells a fork's repository from ours", async () => {
    await sandbox.push("cy", "one", { [request]: "spec: 1\n" }, { fork: true });
    const number = await sandbox.openPull("cy", { branch: "one", title: "x", headRepository: "fork" });
    const { base, head } = await forge.pull(number);
    expect(base.repository).toBe(sandbox.repositoryId);
    expect(head.repository).not.toBe(sandbox.repositoryId);
    expect(await forge.openPulls("")).toEqual([]);
  });

  test("reads every page: a veto as review 101", async () => {
    const { number } = await opened(world);
    for (let i = 0; i < 100; i += 1) await sandbox.review("cy", number, "COMMENTED", { body: `${i}` });
    await sandbox.review("bob", number, "CHANGES_REQUESTED", { body: "no" });
    const reviews = await forge.reviews(number);
    expect(reviews.map(({ body }) => body)).toEqual([...Array.from({ length: 100 }, (_, i) => `${i}`), "no"]);
    expect(reviews.at(-1)).toMatchObject({ state: "CHANGES_REQUESTED", user: { id: 2 } });
  });

  test("sees the item that comes after a full last page", async () => {
    const { number } = await opened(world);
    for (let i = 0; i < 30; i += 1) await sandbox.review("cy", number, "COMMENTED", { body: `${i}` });
    expect(await forge.reviews(number)).toHaveLength(30);
    await sandbox.review("bob", number, "CHANGES_REQUESTED", { body: "no" });
    expect(await forge.reviews(number)).toHaveLength(31);
  });

  test("shows an approval as the server does, moved forward by a force-push", async () => {
    const { number, head } = await opened(world);
    const id = await sandbox.review("bob", number, "APPROVED", { body: "ok" });
    await sandbox.review("cy", number, "COMMENTED", { body: "hm" });
    const at = world.now();
    world.advance(MINUTE);
    const after = await sandbox.push("ann", "one", { [request]: "spec: 2\n" }, { force: true });
    const reviews = await forge.reviews(number);
    expect(reviews[0]).toEqual({
      id,
      user: { id: 2, login: "bob", type: "User" },
      state: "APPROVED",
      submittedAt: at,
      commit: after,
      body: "ok",
    });
    expect(reviews[1]?.commit).toBe(head);
    expect(await forge.timeline(number)).toContainEqual({
      event: "head_ref_force_pushed",
      at: world.now(),
      actor: { id: 1, login: "ann", type: "User" },
    });
  });

  test("keeps the time of a dismissed review", async () => {
    const { number } = await opened(world);
    const id = await sandbox.review("bob", number, "APPROVED");
    const at = world.now();
    world.advance(MINUTE);
    await sandbox.dismiss("cy", number, id);
    expect(await forge.reviews(number)).toMatchObject([{ id, state: "DISMISSED", submittedAt: at }]);
  });

  test("shows a deleted account as nobody", async () => {
    const { number } = await opened(world);
    await sandbox.review("bob", number, "APPROVED");
    sandbox.deleteUser("bob");
    sandbox.deleteUser("ann");
    const cy = world.as("cy");
    expect(await cy.reviews(number)).toMatchObject([{ user: null, state: "APPROVED" }]);
    expect((await cy.pull(number)).author).toBeNull();
    expect((await cy.activity("one", fromEpoch(0))).map(({ actor }) => actor)).toEqual([null]);
  });

  test("names the accounts of authors and committers, and nobody where it knows none", async () => {
    const { number } = await opened(world);
    await sandbox.push("bob", "one", { "x.txt": "x" }, { author: { name: "Eve", email: "eve@example.com" } });
    const ann = { id: 1, login: "ann", type: "User" };
    expect(await forge.committers(number)).toEqual([ann, ann, null, null]);
  });

  test("refuses a list of commits that the server has cut", async () => {
    const commits = Array.from({ length: 251 }, (_, i) => ({ "x.txt": `${i}` }));
    await sandbox.push("ann", "long", commits);
    const number = await sandbox.openPull("ann", { branch: "long", title: "long" });
    await expect(forge.committers(number)).rejects.toMatchObject(byKind("misconfigured"));
  });

  test("reads the activity of one branch, newest first, over all pages", async () => {
    const start = world.now();
    for (let i = 0; i < 33; i += 1) {
      world.advance(1000);
      await sandbox.push("bob", "busy", { "x.txt": `${i}` });
    }
    world.advance(1000);
    const tip = await sandbox.push("ann", "busy", { "x.txt": "new" }, { force: true });
    const feed = await forge.activity("busy", fromEpoch(start));
    expect(feed.map(({ kind }) => kind)).toEqual([
      "force_push",
      ...Array.from({ length: 32 }, () => "push"),
      "branch_creation",
    ]);
    expect(feed[0]).toMatchObject({
      ref: "refs/heads/busy",
      after: tip,
      at: world.now(),
      actor: { id: 1 },
    });
    expect(feed[0]?.before).toBe(feed[1]?.after);
  });

  test("stops reading the activity once entries are older than asked for", async () => {
    for (let i = 0; i < 65; i += 1) {
      world.advance(1000);
      await sandbox.push("bob", "busy", { "x.txt": `${i}` });
    }
    const before = sandbox.calls.length;
    const feed = await forge.activity("busy", fromEpoch(world.now() - 10_000));
    expect(feed).toHaveLength(11);
    expect(sandbox.calls.length - before).toBe(1);
  });

  test("finds a blob at a commit that no branch has any more", async () => {
    const { head } = await opened(world);
    await sandbox.push("ann", "one", { [request]: "spec: 2\n" }, { force: true });
    // `git hash-object` of "spec: 1\n"
    expect(await forge.blobAt(request, head)).toBe("c86cf866beb816d4796ec3f3878f4e64c554dc91");
    expect(await forge.blobAt("requests/db-read/two.yaml", head)).toBeUndefined();
    expect(await forge.blobAt("requests/db-read", head)).toBeUndefined();
  });

  test("never follows a symbolic link to a blob", async () => {
    const link = { mode: "120000", content: "../README.md" };
    const commit = await sandbox.push("ann", "link", { "requests/link.yaml": link });
    expect(await forge.blobAt("requests/link.yaml", commit)).toBeUndefined();
  });

  test("does not say absent of a commit that the server does not know", async () => {
    await expect(forge.blobAt(request, "1".repeat(40))).rejects.toBeInstanceOf(Problem);
  });

  test("reads every comment of an issue with its times, and says when the issue is gone", async () => {
    const wanted = { marker: "<!-- m -->", title: "Review", body: "please", labels: [] };
    const issue = await forge.openIssue(wanted, fromEpoch(world.now()));
    for (let i = 0; i < 35; i += 1) sandbox.comment("bob", issue, `${i}`);
    const written = fromEpoch(world.now());
    world.advance(MINUTE);
    const id = sandbox.comment("cy", issue, "before");
    world.advance(MINUTE);
    sandbox.editComment("ann", id, "after");
    const comments = await forge.issueComments(issue);
    expect(comments).toHaveLength(36);
    expect(comments?.[0]).toMatchObject({ body: "0", createdAt: written, updatedAt: written });
    expect(comments?.at(-1)).toEqual({
      ...{ id, user: { id: 3, login: "cy", type: "User" }, body: "after" },
      ...{ createdAt: written + MINUTE, updatedAt: written + 2 * MINUTE },
    });
    sandbox.deleteIssue("ann", issue);
    expect(await forge.issueComments(issue)).toBeUndefined();
    await expect(forge.issueComments(issue + 1)).rejects.toBeInstanceOf(Problem);
  });

  test("tells permissions by account, not by login", async () => {
    const ann = { id: 1, login: "ann", type: "User" };
    const bob = { id: 2, login: "bob", type: "User" };
    expect(await forge.permission(ann)).toBe("admin");
    expect(await forge.permission(bob)).toBe("write");
    expect(await forge.permission({ id: 4, login: "rita", type: "User" })).toBe("read");
    sandbox.renameUser("bob", "robert");
    sandbox.addUser({ id: 66, login: "bob", token: "t-new-bob", permission: "admin" });
    expect(await forge.permission(bob)).toBe("none");
    expect(await forge.permission({ ...bob, login: "nobody" })).toBe("none");
  });
}
