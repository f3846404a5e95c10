// Does the sandbox speak GitHub's language? (every operation, checked against GitHub's own description)
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSandbox } from "../src/sandbox/github/sandbox.ts";
import type { Sandbox } from "../src/sandbox/github/sandbox.ts";
import { call as callOf } from "./support/openapi-call.ts";
import { againstOpenApi, operations } from "./support/openapi.ts";
import { CLASSIC, WELL } from "./support/settings.ts";

const MINUTE = 60_000;
/** Something of everything, so that every answer has a shape to check. */
const SETTINGS = {
  ...WELL,
  protection: { main: CLASSIC },
  secrets: ["A"],
  organisationSecrets: ["B"],
  codeownersErrors: [{ line: 2, message: "Unknown owner" }],
};
const REPO = "/repos/acme/access";
let dir: string;
let now: number;
let sandbox: Sandbox;
let seen: Set<string>;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "lapse-sandbox-"));
  seen = new Set();
  now = Date.parse("2026-11-23T10:00:00Z");
  sandbox = await startSandbox({
    dir: join(dir, "server"),
    repository: "acme/access",
    clock: () => now,
    validate: againstOpenApi(seen),
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

const call = (what: string, body?: object, token?: string) => callOf(sandbox, what, body, token);

test("every operation that is described is served as described", async () => {
  const head = await sandbox.push("bob", "one", { "x.txt": "1", "dir/y.txt": "2" });
  const pull = { title: "one", head: "one", base: "main", body: "please" };
  const made = (await call(`POST ${REPO}/pulls`, pull, "t-bob")).json as { number: number };
  const at = `${REPO}/pulls/${made.number}`;
  const id = async (what: string, body: object, token = "t-ann") =>
    ((await call(what, body, token)).json as { id: number }).id;
  expect((await call(`POST ${at}/reviews`, { event: "APPROVE" }, "t-bob")).status).toBe(422);
  const review = await id(`POST ${at}/reviews`, { event: "APPROVE", body: "ok", commit_id: head });
  await id(`POST ${at}/reviews`, { event: "REQUEST_CHANGES", body: "no" });
  await call(`PUT ${at}/reviews/${review}/dismissals`, { message: "stale" });
  const comment = await id(`POST ${REPO}/issues/1/comments`, { body: "hello" }, "t-bot");
  await call(`PATCH ${REPO}/issues/comments/${comment}`, { body: "bye" }, "t-bot");
  const issue = { title: "review", body: "please", labels: ["lapse"] };
  const { number: asked } = (await call(`POST ${REPO}/issues`, issue, "t-bot")).json as { number: number };
  expect(asked).toBe(2);
  const run = {
    name: "lapse",
    head_sha: head,
    status: "completed",
    conclusion: "success",
    output: { title: "t", summary: "s" },
  };
  const check = await id(`POST ${REPO}/check-runs`, run, "t-bot");
  await call(`PATCH ${at}`, { title: "uno" });
  now += MINUTE;
  await sandbox.push("bob", "one", { "x.txt": "2" }, { force: true });
  await sandbox.push("bob", "other", { "z.txt": "2" });
  await sandbox.retarget("bob", made.number, "other");
  await sandbox.retarget("bob", made.number, "main");
  sandbox.configure(SETTINGS);
  const reads = [
    "/user",
    "/users/bob",
    "/rate_limit",
    REPO,
    at,
    `${at}/reviews`,
    `${at}/reviews/${review}`,
    `${at}/commits`,
    `${at}/files`,
    `${REPO}/pulls?state=all`,
    `${REPO}/commits/${head}/pulls`,
    `${REPO}/activity?ref=refs/heads/one&per_page=1`,
    `${REPO}/issues/1/comments`,
    `${REPO}/issues?state=all&since=2026-11-01T00:00:00Z`,
    `${REPO}/issues/${asked}`,
    `${REPO}/issues/comments/${comment}`,
    `${REPO}/commits/${head}/check-runs`,
    `${REPO}/check-runs/${check}`,
    `${REPO}/contents/dir?ref=${head}`,
    `${REPO}/contents/dir%2Fy.txt?ref=${head}`,
    `${REPO}/git/ref/heads/main`,
    `${REPO}/git/matching-refs/heads/o`,
    `${REPO}/git/commits/${head}`,
    `${REPO}/collaborators/bob/permission`,
    `${REPO}/rules/branches/main`,
    `${REPO}/rulesets`,
    `${REPO}/rulesets/7`,
    `${REPO}/branches/main/protection`,
    `${REPO}/environments`,
    `${REPO}/environments/lapse-apply/deployment-branch-policies`,
    `${REPO}/environments/lapse-apply/secrets`,
    `${REPO}/actions/secrets`,
    `${REPO}/actions/organization-secrets`,
    `${REPO}/actions/permissions`,
    `${REPO}/actions/permissions/workflow`,
    `${REPO}/actions/permissions/fork-pr-workflows-private-repos`,
    `${REPO}/actions/workflows`,
    `${REPO}/codeowners/errors`,
    "/user/2",
    "/apps/lapse",
  ];
  for (const path of reads) expect([path, (await call(`GET ${path}`)).status]).toEqual([path, 200]);
  expect((await call(`GET ${at}/merge`)).status).toBe(404);
  expect((await call(`PUT ${at}/merge`, { merge_method: "rebase" })).json).toMatchObject({ merged: true });
  expect((await call(`GET ${at}/merge`)).status).toBe(204);
  const events = ((await call(`GET ${REPO}/issues/1/timeline`)).json as { event: string }[]).map(
    ({ event }) => event,
  );
  expect(events.toSorted()).toEqual([
    "base_ref_changed",
    "base_ref_changed",
    "closed",
    "commented",
    "committed",
    "head_ref_force_pushed",
    "merged",
    "review_dismissed",
    "reviewed",
    "reviewed",
  ]);
  expect(sandbox.violations).toEqual([]);
  expect([...operations].filter((operation) => !seen.has(operation))).toEqual([]);
  expect(operations.size).toBeGreaterThanOrEqual(47);
});

test("the check against GitHub's description finds a wrong answer", () => {
  const exchange = {
    method: "GET",
    path: REPO,
    query: {},
    sent: undefined,
    status: 200,
    answered: { id: "x" },
  };
  expect(againstOpenApi()(exchange).join()).toContain("must have required property");
  expect(againstOpenApi()({ ...exchange, path: "/unknown" })).toEqual(["not described: GET /unknown"]);
  const asked = { ...exchange, status: 404, query: { nonsense: "1" } };
  expect(againstOpenApi()(asked)).toEqual([]);
  expect(againstOpenApi()({ ...asked, status: 301, answered: {} }).join()).toContain("no parameter nonsense");
});
