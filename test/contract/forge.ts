// What must every forge do? (the contract of the port, run against a server that behaves worse than GitHub)
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import type { ProblemKind } from "../../src/core/problem.ts";
import { fromEpoch } from "../../src/core/time.ts";
import type { Forge } from "../../src/forge/forge.ts";
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";

/** A running forge of nobody else's, with the users ann, bob, cy (write), rita (read), and the App `lapse[bot]`. */
export interface ForgeWorld {
  /** Server side of the forge. */
  readonly sandbox: Sandbox;
  /** The adapter under test, with the token of this user. Waiting is bounded by 3 s, calls by `timeout`. */
  readonly as: (login: string, options?: { readonly timeout?: number }) => Forge;
  /** Moves the server's clock. */
  readonly advance: (ms: number) => void;
  readonly now: () => number;
  readonly stop: () => Promise<void>;
}

const MINUTE = 60_000;
const request = "requests/db-read/one.yaml";
const byKind = (kind: ProblemKind) => ({ name: "Problem", kind });

async function problem(work: Promise<unknown>): Promise<Problem> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Problem);
  return thrown as Problem;
}

/** A pull request by ann that adds one request file, opened a minute after the push. */
async function opened(
  { sandbox, advance }: ForgeWorld,
  branch = "one",
): Promise<{ number: number; head: string }> {
  const head = await sandbox.push("ann", branch, { [request]: "spec: 1\n" });
  advance(MINUTE);
  const number = await sandbox.openPull("ann", { branch, title: `Access: ${branch}`, body: "please" });
  advance(MINUTE);
  return { number, head };
}

