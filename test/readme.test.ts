// Is what the README says true? (every command in it is run, every file that it names is there)
import { execFile } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { register } from "../src/commands/index.ts";
import { readRequest } from "../src/core/request.ts";
import { validator } from "../src/core/validators.ts";
import { loadProvider } from "../src/providers/index.ts";
import { setStage, type Seat, type Stage } from "../src/sandbox/demo/stage.ts";
import { company } from "./core/policy-world.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const README = read("README.md");
const scripts = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;

const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
/** Each command by itself: without its comment, and `a && b` as two. */
const commands = blocks("sh").flatMap((block) =>
  block.split("\n").flatMap((line) =>
    line
      .replace(/\s+#.*$/, "")
      .split(" && ")
      .filter((one) => one !== ""),
  ),
);

interface Ran {
  readonly code: number;
  readonly output: string;
}

const TSX = createRequire(import.meta.url).resolve("tsx");
const words = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

/** As this person would in their clone, except that `lapse` is the sources. Bounded; never waits for input. */
function run(seat: Seat, command: string): Promise<Ran> {
  const [name = "", ...args] = words(command);
  const own = name === "lapse";
  const given = own ? ["--import", TSX, join(ROOT, "src/cli.ts"), ...args] : args;
  const env = { PATH: process.env["PATH"], HOME: dirname(seat.clone), GIT_PAGER: "cat", ...seat.env };
  return new Promise((done) => {
    const options = { cwd: seat.clone, env, timeout: 20_000, killSignal: "SIGKILL" as const };
    const child = execFile(own ? process.execPath : name, given, options, (error, out, err) => {
      const code = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      done({ code, output: `${out}${err}` });
    });
    child.stdin?.end();
  });
}

describe("every command in the README", () => {
  const ID = "ann-orders-20261123";
  const FILE = `requests/orders-db-read/${ID}.yaml`;
  let stage: Stage;
  let ann: Seat;
  beforeAll(async () => {
    stage = await setStage();
    ann = await stage.seat("ann");
  }, 60_000);
  afterAll(() => stage.stop());

  const example = (): string => blocks("yaml").find((block) => block.includes("kind: AccessRequest")) ?? "";

  const writeExample = async (): Promise<void> => {
    await mkdir(join(ann.clone, dirname(FILE)), { recursive: true });
    await writeFile(join(ann.clone, FILE), example());
  };

  /** The example request approved, merged and granted, by the commands that the workflows run. */
  const grantExample = async (): Promise<void> => {
    const { forge } = stage;
    await forge.push("ann", `access/${ID}`, { [FILE]: example() });
    const pull = await forge.openPull("ann", { branch: `access/${ID}`, title: ID });
    // The server's clock has whole seconds: an approval must come strictly after the last push.
    await sleep(1100);
    await forge.review("carol", pull, "APPROVED");
    await forge.merge("carol", pull, { method: "squash" });
    const applier = await stage.seat("lapse-applier[bot]");
    expect(await run(applier, "lapse expire")).toMatchObject({ code: 0 });
    const applied = await run(applier, "lapse apply");
    expect(applied.output).toContain(`granted    ${ID}`);
  };

  interface Promised {
    /** What must have happened before. */
    readonly after?: () => Promise<void>;
    readonly by?: string;
    readonly code: number;
    readonly says: string;
    /** Names files of this repository, not of the access repository on the stage. */
    readonly here?: true;
  }
  const promised = new Map<string, Promised>([
    [
      'lapse request orders-db-read --for 2h --reason "Backfill of stuck orders" --ticket INC-4711',
      { code: 0, says: "Pull request #1 is open" },
    ],
    [`lapse check ${FILE}`, { after: writeExample, code: 0, says: "carol, dan" }],
    ["lapse status --all", { after: grantExample, code: 0, says: ID }],
    [`lapse show ${ID}`, { code: 0, says: "Backfill of stuck orders" }],
    ["lapse explain LPS306", { code: 0, says: "not approved" }],
    [
      "lapse trust aws --repository acme/access --repository-id 42 --owner-id 7",
      { code: 0, says: "repo:acme@7/access@42:environment:lapse-apply" },
    ],
    // The stage's forge is set up as carelessly as can be.
    ["lapse doctor", { code: 3, says: "LPS926  there is no environment lapse-apply" }],
    ["lapse policy test", { code: 0, says: " passed, 0 failed" }],
    ["lapse can --actor ann --on deploy-production", { code: 3, says: "ann has no deploy-production now" }],
    ["lapse doctor --target production", { code: 0, says: "✓ production" }],
    [
      "lapse provider test src/providers/exec/example/groups.mjs --world src/providers/exec/example/world.mjs --case 1",
      { code: 0, says: "1 case passed", here: true },
    ],
    ["git log --first-parent origin/main", { by: "bob", code: 0, says: ID }],
    ["git log origin/lapse/ledger", { by: "bob", code: 0, says: ID }],
    ["lapse audit", { by: "bob", code: 0, says: "It adds up" }],
  ]);
  // CI runs these two from a clean clone (.ci/run): here it is enough that they are what they are called.
  const inCi = ["npm ci", "npm run demo", "npm test"];

  test("has an expectation here, and every expectation is still in the README, in this order", () => {
    expect(commands.filter((one) => !inCi.includes(one))).toEqual([...promised.keys()]);
    expect(inCi.filter((one) => !commands.includes(one))).toEqual([]);
    expect(scripts["demo"]).toBe("tsx src/cli.ts demo");
    expect(scripts["test"]).toBe("vitest run");
  });

  test.each([...promised])("%s", async (command, { after, by = "ann", code, says, here }) => {
    await after?.();
    const seat = await stage.seat(by);
    const ran = await run(here === true ? { ...seat, clone: ROOT } : seat, command);
    expect(ran.output).toContain(says);
    expect(ran).toMatchObject({ code });
  });

  test("works outside of the blocks, too: npm scripts are there", () => {
    const named = [...README.matchAll(/`npm run (?:-s )?([\w:]+)/g)].map(([, name = ""]) => name);
    expect(named).toContain("lapse");
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

interface Example {
  readonly connection: object;
  readonly role: object;
}

async function targetsAreValid(examples: Readonly<Record<string, Example>>): Promise<void> {
  expect(Object.keys(examples).length).toBeGreaterThan(5);
  for (const [kind, { connection, role }] of Object.entries(examples)) {
    const provider = await loadProvider(kind);
    if (!provider) throw new Error(`there is no provider ${kind}`);
    expect(validator(`${kind}:connection`, provider.schemas.connection)(connection), kind).toEqual([]);
    expect(validator(`${kind}:role`, provider.schemas.role)(role), kind).toEqual([]);
  }
}

interface Guarded {
  readonly deploy: { readonly steps: readonly { readonly uses: string; readonly with: object }[] };
}

function callsTheGate(text: string): void {
  const [first] = (parse(text) as { readonly jobs: Guarded }).jobs.deploy.steps;
  const path = first?.uses.replace(/^acme\/lapse\//, "").replace(/@.*$/, "") ?? "";
  const { inputs } = parse(read(`${path}/action.yml`)) as { readonly inputs: object };
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(first?.with ?? {})));
}

describe("YAML in the README", () => {
  test.each(blocks("yaml").map((text) => [text.split("\n")[0] ?? "", text]))("%s", async (first, text) => {
    if (text.includes("kind: AccessRequest")) {
      const file = { path: first.replace(/^# /, ""), bytes: new TextEncoder().encode(text) };
      expect(readRequest(file)).toHaveProperty("request.subject", "ann");
      return;
    }
    if (first.startsWith("# by kind:"))
      return targetsAreValid(parse(text) as Readonly<Record<string, Example>>);
    if (text.startsWith("jobs:")) {
      callsTheGate(text);
      return;
    }
    const head = "apiVersion: lapse.dev/v1\nkind: Policy\nmetadata: { name: readme }\nspec:\n";
    const { catalog, policies } = company({ "policies/rules/readme.yaml": head + text.replace(/^/gm, "  ") });
    expect([...catalog.findings, ...policies.findings]).toEqual([]);
    expect(catalog.policies.map(({ name }) => name)).toContain("readme");
  });
});

describe("what the documentation names", () => {
  const folder = (path: string): readonly string[] =>
    readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8" }).map((name) => join(path, name));
  const pages = ["README.md", "src/README.md", "requests/README.md", ...folder(".github")].filter((path) =>
    path.endsWith(".md"),
  );
  const policies = folder("policies").filter((path) => path.endsWith(".yaml"));
  const comments = (path: string): string =>
    read(path)
      .split("\n")
      .filter((line) => /^\s*#|^\s*message:/.test(line))
      .join("\n");
  const texts = [
    ...pages.map((path) => ({ path, text: read(path) })),
    ...policies.map((path) => ({ path, text: comments(path) })),
  ];

  test("is there: every link to a file", () => {
    const missing = texts.flatMap(({ path, text }) =>
      [...text.matchAll(path.endsWith(".md") ? /\]\(([^)\s]+)\)/g : /\$schema=(\S+)/g)]
        .map(([, to = ""]) => to.replace(/#.*$/, ""))
        .filter((to) => to !== "" && !/^(https?|mailto):/.test(to))
        .filter((to) => !existsSync(resolve(ROOT, dirname(path), to)))
        .map((to) => `${path}: ${to}`),
    );
    expect(missing).toEqual([]);
  });

  test("is there: every path in code or a comment", () => {
    const isPath = /^[\w.-]*\/[\w./-]*$|^[\w/-]+\.(ts|sql|yml)$/;
    const isOurs =
      /^(src|core|test|policies|schemas|requests|commands|report|sandbox|\.github|\.ci)\/|^(?!index\.)[^/]+\.\w+$/;
    const named = texts.flatMap(({ path, text }) =>
      [...text.matchAll(/`\/?([^`\s]+)`|(?<=\s)(policies\/\S*?)(?=[.,;)]*(?:\s|$))/g)]
        .map(([, quoted, bare]) => quoted ?? bare ?? "")
        .filter((name) => isPath.test(name) && isOurs.test(name))
        .map((name) => ({ path, name })),
    );
    expect(named.length).toBeGreaterThan(20);
    const there = ({ path, name }: { readonly path: string; readonly name: string }) =>
      [".", dirname(path), ".github/workflows"].some((base) => existsSync(join(ROOT, base, name)));
    expect(named.filter((one) => !there(one))).toEqual([]);
  });

  test("can be typed: every `lapse …`", () => {
    const program = new Command("lapse");
    register(program, () => undefined);
    const names = program.commands.flatMap((one) => [
      one.name(),
      ...one.commands.map((sub) => `${one.name()} ${sub.name()}`),
    ]);
    const typed = texts.flatMap(({ path, text }) =>
      [...text.matchAll(/[`(]lapse ((?:policy |provider )?[a-z]+)/g)].map(([, name = ""]) => ({
        path,
        name,
      })),
    );
    expect(typed.length).toBeGreaterThan(10);
    expect(typed.filter(({ name }) => !names.includes(name))).toEqual([]);
  });
});
