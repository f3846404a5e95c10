// Do the schemas and the types say the same, and does every schema help whoever writes a file?
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { everySchema } from "../.ci/validators.ts";
import type {
  AccessRequest,
  ApprovalDemand,
  BreakGlass,
  Entitlement,
  Group,
  Person,
  Policy,
  Rule,
  Settings,
  Target,
} from "../src/core/model.ts";
import { SCHEMAS } from "../src/core/schemas.ts";

interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly type?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly additionalProperties?: boolean | Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** The compiler guards these lists against the types, the test below guards the schemas against these lists. */
type Keys<T> = Record<keyof T, true>;
const WRITTEN = {
  AccessRequest: {
    subject: true,
    entitlement: true,
    duration: true,
    notBefore: true,
    reason: true,
    ticket: true,
    scope: true,
    extends: true,
    breakGlass: true,
  } satisfies Keys<Omit<AccessRequest, "id" | "path" | "places">>,
  Entitlement: {
    title: true,
    target: true,
    role: true,
    risk: true,
    eligible: true,
    maxDuration: true,
    approvals: true,
    scope: true,
    breakGlass: true,
  } satisfies Keys<Omit<Entitlement, "name" | "at">>,
  Group: { members: true } satisfies Keys<Omit<Group, "name">>,
  Person: { login: true, id: true, otherAccounts: true, identities: true } satisfies Keys<
    Omit<Person, "name" | "forge"> & Person["forge"]
  >,
  Policy: { match: true, when: true, rules: true } satisfies Keys<Omit<Policy, "name" | "file">>,
  Settings: {
    owner: true,
    pendingTimeout: true,
    sweepInterval: true,
    maxDuration: true,
    changes: true,
    breakGlass: true,
    forks: true,
  } satisfies Keys<Settings>,
  Target: {
    title: true,
    provider: true,
    connection: true,
    environment: true,
    bound: true,
    sweeper: true,
  } satisfies Keys<Omit<Target, "name">>,
};
const PARTS: readonly (readonly [string, readonly string[], object])[] = [
  [
    "Entitlement",
    ["breakGlass"],
    { eligible: true, maxDuration: true, approvals: true, review: true } satisfies Keys<BreakGlass>,
  ],
  ["Entitlement", ["breakGlass", "review"], { from: true, count: true } satisfies Keys<BreakGlass["review"]>],
  ["Settings", ["breakGlass"], { reviewWithin: true } satisfies Keys<Settings["breakGlass"]>],
  ["Entitlement", ["approvals"], { from: true, count: true, when: true } satisfies Keys<ApprovalDemand>],
  ["Policy", ["rules"], { name: true, require: true, message: true } satisfies Keys<Rule>],
  [
    "Policy",
    ["match"],
    { environments: true, risks: true, entitlements: true } satisfies Keys<Policy["match"]>,
  ],
];

const kinds = new Map<string, Schema>(Object.entries(SCHEMAS as unknown as Readonly<Record<string, Schema>>));
const sorted = (value: object | undefined): readonly string[] => Object.keys(value ?? {}).sort();

/** Follows a path of properties below `spec`; lists and references lead on to what they hold. */
function part(kind: string, path: readonly string[]): Schema {
  const root = kinds.get(kind) ?? {};
  const solve = (schema: Schema): Schema => {
    if (schema.$ref !== undefined) return solve(root.$defs?.[schema.$ref.replace("#/$defs/", "")] ?? {});
    return schema.items === undefined ? schema : solve(schema.items);
  };
  return ["spec", ...path].reduce((schema, step) => solve(schema.properties?.[step] ?? {}), root);
}

describe("schemas and types", () => {
  test.each(Object.entries(WRITTEN))("say the same about %s", (kind, keys) => {
    expect(sorted(part(kind, []).properties)).toEqual(sorted(keys));
  });

  test.each(PARTS)("say the same about %s.spec.%s", (kind, path, keys) => {
    expect(sorted(part(kind, path).properties)).toEqual(sorted(keys));
  });

  test("are one for each kind, and each file is one of them", () => {
    const files = readdirSync("schemas").filter((file) => file.endsWith(".schema.json"));
    expect(files.length).toBe(kinds.size);
    for (const [kind, schema] of kinds) expect(schema.properties?.["kind"]?.const).toBe(kind);
  });
});

/** Every schema inside of one, with its place. */
function* inside(schema: Schema, at: string): Generator<readonly [string, Schema]> {
  yield [at, schema];
  for (const [key, value] of Object.entries(schema.properties ?? {})) yield* inside(value, `${at}.${key}`);
  for (const [key, value] of Object.entries(schema.$defs ?? {})) yield* inside(value, `${at}#${key}`);
  if (schema.items !== undefined) yield* inside(schema.items, `${at}[]`);
}

describe("every schema", async () => {
  const all = [...(await everySchema())].flatMap(([id, schema]) => [...inside(schema as Schema, id)]);

  test("is of draft 2020-12", async () => {
    for (const [id, schema] of await everySchema())
      expect((schema as Schema).$schema, id).toBe("https://json-schema.org/draft/2020-12/schema");
  });

  test("takes no key that it does not know", () => {
    const open = all.filter(([, { properties, additionalProperties }]) => {
      return properties !== undefined && additionalProperties !== false;
    });
    expect(open.map(([at]) => at)).toEqual([]);
  });

  test("describes every property, with an example that editors can offer", () => {
    const properties = all.flatMap(([at, schema]) =>
      Object.entries(schema.properties ?? {}).map(([key, value]) => [`${at}.${key}`, value] as const),
    );
    expect(properties.length).toBeGreaterThan(50);
    const silent = properties.filter(([, schema]) => {
      return (schema.description ?? "") === "" || (schema.examples ?? []).length === 0;
    });
    expect(silent.filter(([, { $ref }]) => $ref === undefined).map(([at]) => at)).toEqual([]);
  });
});

test("the issue form asks for what a request needs", () => {
  const form = parse(readFileSync(".github/ISSUE_TEMPLATE/access-request.yml", "utf8")) as {
    readonly body: readonly { readonly id?: string; readonly validations?: { readonly required: boolean } }[];
  };
  const fields = form.body.flatMap(({ id, validations }) =>
    validations?.required === true ? (id ?? []) : [],
  );
  expect([...fields].sort()).toEqual([...SCHEMAS.AccessRequest.properties.spec.required].sort());
});
