// Which settings must a forge tell, and how does it say that it may not?
import { expect, test } from "vitest";
import type { ForgeSettings } from "../../src/forge/forge.ts";
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";
import { CLASSIC, LEDGER, MAIN, WELL } from "../support/settings.ts";
import { byKind, eachScene, type ForgeWorld } from "./forge-world.ts";

export function tellsSettings(start: () => Promise<ForgeWorld>): void {
  let sandbox: Sandbox;
  let world: ForgeWorld;
  /** With an administrator's token. */
  let settings: ForgeSettings;
  eachScene(start, (scene) => {
    ({ sandbox, world } = scene);
    ({ settings } = scene.forge);
  });

  test("rules of a branch come with who may go around them", async () => {
    sandbox.configure({ rulesets: [MAIN, { ...LEDGER, enforcement: "disabled" }] });
    expect(await settings.branchRules("main")).toEqual([
      { kind: "no-deletion", from: 'ruleset "main"', bypass: [] },
      { kind: "no-force-push", from: 'ruleset "main"', bypass: [] },
      {
        kind: "pull-request",
        from: 'ruleset "main"',
        bypass: [],
        pull: { dismissStale: true, lastPush: true, methods: ["squash"] },
      },
      {
        kind: "checks",
        from: 'ruleset "main"',
        bypass: [],
        checks: [{ name: "lapse / check", app: 15_368 }],
      },
    ]);
    expect(await settings.branchRules("lapse/ledger")).toEqual([]);
    expect((await settings.rulesets()).map(({ name, enforcement }) => [name, enforcement])).toEqual([
      ["main", "active"],
      ["ledger", "disabled"],
    ]);
  });

  test("a branch whose name has a slash has rules, too", async () => {
    sandbox.configure({ rulesets: [LEDGER] });
    const rules = await settings.branchRules("lapse/ledger");
    expect(rules.map(({ kind }) => kind)).toEqual([
      "restrict-creations",
      "restrict-updates",
      "no-deletion",
      "no-force-push",
    ]);
    expect(rules[0]?.bypass).toEqual([{ kind: "Integration", id: 16_900, byPull: false }]);
  });

  test("more rules than fit on a page are all told", async () => {
    const rulesets = Array.from({ length: 20 }, (_, i) => ({ ...MAIN, id: i + 1, name: `r${i}` }));
    sandbox.configure({ rulesets });
    expect(await settings.branchRules("main")).toHaveLength(80);
    sandbox.configure({ secrets: Array.from({ length: 65 }, (_, i) => `S${i}`) });
    expect(await settings.secrets("repository")).toHaveLength(65);
  });

  test("whoever may not change a ruleset is not told that nobody goes around it", async () => {
    sandbox.configure({ rulesets: [MAIN] });
    const rules = await world.as("rita").settings.branchRules("main");
    expect(rules).toHaveLength(4);
    expect(rules.filter((rule) => "bypass" in rule)).toEqual([]);
  });

  test("classic protection is told as rules, with administrators who go around them", async () => {
    sandbox.configure({ protection: { main: CLASSIC } });
    const bypass = [{ kind: "RepositoryRole", id: 5, byPull: false }];
    const from = "branch protection";
    expect(await settings.branchProtection("main")).toEqual([
      { kind: "no-force-push", from, bypass },
      { kind: "pull-request", from, bypass, pull: { dismissStale: true, lastPush: false } },
      {
        kind: "checks",
        from,
        bypass,
        checks: [
          { name: "build", app: null },
          { name: "lapse / check", app: 15_368 },
        ],
      },
    ]);
    expect(await settings.branchProtection("other")).toEqual([]);
  });

  test("an environment with its branches and what delays it", async () => {
    expect(await settings.environment("lapse-apply")).toBeUndefined();
    sandbox.configure(WELL);
    expect(await settings.environment("lapse-apply")).toEqual({
      name: "lapse-apply",
      branches: "listed",
      patterns: [{ name: "main", type: "branch" }],
      adminsBypass: false,
      waitMinutes: 0,
      reviewers: false,
      others: [],
    });
    const [environment] = WELL.environments;
    const careless = { branches: "all", adminsBypass: true, waitMinutes: 30, reviewers: true } as const;
    sandbox.configure({ environments: environment ? [{ ...environment, ...careless }] : [] });
    expect(await settings.environment("lapse-apply")).toMatchObject({ ...careless, patterns: [] });
  });

  test("everything else in the words of the port", async () => {
    sandbox.configure({ ...WELL, secrets: ["A"], organisationSecrets: ["B"] });
    expect(await settings.merging()).toEqual({
      ...{ isPrivate: true, autoMerge: false, squash: true, merge: false, rebase: false },
    });
    expect(await settings.secrets("repository")).toEqual(["A"]);
    expect(await settings.secrets("organisation")).toEqual(["B"]);
    expect(await settings.secrets({ environment: "lapse-apply" })).toEqual(["LAPSE_APP_PRIVATE_KEY"]);
    expect(await settings.actions()).toEqual({ enabled: true, shaPinning: true });
    expect(await settings.workflowToken()).toEqual({ writes: false, approves: false });
    expect(await settings.forkWorkflows()).toEqual(WELL.forks);
    expect(await settings.workflows()).toContainEqual({
      path: ".github/workflows/expire.yml",
      state: "active",
    });
    sandbox.configure({ codeownersErrors: [{ line: 3, message: "Unknown owner\nmore" }] });
    expect(await settings.codeownersErrors()).toEqual([
      { path: ".github/CODEOWNERS", line: 3, message: "Unknown owner" },
    ]);
    expect(await settings.app("lapse")).toMatchObject({ id: 15_005, slug: "lapse" });
  });

  test("who has a number, and who has a login", async () => {
    sandbox.renameUser("bob", "robert");
    sandbox.addUser({ id: 66, login: "bob", token: "t-other" });
    expect(await settings.account(2)).toEqual({ id: 2, login: "robert", type: "User" });
    expect(await settings.holder("bob")).toMatchObject({ id: 66 });
    sandbox.deleteUser("robert");
    expect(await settings.account(2)).toBeNull();
    expect(await settings.holder("robert")).toBeNull();
  });

  test.each([
    ["secrets", (s: ForgeSettings) => s.secrets("repository"), "forbidden", "Secrets: read"],
    ["protection", (s: ForgeSettings) => s.branchProtection("main"), "misconfigured", "Administration: read"],
    ["Actions", (s: ForgeSettings) => s.actions(), "forbidden", "Administration: read"],
    ["workflows' token", (s: ForgeSettings) => s.workflowToken(), "forbidden", "Administration: read"],
    ["forks", (s: ForgeSettings) => s.forkWorkflows(), "forbidden", "Administration: read"],
  ] as const)("what a token may not see of %s is refused with the permission", async (_, ask, kind, fix) => {
    sandbox.configure(WELL);
    const refused = ask(world.as("bob").settings);
    await expect(refused).rejects.toMatchObject(byKind(kind));
    await expect(refused).rejects.toMatchObject({ fix: expect.stringContaining(fix) as string });
  });

  test("what is not shown of merging is not known", async () => {
    const nothing = { autoMerge: null, squash: null, merge: null, rebase: null };
    expect(await world.as("bob").settings.merging()).toEqual({ isPrivate: true, ...nothing });
  });

  test("a limit is not mistaken for a branch without protection, nor for a ruleset that is hidden", async () => {
    sandbox.configure({ rulesets: [MAIN] });
    sandbox.fault({ on: /rulesets\/7/, do: { is: "throttled", status: 403 } });
    await expect(settings.branchRules("main")).rejects.toMatchObject(byKind("unavailable"));
  });
}
