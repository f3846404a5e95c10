// Does the built command line start fast, and does it judge exactly as the sources do?
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildCli, BUNDLE } from "../.ci/build.ts";
import { everySchema, precompiled } from "../.ci/validators.ts";
import { validator } from "../src/core/validators.ts";

const dir = mkdtempSync(join(tmpdir(), "lapse-build-"));
let metafile: Metafile;
let schemas: ReadonlyMap<string, object>;
let built: { readonly validator: typeof validator };

beforeAll(async () => {
  schemas = await everySchema();
  metafile = await buildCli(join(dir, "dist"));
  const outfile = join(dir, "validators.js");
  const entryPoints = ["src/core/validators.ts"];
  await build({ ...BUNDLE, entryPoints, outfile, splitting: false, plugins: [precompiled(schemas)] });
  built = (await import(pathToFileURL(outfile).href)) as typeof built;
}, 60_000);

afterAll(() => {
  rmSync(dir, { recursive: true });
});

const outputOf = (source: string): string => {
  const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
  if (found === undefined) throw new Error(`${source} has no file of its own in dist`);
  return found[0];
};

/** Whatever speaks to a forge, a target or a clone. */
const SDKS =
  /^(@octokit|@aws-sdk|@smithy|@azure|@kubernetes|@googleapis|googleapis-common|google-auth-library|mysql2|pg|hono|@hono|simple-git)(\/|$)/;

/** The modules that the registry of providers names, one a kind. */
const registryEntries = (): readonly string[] =>
  [...readFileSync("src/providers/index.ts", "utf8").matchAll(/import\("\.\/(.+)"\)/g)].map(
    ([, path = ""]) => `src/providers/${path}`,
  );

/** Source files that are loaded before the first line of this one runs. */
const loadedWith = (source: string): readonly string[] => {
  const seen = new Set<string>();
  const visit = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path, kind, external } of metafile.outputs[output]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) visit(path);
    }
  };
  visit(outputOf(source));
  return [...seen].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
};
const packagesIn = (sources: readonly string[]): ReadonlySet<string> =>
  new Set(sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));

describe("the built command line", () => {
  test("shows its help without anything around it", () => {
    const said = execFileSync(process.execPath, [join(dir, "dist/cli.js"), "--help"], {
      cwd: dir,
      env: {},
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(said).toContain("Usage: lapse");
  });

  test("starts with commander alone", () => {
    expect([...packagesIn(loadedWith("src/cli.ts"))]).toEqual(["commander"]);
  });

  test("checks without any SDK, neither forge nor target nor sandbox", () => {
    const loaded = loadedWith("src/commands/check.ts");
    expect(loaded).toContain("src/core/request.ts");
    expect(loaded.filter((path) => /^src\/(forge|sandbox|providers\/[^/]+)\//.test(path))).toEqual([]);
    expect([...packagesIn(loaded)].filter((name) => SDKS.test(name))).toEqual([]);
  });

  test("knows every kind of target without its SDK: connecting loads that", () => {
    const entries = registryEntries();
    expect(entries.length).toBeGreaterThan(10);
    const heavy = entries.filter((source) =>
      [...packagesIn(loadedWith(source))].some((name) => SDKS.test(name)),
    );
    expect(heavy).toEqual([]);
    const somewhere = packagesIn(Object.keys(metafile.inputs));
    for (const sdk of [
      "@kubernetes/client-node",
      "@azure/arm-authorization",
      "@aws-sdk/client-iam",
      "mysql2",
      "pg",
    ])
      expect(somewhere, "the pattern or the bundle is wrong").toContain(sdk);
  });

  test("holds no schema compiler", () => {
    const parts = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules/ajv/"));
    expect(parts.filter((path) => !path.includes("node_modules/ajv/dist/runtime/"))).toEqual([]);
  });
});

describe("precompiled validators", () => {
  /** An example as people would write it, and the same with one thing wrong at a time. */
  const documents = (schema: object): readonly unknown[] => {
    const example = exampleOf(schema);
    const wrong = typeof example === "object" && example !== null ? Object.keys(example) : [];
    return [
      example,
      null,
      [],
      "text",
      {},
      { ...(example as object), surprise: 1 },
      ...wrong.map((key) => ({ ...(example as object), [key]: { surprise: [true] } })),
      ...wrong.map((key) => ({ ...(example as object), [key]: "\u0000 not this" })),
      ...wrong.map((key) => Object.fromEntries(Object.entries(example as object).filter(([k]) => k !== key))),
    ];
  };

  test("say the same as the schemas, example by example, error by error", () => {
    const verdicts = [...schemas].map(([id, schema]) => {
      const [ours, theirs] = [built.validator(id, schema), validator(id, schema)];
      const answers = documents(schema).map((value) => ({ value, errors: theirs(value) }));
      for (const { value, errors } of answers) expect(ours(value), id).toEqual(errors);
      return { id, refused: answers.some(({ errors }) => errors.length > 0), example: answers[0]?.errors };
    });
    expect(verdicts.filter(({ refused }) => !refused)).toEqual([]);
    expect(verdicts.filter(({ example }) => example?.length !== 0)).toEqual([]);
  });

  test("never let a schema pass that was not compiled", () => {
    expect(() => built.validator("Unheard-of", {})).toThrow("no schema named Unheard-of was built in");
  });
});

interface Schema {
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The first example; an object without one is put together from its required properties. */
function exampleOf({ examples, const: only, properties, required = [] }: Schema): unknown {
  if (examples?.[0] !== undefined) return examples[0];
  if (properties === undefined) return only;
  return Object.fromEntries(required.map((key) => [key, exampleOf(properties[key] ?? {})]));
}
