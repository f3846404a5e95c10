// Does a request file become exactly what it says, and does its schema hold every promise it makes?
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/model.ts";
import { readRequest, readScope } from "../../src/core/request.ts";
import { SCHEMAS } from "../../src/core/schemas.ts";
import { duration, instant } from "../../src/core/time.ts";
import { typed } from "../../src/core/typed.ts";
import { validator } from "../../src/core/validators.ts";

const PATH = "requests/orders-db-read/ann-1.yaml";
const HEAD = "apiVersion: lapse.dev/v1\nkind: AccessRequest\nmetadata: { name: ann-1 }\nspec:\n";
const REQUIRED =
  "  subject: ann\n  entitlement: orders-db-read\n  duration: 4h\n  reason: Backfill of stuck orders\n";

const read = (text: string) => readRequest({ path: PATH, bytes: new TextEncoder().encode(text) });

describe("a request", () => {
  test("with only what is required has no options", () => {
    expect(read(HEAD + REQUIRED)).toMatchObject({
      request: {
        id: "ann-1",
        path: PATH,
        subject: "ann",
        entitlement: "orders-db-read",
        duration: 14_400_000,
        reason: "Backfill of stuck orders",
        scope: {},
        breakGlass: false,
      },
    });
    const result = read(HEAD + REQUIRED);
    const request = "request" in result ? result.request : {};
    expect(Object.keys(request)).not.toEqual(expect.arrayContaining(["notBefore"]));
    expect("ticket" in request || "extends" in request || "notBefore" in request).toBe(false);
  });

  test("may set every option, and quotes are fine where text is meant", () => {
    const options =
      '  notBefore: "2026-11-24T20:00:00+01:00"\n  ticket: \'INC-4711\'\n  scope: { schema: [orders, "stock"], table: "1" }\n  extends: ann-0\n  breakGlass: true\n';
    expect(read(HEAD + REQUIRED.replace("4h", '"1d12h"') + options)).toMatchObject({
      request: {
        duration: 129_600_000,
        notBefore: instant("2026-11-24T19:00:00Z"),
        ticket: "INC-4711",
        scope: { schema: ["orders", "stock"], table: "1" },
        extends: "ann-0",
        breakGlass: true,
        places: { breakGlass: { file: PATH, line: 13, column: 15 }, subject: { line: 5, column: 12 } },
      },
    });
  });

  test("may be written in flow style or as JSON", () => {
    const value = { apiVersion: "lapse.dev/v1", kind: "AccessRequest", metadata: { name: "ann-1" } };
    const spec = {
      subject: "ann",
      entitlement: "orders-db-read",
      duration: "4h",
      reason: "Backfill of orders",
    };
    expect(read(JSON.stringify({ ...value, spec }))).toHaveProperty("request.subject", "ann");
  });
});

describe("a scope by the provider's own schema", () => {
  const properties = {
    schema: { type: "string", description: "A schema.", pattern: "^[a-z]+$" },
    rows: { type: "integer", description: "At most so many.", minimum: 1 },
  };
  const scope = { type: "object", additionalProperties: false, properties };
  const provider = { kind: "test-scope", schemas: { scope } };
  const scoped = (text: string) => {
    const result = read(`${HEAD}${REQUIRED}${text}`);
    if ("findings" in result) throw new Error("the request itself must be right");
    return readScope(result.document, provider);
  };

  test("has real numbers", () => {
    expect(scoped("  scope: { schema: orders, rows: 10 }\n")).toEqual({
      scope: { schema: "orders", rows: 10 },
    });
  });

  test("is empty when nothing is narrowed", () => {
    expect(scoped("")).toEqual({ scope: {} });
  });

  test("is refused at the very place", () => {
    expect(scoped('  scope: { shema: orders, rows: "10" }\n')).toMatchObject({
      findings: [
        { code: "LPS110", fix: 'did you mean "schema"?', at: { line: 9, column: 12 } },
        { code: "LPS112", fix: "write it without quotes", at: { line: 9, column: 33 } },
      ],
    });
  });
});

