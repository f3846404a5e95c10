// Does the gate's action ask about the right account, hand it over as data, and stop the job when nobody can say?
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}
const TEXT = readFileSync(".github/actions/gate/action.yml", "utf8");
const { runs, inputs } = parse(TEXT) as {
  readonly inputs: object;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};
const ask = runs.steps.find(({ name }) => name === "Ask");

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lapse-gate-"));
  mkdirSync(join(dir, "tool/dist"), { recursive: true });
  writeFileSync(join(dir, "tool/dist/cli.js"), "console.log(JSON.stringify(process.argv.slice(4)))");
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** The step as a runner would run it, with this `gh` on its path. */
function run(actor: string, gh: string) {
  writeFileSync(join(dir, "gh"), `#!/bin/sh\n${gh}\n`);
  chmodSync(join(dir, "gh"), 0o755);
  return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", ask?.run ?? ""], {
    cwd: dir,
    encoding: "utf8",
    timeout: 20_000,
    env: {
      PATH: [dir, process.env["PATH"] ?? ""].join(delimiter),
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GITHUB_SERVER_URL: "https://forge.invalid",
      TMPDIR: dir,
      TOOL: join(dir, "tool"),
      ACCESS: "acme/access",
      ACTOR: actor,
      ENTITLEMENT: "deploy",
    },
  });
}

describe("the gate's action", () => {
  test("is a step, not a job: a re-run of the deployment alone asks again", () => {
    expect(runs.using).toBe("composite");
    expect(Object.keys(inputs)).toEqual(["entitlement", "access", "token"]);
  });

  test("asks about whoever started this attempt, and pastes nothing into a script", () => {
    expect(ask?.env).toMatchObject({ ACTOR: "${{ github.triggering_actor }}" });
    for (const step of runs.steps) expect(step.run).not.toContain("${{");
    expect(TEXT).not.toMatch(/secrets\./);
  });

  test.each(["ann", "robot[bot]", '"; exit 0; "'])("hands %j over as one word, with its number", (actor) => {
    const { status, stdout } = run(actor, "echo 583231");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(["can", "--actor", actor, "--actor-id", "583231", "--on", "deploy"]);
  });

  test("stops when the account's number cannot be found out", () => {
    expect(run("ann", "exit 1").status).not.toBe(0);
  });
});
