// Does the doctor see every way around the rules that Lapse and its people rely on?
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { Problem } from "../../src/core/problem.ts";
import type { EnvironmentRecord, RulesetRecord, Settings } from "../../src/sandbox/github/settings.ts";
import { examinedBy, FILES } from "../support/doctor.ts";
import { APPLIER_APP, CLASSIC, LEDGER, MAIN, WELL } from "../support/settings.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

let w: World;
beforeAll(async () => {
  w = await world({ files: FILES });
});
afterAll(async () => {
  await w.stop();
});
beforeEach(() => {
  w.forge.configure(WELL);
});

const examined = (as = "grace", change: Partial<Context> = {}) => examinedBy(w, as, change);

const [APPLY] = WELL.environments as readonly [EnvironmentRecord];
const environment = (change: Partial<EnvironmentRecord>): Partial<Settings> => ({
  environments: [{ ...APPLY, ...change }],
});
const main = (change: Partial<RulesetRecord>): Partial<Settings> => ({
  rulesets: [{ ...MAIN, ...change }, LEDGER],
});
const ledger = (change: Partial<RulesetRecord>): Partial<Settings> => ({
  rulesets: [MAIN, { ...LEDGER, ...change }],
});
const without = ({ rules }: RulesetRecord, type: string) => rules.filter((rule) => rule.type !== type);
const replaced = (type: string, parameters: object) =>
  main({ rules: [...without(MAIN, type), { type, parameters }] });
const PULL = MAIN.rules.find(({ type }) => type === "pull_request")?.parameters ?? {};
const TEAM = { actor_id: 9, actor_type: "Team", bypass_mode: "always" } as const;

