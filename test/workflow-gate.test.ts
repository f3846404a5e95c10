// Does the gate's workflow ask about the right account, and hand it over as data?
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

const GATE = parse(readFileSync(".github/workflows/gate.yml", "utf8")) as {
  readonly jobs: { readonly gate: { readonly steps: readonly Step[] } };
};

describe("the gate", () => {
  const gate = GATE.jobs.gate;

  test("asks about whoever started this attempt, with no more than the right to read", () => {
    const last = gate.steps.at(-1);
    expect(last?.env).toMatchObject({
      ACTOR: "${{ github.triggering_actor }}",
      ACTOR_ID: "${{ github.triggering_actor == github.actor && github.actor_id || '' }}",
    });
    expect(last?.run).toContain("node tool/dist/cli.js -C access can ");
    expect(gate.steps[0]?.with?.["ref"]).toBe("${{ job.workflow_sha }}");
  });

  test.each([
    ["ann", "583231", ["--actor", "ann", "--actor-id", "583231", "--on", "deploy"]],
    ["robot[bot]", "", ["--actor", "robot[bot]", "--on", "deploy"]],
  ])("hands %s over as one word, and the number only where it is known", (actor, id, expected) => {
    const dir = mkdtempSync(join(tmpdir(), "lapse-gate-"));
    try {
      mkdirSync(join(dir, "tool/dist"), { recursive: true });
      writeFileSync(join(dir, "tool/dist/cli.js"), "console.log(JSON.stringify(process.argv.slice(2)))");
      const said = execFileSync(
        "bash",
        [
          "--noprofile",
          "--norc",
          "-eo",
          "pipefail",
          "-c",
          gate.steps.find((step) => step.name === "Ask")?.run ?? "",
        ],
        {
          cwd: dir,
          encoding: "utf8",
          timeout: 20_000,
          env: {
            PATH: process.env["PATH"] ?? "",
            GIT_CONFIG_NOSYSTEM: "1",
            GIT_CONFIG_GLOBAL: "/dev/null",
            GITHUB_SERVER_URL: "https://forge.invalid",
            ACCESS: "acme/access",
            ACTOR: actor,
            ACTOR_ID: id,
            ENTITLEMENT: "deploy",
          },
        },
      );
      expect(JSON.parse(said)).toEqual(["-C", "access", "can", ...expected]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
