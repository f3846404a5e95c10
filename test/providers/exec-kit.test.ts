// Does `lapse provider test` find what is wrong with a plugin, and say where? (bugs planted in the example, one at a time)
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, describe, expect, test } from "vitest";
import { providerTest } from "../../src/commands/provider-test.ts";
import type { Context } from "../../src/context.ts";
import { validator } from "../../src/core/validators.ts";
import { worlds } from "../../src/providers/exec/fake.ts";
import { provider } from "../../src/providers/exec/index.ts";
import { execSite } from "../support/exec.ts";

const EXAMPLE = "src/providers/exec/example/groups.mjs";
const WORLD = "src/providers/exec/example/world.mjs";
const source = readFileSync(EXAMPLE, "utf8");
const site = execSite();
afterAll(site.stop);

interface Judged {
  readonly code: number;
  readonly said: string;
}

async function judge(
  program: string,
  only: string,
  more: { world?: string; json?: boolean } = {},
): Promise<Judged> {
  const { world = WORLD, json = false } = more;
  const said: string[] = [];
  const io = { out: (text: string) => void said.push(text), color: false };
  const context = { io, json } as unknown as Context;
  const code = await providerTest(context, { program, args: [], world, case: only });
  return { code, said: said.join("\n") };
}

function withBug(bug: readonly (readonly [string, string])[]): string {
  let text = source;
  for (const [right, wrong] of bug) {
    expect(text.split(right), `the example has no longer: ${right}`).toHaveLength(2);
    text = text.replace(right, () => wrong);
  }
  return site.write(text);
}

const UNLINK = `unless("ENOENT", () => unlinkSync(join(access, assignment.mark)));`;
const READ_BACK = `  if (observe(assignment).state === "ours") throw failure("transient", "it is still there");\n`;

describe("a plugin fails the kit, with the case named, when", () => {
  test.each<readonly [string, string, readonly (readonly [string, string])[]]>([
    [
      "revoke says absent without removing or reading",
      "2 revoking twice",
      [
        [UNLINK, ""],
        [READ_BACK, ""],
      ],
    ],
    [
      "verify takes other requests of Lapse for standing access",
      "4 of two overlapping requests",
      [["standing: !ways.every(isOurs)", "standing: ways.some(({ name }) => name !== assignment.mark)"]],
    ],
    [
      "a lost right is called a passing failure",
      "8 an applier that lost",
      [[`failure("forbidden", "the folder is frozen")`, `failure("transient", "frozen")`]],
    ],
    [
      "a stripped mark makes it somebody else's",
      "9a a stripped mark",
      [["!file.mark || isOurs(file);", "isOurs(file);"]],
    ],
    [
      "grant adopts what is foreign",
      "9c what was put in the place",
      [
        [
          `if (seen.state !== "ours" || seen.drift) throw failure("conflict", "the name is taken by something else");`,
          `if (seen.state === "foreign") return { state: "ours", receipt: { file: name, until } };`,
        ],
      ],
    ],
    [
      "revoke removes what is foreign",
      "9c what was put in the place",
      [
        [
          `if (observe(assignment).state !== "ours") return`,
          `if (observe(assignment).state === "absent") return`,
        ],
      ],
    ],
    [
      "a list that broke off is said to be complete",
      "11 a listing that breaks off",
      [["complete = false;", "complete = true;"]],
    ],
    [
      "a missing user is called a missing role",
      "13 what is missing",
      [[`failure("subject-missing"`, `failure("role-missing"`]],
    ],
    [
      "an escape is not told",
      "15 verify names",
      [[`verify(assignment).standing ? "escaped" : "absent"`, `"absent"`]],
    ],
    [
      "a read leaves something behind",
      "16 reading writes nothing",
      [
        [
          "function observe(assignment) {\n",
          `function observe(assignment) {\n  writeFileSync(join(access, ".seen"), request.requestId);\n`,
        ],
      ],
    ],
    ["a dry run writes", "21 a dry run", [["  if (request.dryRun) return;\n", ""]]],
    [
      "a window that is over is granted",
      "22 the plugin itself",
      [[`!(Date.parse(until) > Date.parse(now))`, "false"]],
    ],
    [
      "unknown fields are an error",
      "23 what the plugin does not know",
      [
        [
          "// ---- one question",
          `if (request.aFieldOfLater) throw new Error("unknown field");\n// ---- one question`,
        ],
      ],
    ],
    [
      "an op that it does not know is answered",
      "24 a version of the protocol",
      [["if (!Object.hasOwn(answers, request.op)) throw", "if (false) throw"]],
    ],
    [
      "one bad assignment spoils the others",
      "25 of several",
      [["...attempt(() => act(item))", "...act(item)"]],
    ],
  ])("%s", async (_, title, bug) => {
    const { code, said } = await judge(withBug(bug), title.split(" ")[0] ?? "");
    expect(said).toContain(`✕ failed  ${title}`);
    expect(code).toBe(3);
  });
});