describe("a repository", () => {
  it("that is set up as it should be passes", async () => {
    expect(await examined()).toEqual({ code: 0, errors: [], warnings: [] });
  });

  // Title, what is wrong, and the only error that may come of it.
  it.each<readonly [string, Partial<Settings>, string]>([
    [
      "A11: workflows that may approve pull requests fail",
      { workflowsApprove: true },
      "LPS932 workflows can approve pull requests",
    ],
    [
      "workflows that may write by default fail",
      { workflowsWrite: true },
      "LPS931 a workflow without permissions of its own may write",
    ],
    [
      "a main that takes pushes fails",
      main({ rules: without(MAIN, "pull_request") }),
      "LPS911 no rule of main asks for a pull request",
    ],
    [
      "E1: a main that takes forced pushes fails",
      main({ rules: without(MAIN, "non_fast_forward") }),
      "LPS914 no rule of main blocks force pushes",
    ],
    [
      "a ruleset that is only tried out fails",
      main({ enforcement: "evaluate" }),
      "LPS911 no rule of main asks for a pull request",
    ],
    [
      "A23: a rule of main that somebody can go around fails",
      main({ bypass: [TEAM] }),
      "LPS915 the team 9 can go around the rules of main",
    ],
    [
      "C2: a required check that any writer can post fails",
      replaced("required_status_checks", {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: "lapse / check" }],
      }),
      'LPS916 anybody who can write may report the required check "lapse / check" as passed',
    ],
    [
      "E1, E2: a ledger without any rule fails",
      { rulesets: [MAIN] },
      "LPS921 no rule of lapse/ledger restricts who may update it, or restricts who may create it, or forbids its deletion, or blocks force pushes",
    ],
    [
      "E4: a ledger that every writer can append to fails",
      ledger({ rules: without(LEDGER, "update") }),
      "LPS921 no rule of lapse/ledger restricts who may update it",
    ],
    [
      "E4: a second one who may write to the ledger fails",
      ledger({ bypass: [...LEDGER.bypass, TEAM] }),
      "LPS922 the team 9 may write to lapse/ledger",
    ],
    [
      "a ledger that not even the App may write to fails",
      ledger({ bypass: [] }),
      "LPS922 no App may write to lapse/ledger: nothing that happens can be recorded",
    ],
    [
      "C6, F1: a missing environment fails",
      { environments: [] },
      "LPS926 there is no environment lapse-apply: whatever the applier may is open to every branch",
    ],
    [
      "F1: an environment for every branch fails",
      environment({ branches: "all" }),
      "LPS927 a workflow on any branch can use the environment lapse-apply",
    ],
    [
      "F1: an environment for protected branches fails, since whoever can push can name one",
      environment({ branches: "protected" }),
      "LPS927 a workflow on any protected branch can use the environment lapse-apply",
    ],
    [
      "F1: an environment for more than main fails",
      environment({ branches: ["main", "release/*"] }),
      'LPS927 workflows on branches like "release/*" can use the environment lapse-apply',
    ],
    [
      "F1: administrators who bypass the environment fail",
      environment({ adminsBypass: true }),
      "LPS928 administrators can use lapse-apply against its rules",
    ],
    [
      "an environment that waits for somebody fails, since ends would wait, too",
      environment({ reviewers: true }),
      "LPS929 every job of lapse-apply waits for a reviewer, so access ends late",
    ],
    [
      "C6, F1: one secret of the repository fails",
      { secrets: ["PROD_DB"] },
      "LPS930 whoever can push a branch can read secrets of the repository: PROD_DB",
    ],
    [
      "C6: one secret of the organisation fails",
      { organisationSecrets: ["NPM"] },
      "LPS930 whoever can push a branch can read secrets that the organisation shares with it: NPM",
    ],
    [
      "F10: secrets for pull requests from forks fail",
      { forks: { run: true, writeTokens: false, secrets: true, approval: true } },
      "LPS934 pull requests from forks get secrets",
    ],
    [
      "F10: a writing token for pull requests from forks fails",
      { forks: { run: true, writeTokens: true, secrets: false, approval: true } },
      "LPS934 pull requests from forks get a token that writes",
    ],
    [
      "D2: a sweep that the forge has disabled fails",
      { workflows: { ...WELL.workflows, ".github/workflows/expire.yml": "disabled_inactivity" } },
      "LPS935 .github/workflows/expire.yml does not run any more: it was disabled after 60 days without a change",
    ],
    [
      "A14: a line of CODEOWNERS that GitHub skips fails",
      { codeownersErrors: [{ line: 1, message: "Unknown owner on line 1" }] },
      "LPS940 GitHub skips this line: Unknown owner on line 1",
    ],
  ])("%s", async (_, change, message) => {
    w.forge.configure(change);
    const { code, errors } = await examined();
    expect(errors.slice(0, 1)).toEqual([message]);
    expect(code).toBe(3);
  });

  it.each<readonly [string, Partial<Settings>, string]>([
    [
      "A22: auto-merge without dismissed approvals is told",
      { ...replaced("pull_request", { ...PULL, dismiss_stale_reviews_on_push: false }), autoMerge: true },
      "LPS920 auto-merge stays on when somebody with write access pushes after the approval",
    ],
    [
      "A5: a merge queue that squashes is told",
      main({
        rules: [
          ...MAIN.rules,
          {
            type: "merge_queue",
            parameters: {
              check_response_timeout_minutes: 60,
              grouping_strategy: "ALLGREEN",
              max_entries_to_build: 5,
              max_entries_to_merge: 5,
              merge_method: "SQUASH",
              min_entries_to_merge: 1,
              min_entries_to_merge_wait_minutes: 5,
            },
          },
        ],
      }),
      "LPS918 main has a merge queue that squashes: a wrong base can undo what others merged",
    ],
    [
      "E14: other ways to merge than squashing are told",
      {
        ...replaced("pull_request", { ...PULL, allowed_merge_methods: ["squash", "rebase"] }),
        methods: ["squash", "rebase"],
      },
      "LPS919 pull requests can be merged by rebase: one access can come to be several commits",
    ],
    [
      "a main without a required check is told",
      main({ rules: without(MAIN, "required_status_checks") }),
      "LPS917 no status check is required on main",
    ],
    [
      "actions that need not be pinned are told",
      { shaPinning: false },
      "LPS933 workflows may use actions by a tag that can be moved",
    ],
    [
      "F10: forks that run unseen are told",
      { forks: { run: true, writeTokens: false, secrets: false, approval: false } },
      "LPS934 pull requests from forks run workflows unseen",
    ],
  ])("%s", async (_, change, message) => {
    w.forge.configure(change);
    const { code, errors, warnings } = await examined();
    expect(warnings.filter((one) => one.startsWith(message))).toHaveLength(1);
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
  });

  it("C6, F1: what the token may not see is never fine, and names the permission", async () => {
    w.forge.configure({ ...WELL, secrets: ["PROD_DB"], rulesets: [], protection: { main: CLASSIC } });
    const { warnings, errors } = await examined("bob");
    expect(errors).toEqual([]);
    for (const what of [
      "LPS910 the branch protection of main could not be read",
      "LPS911 no rule of main asks for a pull request, as far as this token is shown",
      "LPS910 secrets of the repository could not be read",
      "LPS910 what workflows may could not be read",
      "LPS910 what forks set off could not be read",
    ])
      expect(warnings.filter((one) => one.startsWith(what))).toHaveLength(1);
    w.forge.configure(WELL);
    const hidden = (await examined("bob")).warnings;
    expect(hidden).toContain("LPS910 who may go around the rules of main is not shown to this token");
    expect(hidden).toContain("LPS910 who may write to lapse/ledger is not shown to this token");
  });

  it("that classic protection guards is judged by it", async () => {
    w.forge.configure({ rulesets: [LEDGER], protection: { main: CLASSIC } });
    const { errors } = await examined();
    expect(errors).toEqual([
      "LPS914 no rule of main forbids its deletion",
      "LPS915 everybody with the role admin can go around the rules of main",
      'LPS916 anybody who can write may report the required check "build" as passed',
    ]);
  });

  it("is not called fine where the forge cannot be asked", async () => {
    const forge = () => Promise.reject(new Problem("forbidden", "there is no token", "set GITHUB_TOKEN"));
    const { code, errors, warnings } = await examined("grace", { forge });
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(warnings).toEqual([
      "LPS947 rules, environments, secrets and accounts were not examined: there is no token",
    ]);
  });
});

