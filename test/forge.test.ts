// Does the GitHub adapter keep the promises of the port, over real HTTP and with the real Octokit?
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { github } from "../src/forge/github.ts";
import { startSandbox } from "../src/sandbox/github/sandbox.ts";
import { obeysForgeContract } from "./contract/forge.ts";
import type { ForgeWorld } from "./contract/forge-world.ts";
import { againstOpenApi } from "./support/openapi.ts";

async function world(kindPages: boolean): Promise<ForgeWorld> {
  const dir = await mkdtemp(join(tmpdir(), "lapse-forge-"));
  let now = Date.parse("2026-11-23T10:00:00Z");
  const sandbox = await startSandbox({
    dir,
    repository: "acme/access",
    clock: () => now,
    kindPages,
    validate: againstOpenApi(),
    users: [
      { id: 1, login: "ann", token: "t-ann", permission: "admin" },
      { id: 2, login: "bob", token: "t-bob" },
      { id: 3, login: "cy", token: "t-cy" },
      { id: 4, login: "rita", token: "t-rita", permission: "read" },
      { id: 5, login: "lapse[bot]", token: "t-lapse[bot]", type: "Bot" },
    ],
  });
  return {
    sandbox,
    as: (login, options) =>
      github({
        apiUrl: sandbox.apiUrl,
        repository: "acme/access",
        token: `t-${login}`,
        patience: 3000,
        ...options,
      }),
    advance: (ms) => {
      now += ms;
    },
    now: () => now,
    stop: async () => {
      await sandbox.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

obeysForgeContract("GitHub", () => world(false));

test("pages as large as asked for are read as well", async () => {
  const { sandbox, as, stop } = await world(true);
  await sandbox.push("ann", "main", { "README.md": "" });
  await sandbox.push("ann", "one", { "x.txt": "x" });
  const number = await sandbox.openPull("ann", { branch: "one", title: "x" });
  for (let i = 0; i < 101; i += 1) await sandbox.review("cy", number, "COMMENTED", { body: `${i}` });
  expect(await as("ann").reviews(number)).toHaveLength(101);
  expect(sandbox.calls).toHaveLength(2);
  await stop();
  expect(sandbox.violations).toEqual([]);
});

test.each(["http://github.example/api/v3", "nonsense", ""])("the token does not go to %j", (apiUrl) => {
  expect(() => github({ apiUrl, repository: "acme/access", token: "t" })).toThrow(/no https address/);
});

test.each(["", "acme", "acme/access/x", "/access"])("%j is no repository", (repository) => {
  expect(() => github({ apiUrl: "http://127.0.0.1:1", repository, token: "t" })).toThrow(
    /no name of a repository/,
  );
});
