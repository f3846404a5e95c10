// Is the page for authors of providers true? (its code is built and put to the test, its exchanges are replayed)
import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { register } from "../../src/commands/index.ts";
import { company } from "../core/policy-world.ts";

const PAGE = "src/providers/README.md";
const EXAMPLE = resolve("src/providers/exec/example/groups.mjs");
const page = readFileSync(PAGE, "utf8");
const folder = mkdtempSync(join(tmpdir(), "lapse-page-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);

interface Ran {
  readonly code: number;
  readonly out: string;
}

function node(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    const options = { cwd, timeout: 100_000, killSignal: "SIGKILL" as const, maxBuffer: 2 ** 24 };
    execFile(process.execPath, args, options, (error, out, err) => {
      done({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out: out + err });
    });
  });
}

// ---- the provider in this repository ---------------------------------------------------------------------------

describe("the provider of the page, in a copy of this repository", () => {
  const RUN = `
    import { CASES, runCase } from "./src/conformance/cases.ts";
    import { loadProvider } from "./src/providers/index.ts";
    import { worlds } from "./src/providers/badges/fake.ts";
    const results = [];
    for (const world of worlds)
      for (const one of CASES) {
        const { is, reason, error } = await runCase(world, one);
        results.push({ title: one.title, is, reason: reason ?? error?.message });
      }
    const { kind, schemas } = (await loadProvider("badges")) ?? {};
    process.stdout.write(JSON.stringify({ kind, schemas, results }));
  `;
  const files = [...page.matchAll(/^\*\*`badges\/([\w.-]+)`\*\*.*?\n```ts\n(.*?)^```/gms)];
  let ran: Ran;

  beforeAll(async () => {
    for (const name of ["src", "schemas", "package.json", "tsconfig.json"])
      cpSync(name, join(folder, name), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "src/providers/badges"));
    for (const [, name = "", text = ""] of files)
      writeFileSync(join(folder, "src/providers/badges", name), text);
    const registry = join(folder, "src/providers/index.ts");
    const line = blocks("ts").find((text) => text.trim().startsWith("badges:")) ?? "";
    const before = "  exec: () =>";
    writeFileSync(registry, readFileSync(registry, "utf8").replace(before, `${line.trimEnd()}\n${before}`));
    writeFileSync(join(folder, "run.ts"), RUN);
    ran = await node(folder, "--import", createRequire(import.meta.url).resolve("tsx"), "run.ts");
  }, 120_000);

  test("is whole", () => {
    expect(files.map(([, name]) => name)).toEqual(["index.ts", "session.ts", "api.ts", "fake.ts"]);
    for (const [, , text = ""] of files) expect(text).toMatch(/^\/\/ .*\?/);
  });

  test("passes the conformance suite", () => {
    expect(ran.code, ran.out).toBe(0);
    const { kind, results } = JSON.parse(ran.out) as {
      kind: string;
      results: { title: string; is: string }[];
    };
    expect(kind).toBe("badges");
    expect(results.filter(({ is }) => is === "failed")).toEqual([]);
    const skipped = results.filter(({ is }) => is === "skipped").map(({ title }) => title.split(" ")[0]);
    expect(skipped).toEqual(["9a", "9b", "9c", "11", "17", "18", "19"]);
  });

  test("has closed schemas whose examples are valid", () => {
    const { schemas } = JSON.parse(ran.out) as {
      schemas: Record<string, { properties: Record<string, { examples: unknown[] }> }>;
    };
    expect(Object.keys(schemas)).toEqual(["connection", "role", "scope"]);
    for (const schema of Object.values(schemas)) {
      const examples = Object.entries(schema.properties).map(
        ([name, { examples }]) => [name, examples[0]] as const,
      );
      const validate = new Ajv2020({ strict: true }).compile(schema);
      expect(validate(Object.fromEntries(examples)), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...Object.fromEntries(examples), surprise: 1 })).toBe(false);
    }
  });

  test("has no error of types", async () => {
    const include = ["src/providers/badges", "src/providers/index.ts"];
    writeFileSync(
      join(folder, "tsconfig.page.json"),
      JSON.stringify({ extends: "./tsconfig.json", include }),
    );
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
    expect(await node(folder, tsc, "-p", "tsconfig.page.json")).toEqual({ code: 0, out: "" });
  }, 120_000);
});

// ---- the plugin -------------------------------------------------------------------------------------------------

describe("the plugin of the page", () => {
  const access = join(folder, "access");
  beforeAll(() => {
    mkdirSync(join(access, "groups.d"), { recursive: true });
    writeFileSync(join(access, "users"), "ann\nbob\n");
    writeFileSync(join(access, "groups"), "oncall\n");
  });
  const said = blocks("json").map((text) => JSON.parse(text) as { readonly op?: string });

  test("is asked every op once, and every question has its answer", () => {
    const ops = ["describe", "resolve", "observe", "grant", "list", "verify", "revoke", "cleanup", "doctor"];
    expect(said.flatMap(({ op }) => op ?? [])).toEqual(ops);
    expect(said.map(({ op }) => op !== undefined)).toEqual(ops.flatMap(() => [true, false]));
  });

  test.each(
    said.flatMap((question, i) => (question.op === undefined ? [] : [[question.op, question, said[i + 1]]])),
  )("answers %s as the page says", (_, question, answer) => {
    const input = JSON.stringify(question).replaceAll("/srv/access", access);
    const { stdout, stderr } = spawnSync(EXAMPLE, {
      input,
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout.replaceAll(access, "/srv/access"))).toEqual(answer);
  });

  test("is declared by files that are valid", () => {
    const yaml = blocks("yaml").map((text) => [/^# (\S+)/.exec(text)?.[1] ?? "", text] as const);
    expect(yaml.map(([path]) => path)).toEqual([
      "policies/targets/on-call.yaml",
      "policies/entitlements/on-call.yaml",
    ]);
    const { catalog, policies } = company(Object.fromEntries(yaml));
    expect([...catalog.findings, ...policies.findings]).toEqual([]);
    expect(catalog.entitlement("on-call").is).toBe("found");
  });
});

// ---- the rest ---------------------------------------------------------------------------------------------------

test("every file that the page links to is there, and every heading", () => {
  const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to);
  const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(
    ([, text = ""]) => `#${text.toLowerCase().replaceAll(" ", "-")}`,
  );
  expect(links.length).toBeGreaterThan(5);
  const missing = links.filter((to) =>
    to.startsWith("#") ? !headings.includes(to) : !existsSync(join(dirname(PAGE), to)),
  );
  expect(missing).toEqual([]);
});

test("every `lapse …` of the page can be typed", () => {
  const program = new Command("lapse");
  register(program, () => undefined);
  const names = program.commands.flatMap((one) => [
    one.name(),
    ...one.commands.map((sub) => `${one.name()} ${sub.name()}`),
  ]);
  const typed = [...page.matchAll(/(?:`|^)lapse ((?:provider )?[a-z]+)/gm)].map(([, name = ""]) => name);
  expect(typed).toContain("provider test");
  expect(typed.filter((name) => !names.includes(name))).toEqual([]);
});