export function obeysForgeContract(name: string, start: () => Promise<ForgeWorld>): void {
  describe(name, () => {
    let world: ForgeWorld;
    let sandbox: Sandbox;
    let forge: Forge;
    beforeEach(async () => {
      world = await start();
      sandbox = world.sandbox;
      forge = world.as("ann");
      await sandbox.push("ann", "main", { "README.md": "hello\n" });
    });
    afterEach(async () => {
      await world.stop();
      expect(sandbox.violations).toEqual([]);
    });

    describe("facts", () => {
      test("tells the repository's id, default branch and address", async () => {
        expect(await forge.repository()).toEqual({
          id: sandbox.repositoryId,
          defaultBranch: "main",
          url: `${sandbox.url}/acme/access`,
        });
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
          head: { ref: "one", sha: head, repository: sandbox.repositoryId },
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
        expect(reviews.map(({ body }) => body)).toEqual([
          ...Array.from({ length: 100 }, (_, i) => `${i}`),
          "no",
        ]);
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
        await sandbox.push(
          "bob",
          "one",
          { "x.txt": "x" },
          { author: { name: "Eve", email: "eve@example.com" } },
        );
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
    });

    describe("changes", () => {
      test("opens a pull request once, however often it is asked to", async () => {
        await sandbox.push("ann", "lapse/ended/1", { [request]: "spec: 1\n" });
        const wanted = { title: "Ended", body: "done", head: "lapse/ended/1", base: "main" };
        const made = await forge.createPull(wanted);
        expect(made).toMatchObject({ title: "Ended", state: "open", head: { ref: "lapse/ended/1" } });
        expect((await forge.createPull(wanted)).number).toBe(made.number);
        expect((await forge.openPulls("lapse/")).map(({ number }) => number)).toEqual([made.number]);
        expect(await forge.openPulls("other/")).toEqual([]);
      });

      test("finds its pull request again when the answer to its opening got lost", async () => {
        await sandbox.push("ann", "lapse/ended/1", { [request]: "spec: 1\n" });
        sandbox.fault({ on: /^POST .*\/pulls$/, do: { is: "hang", effect: "after" } });
        const wanted = { title: "Ended", body: "done", head: "lapse/ended/1", base: "main" };
        const hasty = world.as("ann", { timeout: 500 });
        await expect(hasty.createPull(wanted)).rejects.toMatchObject(byKind("unavailable"));
        await forge.createPull(wanted);
        expect(await forge.openPulls("lapse/")).toHaveLength(1);
      });

      test("changes the title and the body of a pull request apart", async () => {
        const { number } = await opened(world);
        await forge.updatePull(number, { title: "new" });
        expect(await forge.pullBody(number)).toBe("please");
        await forge.updatePull(number, { body: "text" });
        expect((await forge.pull(number)).title).toBe("new");
        expect(await forge.pullBody(number)).toBe("text");
      });

      test.each(["ann", "lapse[bot]"])("keeps one comment per marker as %s", async (login) => {
        const { number } = await opened(world);
        const own = world.as(login);
        // A lookalike by somebody else stays what it is.
        await world.as("cy").upsertComment(number, "<!-- lapse -->", "mine");
        await own.upsertComment(number, "<!-- lapse -->", "first");
        await own.upsertComment(number, "<!-- lapse -->", "second");
        await own.upsertComment(number, "<!-- other -->", "third");
        const writes = () => sandbox.calls.filter(({ call }) => /^(POST|PATCH)/.test(call)).length;
        const before = writes();
        await own.upsertComment(number, "<!-- lapse -->", "second");
        expect(writes()).toBe(before);
        expect(sandbox.comments(number).map(({ body }) => body)).toEqual([
          "<!-- lapse -->\nmine",
          "<!-- lapse -->\nsecond",
          "<!-- other -->\nthird",
        ]);
      });

      test("writes a completed check run, for which it must be an App", async () => {
        const { head } = await opened(world);
        const run = { name: "lapse", ok: false, title: "denied", summary: "because" };
        await world.as("lapse[bot]").checkRun(head, run);
        expect(sandbox.checks(head)).toMatchObject([
          { name: "lapse", conclusion: "failure", title: "denied" },
        ]);
        await expect(forge.checkRun(head, run)).rejects.toMatchObject(byKind("forbidden"));
      });
    });

    describe("trouble", () => {
      test("says what a token lacks", async () => {
        const { number } = await opened(world);
        const denied = await problem(
          world
            .as("rita")
            .upsertComment(number, "m", "x")
            .then(() => world.as("rita").permission({ id: 1, login: "ann", type: "User" })),
        );
        expect(denied.kind).toBe("forbidden");
        expect(denied.fix).toContain("permission");
        expect((await problem(world.as("stranger").repository())).kind).toBe("forbidden");
        sandbox.setPermission("rita", "none");
        expect((await problem(world.as("rita").repository())).kind).toBe("misconfigured");
      });

      test("asks again after a server error, and gives up as unavailable", async () => {
        sandbox.fault({ on: /^GET \/user/, do: { is: "error", status: 502 }, times: 2 });
        expect(await forge.whoami()).toMatchObject({ id: 1 });
        sandbox.fault({ on: /^GET \/user/, do: { is: "error", status: 500 }, times: 3 });
        await expect(forge.whoami()).rejects.toMatchObject(byKind("unavailable"));
      });

      test("waits as long as a 429 asks, and everything else waits with it", async () => {
        sandbox.fault({ on: /^GET \/user/, do: { is: "throttled", status: 429, retryAfter: 1 } });
        const started = performance.now();
        const first = forge.whoami();
        await new Promise((resolve) => setTimeout(resolve, 250));
        const [me, repository] = await Promise.all([first, forge.repository()]);
        expect(me).toMatchObject({ id: 1 });
        expect(repository.defaultBranch).toBe("main");
        expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
      });

      test.each([
        [
          "a 403 that asks for more than the budget",
          { is: "throttled", status: 403, retryAfter: 600 } as const,
        ],
        ["a 403 that does not say how long", { is: "throttled", status: 403 } as const],
        ["a 429 that does not say how long", { is: "throttled", status: 429 } as const],
      ])("gives up at once on %s", async (_, how) => {
        sandbox.fault({ on: /^GET \/user/, do: how });
        const started = performance.now();
        await expect(forge.whoami()).rejects.toMatchObject(byKind("unavailable"));
        await expect(forge.repository()).rejects.toMatchObject(byKind("unavailable"));
        expect(performance.now() - started).toBeLessThan(1000);
        expect(sandbox.calls.map(({ call }) => call)).toEqual(["GET /user"]);
      });

      test("does not wait for an answer that never comes", async () => {
        sandbox.fault({ on: /^GET \/user/, do: { is: "hang", effect: "before" } });
        const started = performance.now();
        await expect(world.as("ann", { timeout: 300 }).whoami()).rejects.toMatchObject(byKind("unavailable"));
        expect(performance.now() - started).toBeLessThan(1000);
      });

      test.each([
        ["cut short", { is: "cut" } as const, 1],
        ["reset", { is: "reset", effect: "before" } as const, 3],
      ])("never takes an answer that was %s for an answer", async (_, how, times) => {
        const { number } = await opened(world);
        await sandbox.review("bob", number, "CHANGES_REQUESTED", { body: "no" });
        sandbox.fault({ on: /reviews/, do: how, times });
        await expect(forge.reviews(number)).rejects.toMatchObject(byKind("unavailable"));
        expect(await forge.reviews(number)).toHaveLength(1);
      });

      test("fails as a whole when a later page fails", async () => {
        const { number } = await opened(world);
        for (let i = 0; i < 35; i += 1) await sandbox.review("cy", number, "COMMENTED", { body: "x" });
        sandbox.fault({ on: /reviews.*[?&]page=2/, do: { is: "error", status: 403, message: "no" } });
        await expect(forge.reviews(number)).rejects.toMatchObject(byKind("forbidden"));
      });

      test("does not write twice when the answer to a write got lost", async () => {
        const { number } = await opened(world);
        sandbox.fault({ on: /^POST .*\/comments/, do: { is: "reset", effect: "after" } });
        await expect(forge.upsertComment(number, "m", "x")).rejects.toMatchObject(byKind("unavailable"));
        await forge.upsertComment(number, "m", "x");
        expect(sandbox.comments(number)).toHaveLength(1);
      });

      test("is told that nothing has changed, and gives the same answer", async () => {
        const { number } = await opened(world);
        await sandbox.review("bob", number, "APPROVED");
        const first = await forge.reviews(number);
        expect(await forge.reviews(number)).toEqual(first);
        expect(sandbox.calls.map(({ status }) => status)).toEqual([200, 304]);
        await sandbox.review("bob", number, "CHANGES_REQUESTED", { body: "wait" });
        expect(await forge.reviews(number)).toHaveLength(2);
      });

      test("is unavailable when nobody listens", async () => {
        await sandbox.stop();
        const failed = await problem(forge.repository());
        expect(failed.kind).toBe("unavailable");
        expect(`${failed.message} ${failed.fix} ${String(failed.cause)}`).not.toContain("t-ann");
      });
    });
  });
}