test.each(["21", "22", "23", "24", "25"])("the example itself passes case %s", async (only) => {
  // The twenty cases that every provider has run in test/contracts.test.ts.
  const { code, said } = await judge(EXAMPLE, only);
  expect([code, said]).toEqual([0, expect.stringContaining("1 case passed, 0 skipped, 0 failed.")]);
});

test("the kit connects as a target's file would", async () => {
  const world = await worlds[0]?.make();
  const connection = validator("exec:connection", provider.schemas.connection);
  const role = validator("exec:role", provider.schemas.role);
  expect([connection(world?.connection), role(world?.role)]).toEqual([[], []]);
  await world?.close();
});

test("what does not apply is skipped, with the world's own reason", async () => {
  const { code, said } = await judge(EXAMPLE, "18", { json: true });
  const skipped = { is: "skipped", reason: "a file can be removed at any time" };
  expect(JSON.parse(said)).toMatchObject({ results: [skipped] });
  expect(code).toBe(0);
});

test("what the plugin wrote to stderr is shown where it failed", async () => {
  const broken = withBug([
    [
      "function grant(assignment) {\n",
      `function grant(assignment) {\n  console.error("here I am"); process.exit(9);\n`,
    ],
  ]);
  expect((await judge(broken, "1")).said).toMatch(/exit-9\n\s+stderr: here I am/);
});

test("a world that does not work is said once, and fails no case", async () => {
  const quiet = site.write("#!/bin/sh\nexit 0\n");
  const poor = site.write(`#!/bin/sh\necho '{"result":{"subjects":["a","b"]}}'\n`);
  for (const [world, why] of [
    ["/no/such/world", "ENOENT"],
    [`sh ${quiet}`, "no JSON"],
    [`sh ${poor}`, "lacks config, stranger, role, now"],
  ] as const)
    await expect(judge(EXAMPLE, "1", { world })).rejects.toMatchObject({
      name: "Problem",
      message: expect.stringContaining(why) as string,
    });
  await expect(judge(EXAMPLE, "99")).rejects.toMatchObject({ name: "Problem" });
});

describe("from the command line", () => {
  const TSX = createRequire(import.meta.url).resolve("tsx");
  const lapse = (...args: readonly string[]): Promise<Judged> =>
    new Promise((done) => {
      const options = { timeout: 50_000, killSignal: "SIGKILL" as const };
      const given = ["--import", TSX, "src/cli.ts", "provider", "test", ...args];
      execFile(process.execPath, given, options, (error, out, err) => {
        done({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, said: out + err });
      });
    });
  test("lets the example pass", async () => {
    const { code, said } = await lapse(EXAMPLE, "--world", WORLD, "--case", "6");
    expect(said).toMatch(/^✓ passed {2}6 .*\n\n1 case passed, 0 skipped, 0 failed\.\n$/);
    expect(code).toBe(0);
  }, 60_000);

  test("exits with 3 when a case fails, and with 2 when it is called wrongly", async () => {
    const broken = withBug([["  if (request.dryRun) return;\n", ""]]);
    expect(await lapse(broken, "--world", WORLD, "--case", "21")).toMatchObject({ code: 3 });
    expect(await lapse("/no/such/plugin", "--world", WORLD)).toMatchObject({
      code: 2,
      said: expect.stringContaining("/no/such/plugin") as string,
    });
    expect(await lapse(EXAMPLE)).toMatchObject({ code: 2 });
  }, 60_000);
});