describe("every schema", () => {
  type Node = Readonly<Record<string, unknown>>;
  const isNode = (value: unknown): value is Node =>
    typeof value === "object" && value !== null && !Array.isArray(value);

  /** Each schema object below a schema, with its path. */
  function nodes(schema: Node, path: string): readonly { path: string; node: Node }[] {
    const under = (key: string) =>
      Object.entries((schema[key] ?? {}) as Readonly<Record<string, Node>>).flatMap(([name, node]) =>
        nodes(node, `${path}/${name}`),
      );
    const single = ["items", "additionalProperties", "propertyNames"].flatMap((key) => {
      const inner = schema[key];
      return isNode(inner) ? nodes(inner, `${path}/${key}`) : [];
    });
    return [{ path, node: schema }, ...under("properties"), ...under("$defs"), ...single];
  }

  const all = Object.entries(SCHEMAS).flatMap(([kind, schema]) => nodes(schema as unknown as Node, kind));

  test("compiles in strict mode and has a stable id", () => {
    for (const [kind, schema] of Object.entries(SCHEMAS)) {
      expect(validator(kind, schema)({}).length).toBeGreaterThan(0);
      expect(schema.$id).toMatch(/^https:\/\/lapse\.dev\/schemas\/v1\/[a-z-]+\.schema\.json$/);
      expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    }
  });

  test("describes each of its properties with an example", () => {
    const silent = all.filter(({ path, node }) => {
      const isProperty = path.includes("/") && !path.endsWith("/propertyNames");
      return (
        !("$ref" in node) &&
        (typeof node["description"] !== "string" || (isProperty && !Array.isArray(node["examples"])))
      );
    });
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test("closes each object, or bounds what may be in it", () => {
    const open = all.filter(
      ({ node }) =>
        node["type"] === "object" &&
        node["additionalProperties"] !== false &&
        node["maxProperties"] === undefined,
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  test("bounds each text and each list", () => {
    const bounded = (node: Node) =>
      ["maxLength", "enum", "const", "format"].some((key) => key in node) ||
      /^\^.*\$$/.test((node["pattern"] ?? "") as string);
    const loose = all.filter(({ node }) => {
      const types = [node["type"]].flat();
      return (
        (types.includes("string") && !bounded(node)) || (types.includes("array") && !("maxItems" in node))
      );
    });
    expect(loose.map(({ path }) => path)).toEqual([]);
  });

  test("has a pattern beside each of our formats that lets through all that the format does", () => {
    const texts = [
      "4h",
      "90m",
      "1d12h",
      "30s",
      "1d1h1m1s",
      "2026-11-24T20:00:00Z",
      "2026-11-24T20:00:00.5-11:30",
    ];
    const formatted = all.filter(({ node }) => String(node["format"]).startsWith("lapse-"));
    expect(formatted.length).toBeGreaterThan(10);
    for (const { node } of formatted) {
      const reader = node["format"] === "lapse-duration" ? duration : instant;
      const fitting = texts.filter((text) => reader(text) !== undefined);
      expect(fitting.filter((text) => !new RegExp(node["pattern"] as string, "u").test(text))).toEqual([]);
    }
  });
});

describe("B14: taking any constraint out of the request's schema lets something through", () => {
  const spec = { subject: "ann", entitlement: "e", duration: "4h", reason: "Backfill of orders" };
  const base = { apiVersion: "lapse.dev/v1", kind: "AccessRequest", metadata: { name: "a" }, spec };
  const withSpec = (more: object) => ({ ...base, spec: { ...spec, ...more } });
  const without = (object: object, key: string) =>
    Object.fromEntries(Object.entries(object).filter(([k]) => k !== key));
  const many = (n: number) => Array.from({ length: n }, (_, i) => `v${i}`);

  /** Each is wrong in one way only. */
  const bad: readonly unknown[] = [
    [],
    { ...base, more: "x" },
    ...Object.keys(base).map((key) => without(base, key)),
    ...Object.keys(spec).map((key) => ({ ...base, spec: without(spec, key) })),
    { ...base, apiVersion: "v0" },
    { ...base, kind: "Policy" },
    { ...base, metadata: {} },
    { ...base, metadata: [] },
    { ...base, metadata: { name: "a", more: "x" } },
    ...["A", 7].map((name) => ({ ...base, metadata: { name } })),
    { ...base, spec: [] },
    withSpec({ more: "x" }),
    ...["subject", "entitlement", "extends"].flatMap((key) =>
      ["A", ["a"], 7].map((value) => withSpec({ [key]: value })),
    ),
    ...["400d", "4", 7].map((value) => withSpec({ duration: value })),
    ...["2026-02-30T00:00:00Z", "1999-01-01T00:00:00Z", 7].map((value) => withSpec({ notBefore: value })),
    ...["too short", "x".repeat(501), "two\nlines of it", 7].map((value) => withSpec({ reason: value })),
    ...["inc-1", 7].map((value) => withSpec({ ticket: value })),
    withSpec({ breakGlass: "yes" }),
    withSpec({ scope: [] }),
    withSpec({ scope: {} }),
    withSpec({ scope: Object.fromEntries(many(17).map((key) => [key, "x"])) }),
    withSpec({ scope: { A: "x" } }),
    ...["", "x".repeat(201), {}, true, [], many(21), ["a", "a"], [7], [[]], [""], ["x".repeat(201)]].map(
      (value) => withSpec({ scope: { schema: value } }),
    ),
  ];
  const annotations = new Set([
    "$schema",
    "$id",
    "title",
    "description",
    "examples",
    "defaultSnippets",
    "properties",
    "$defs",
  ]);

  type Mutable = Record<string, unknown>;

  /** The schemas inside a schema, by name. */
  function inner(node: Mutable): readonly (readonly [string, Mutable])[] {
    const single = ["items", "propertyNames", "additionalProperties"].map((key) => [key, node[key]] as const);
    return [...Object.entries((node["properties"] ?? {}) as Mutable), ...single].filter(
      (entry): entry is [string, Mutable] => typeof entry[1] === "object",
    );
  }

  /** What each constraint becomes when it is taken out, or a part of it. A format goes with its editors' copy, the pattern. */
  function weaker(node: Mutable): readonly (readonly [string, Mutable])[] {
    return Object.entries(node)
      .filter(([key, value]) => !annotations.has(key) && !(key === "additionalProperties" && value !== false))
      .filter(([key]) => !(key === "pattern" && "format" in node))
      .flatMap(([key, value]) => {
        const rest = without(node, key);
        const parts = key === "required" ? (value as readonly string[]) : [];
        return [
          [key, key === "format" ? without(rest, "pattern") : rest] as const,
          ...parts.map(
            (name) => [`${key} ${name}`, { ...node, [key]: parts.filter((p) => p !== name) }] as const,
          ),
        ];
      });
  }

  function* mutations(
    root: Mutable,
    node: Mutable,
    path: string,
  ): Generator<{ name: string; schema: object }> {
    const original = { ...node };
    const set = (to: Mutable): void => {
      for (const key of Object.keys(node)) Reflect.deleteProperty(node, key);
      Object.assign(node, to);
    };
    for (const [name, mutant] of weaker(original)) {
      set(mutant);
      yield { name: `${path}: ${name}`, schema: structuredClone(root) };
    }
    set(original);
    for (const [name, child] of inner(node)) yield* mutations(root, child, `${path}/${name}`);
  }

  test("all the examples are wrong, and the base is right", () => {
    const validate = validator("AccessRequest", SCHEMAS.AccessRequest);
    expect(validate(base)).toEqual([]);
    expect(bad.filter((value) => validate(value).length === 0)).toEqual([]);
  });

  const root = structuredClone(SCHEMAS.AccessRequest) as unknown as Mutable;
  const mutants = [...mutations(root, root, "")];

  test("there are many constraints", () => {
    expect(mutants.length).toBeGreaterThan(50);
    expect(root).toEqual(SCHEMAS.AccessRequest);
  });

  test.each(mutants)("$name", ({ name, schema }) => {
    let caught: boolean;
    try {
      const validate = validator(`mutant ${name}`, schema);
      caught = bad.some((value) => validate(value).length === 0);
    } catch (error) {
      // Strict mode: the rest of the schema no longer makes sense without it.
      caught = String(error).includes("strict mode");
    }
    expect(caught).toBe(true);
  });

  test("what the examples of the schema show is right", () => {
    const example = SCHEMAS.AccessRequest.properties.spec.examples[0] as JsonObject;
    expect(
      validator(
        "AccessRequest",
        SCHEMAS.AccessRequest,
      )(typed({ ...base, spec: example }, SCHEMAS.AccessRequest, () => true)),
    ).toEqual([]);
  });
});