describe("people", () => {
  it("A20: a login that somebody else has taken fails, and names both numbers", async () => {
    w.forge.renameUser("dan", "daniel");
    w.forge.addUser({ id: 2666, login: "dan", token: "t-taken" });
    const { code, errors } = await examined();
    w.forge.deleteUser("dan");
    w.forge.renameUser("daniel", "dan");
    expect(code).toBe(3);
    expect(errors).toEqual([
      "LPS941 dan: account 1004 is called daniel, not dan; dan is somebody else now (account 2666)",
    ]);
  });
});

describe("the ledger", () => {
  it("E4: a push to the ledger by a person fails, and names the commit", async () => {
    const commit = await w.forge.push("mallory", "lapse/ledger", { "log/x": "granted\n" });
    const { code, errors } = await examined();
    expect(code).toBe(3);
    expect(errors[0]).toBe(`LPS923 mallory (user 1666) wrote to lapse/ledger: ${commit.slice(0, 12)}`);
  });

  it("E4: a push by another App than the one that may fails", async () => {
    w.forge.configure(
      ledger({ bypass: [{ ...TEAM, actor_type: "Integration", actor_id: APPLIER_APP + 1 }] }),
    );
    const { errors } = await examined();
    expect(errors.join("\n")).toContain("LPS923 lapse-applier (App 16900, not 16901) wrote to lapse/ledger");
  });

  it("D2: a sweep that stopped fails, whatever the forge says of its workflow", async () => {
    w.tick(HOUR);
    expect((await examined()).errors.join("\n")).toContain("LPS925 the last sweep was at");
    await w.expire();
    w.tick(MINUTE);
    expect((await examined()).errors.join("\n")).not.toContain("LPS925");
  });
});
