// Is everything under policies/ found, unreadable or absent, and never the wrong one of the three?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCatalog } from "../../src/core/catalog.ts";
import type { Catalog, Finding } from "../../src/core/model.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (kind: string, name: string, spec: string) =>
  `apiVersion: lapse.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

const role = {
  type: "object",
  additionalProperties: false,
  required: ["roles"],
  properties: { roles: { type: "array", description: "Roles.", items: { type: "string" }, maxItems: 9 } },
};
const connection = {
  type: "object",
  additionalProperties: false,
  required: ["urlFrom"],
  properties: {
    urlFrom: { type: "string", description: "A variable." },
    port: { type: "integer", description: "A port." },
  },
};
const scope = { type: "object", additionalProperties: false, properties: { schema: { type: "string" } } };
const SCHEMAS = { connection, role, scope };

type Files = Readonly<Record<string, string | null>>;
const GOOD: Files = {
  "lapse.yaml": file(
    "Settings",
    "acme",
    "{ owner: acme, pendingTimeout: 2d, sweepInterval: 15m, maxDuration: 1d, changes: { from: [group:backend], count: 1 } }",
  ),
  "README.md": "# Policies",
  "people/README.md": "# People",
  "people/ann.yaml": file(
    "Person",
    "ann",
    "{ login: ann-smith, id: 1, identities: { postgres: ann, db: ann_ro } }",
  ),
  "people/bob.yaml": file(
    "Person",
    "bob",
    "{ login: bob, id: 2, otherAccounts: [{ login: bob-admin, id: 3 }] }",
  ),
  "people/backend.yaml": file("Group", "backend", "{ members: [ann, bob] }"),
  "targets/db.yaml": file(
    "Target",
    "db",
    "{ title: DB, provider: postgres, environment: production, bound: 20m, connection: { urlFrom: DB_URL, port: 5432 } }",
  ),
  "entitlements/read.yaml": file(
    "Entitlement",
    "read",
    "{ title: Read, target: db, role: { roles: [reader] }, risk: low, eligible: [group:backend, person:ann], maxDuration: 8h,\n  approvals: [{ from: [person:bob], count: 1, when: 'true' }], scope: [schema],\n  breakGlass: { eligible: [person:ann], maxDuration: 1h, approvals: [] } }",
  ),
  "rules/base.yaml": file(
    "Policy",
    "base",
    "\n  match: { environments: [production], risks: [low], entitlements: [read] }\n  when: 'true'\n  rules:\n    - name: ticket\n      require: |\n        has(request.ticket)\n      message: a ticket is needed",
  ),
  "tests/base.yaml": "read elsewhere",
};

function catalog(change: Files = {}, modes: Readonly<Record<string, string>> = {}): Catalog {
  const files = Object.entries({ ...GOOD, ...change }).flatMap(([path, text]) =>
    text === null ? [] : [{ path: `policies/${path}`, mode: modes[path] ?? "100644", bytes: bytes(text) }],
  );
  return readCatalog({
    digest: "tree",
    files,
    provider: (kind) => (kind === "postgres" ? { schemas: SCHEMAS } : undefined),
    known: ["postgres", "kubernetes"],
  });
}

const change = (path: string, from: string, to: string): Files => {
  const text = GOOD[path] ?? "";
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { [path]: text.replace(from, to) };
};
const places = (findings: readonly Finding[]) =>
  findings.map(
    ({ code, at }) =>
      `${code} ${at?.file.replace("policies/", "") ?? ""}:${at?.line ?? 0}:${at?.column ?? 0}`,
  );

describe("a sound catalog", () => {
  const sound = catalog();

  test("has no findings and everything in it", () => {
    expect(places(sound.findings)).toEqual([]);
    expect(sound.broken).toEqual([]);
    expect(sound.digest).toBe("tree");
    expect(sound.settings).toMatchObject({ is: "found", value: { owner: "acme", sweepInterval: 900_000 } });
    expect(sound.person("ann")).toEqual({
      is: "found",
      value: {
        name: "ann",
        forge: { login: "ann-smith", id: 1 },
        otherAccounts: [],
        identities: { postgres: "ann", db: "ann_ro" },
      },
    });
    expect(sound.person("bob")).toMatchObject({ value: { otherAccounts: [{ login: "bob-admin", id: 3 }] } });
    expect(sound.group("backend")).toEqual({
      is: "found",
      value: { name: "backend", members: ["ann", "bob"] },
    });
    expect(sound.target("db")).toMatchObject({
      value: { bound: 1_200_000, connection: { urlFrom: "DB_URL", port: 5432 } },
    });
    expect(sound.entitlement("read")).toMatchObject({
      value: {
        role: { roles: ["reader"] },
        maxDuration: 28_800_000,
        scope: ["schema"],
        breakGlass: { eligible: ["person:ann"], maxDuration: 3_600_000, approvals: [] },
        at: { file: "policies/entitlements/read.yaml", line: 3, column: 19 },
      },
    });
  });

  test("keeps each expression with the place of its first character", () => {
    expect(sound.entitlements[0]?.approvals[0]?.when).toMatchObject({
      text: "true",
      at: { line: 5, column: 54 },
    });
    expect(sound.policies).toMatchObject([
      {
        name: "base",
        file: "policies/rules/base.yaml",
        match: { environments: ["production"], risks: ["low"], entitlements: ["read"] },
        when: { text: "true", at: { line: 6, column: 10 } },
        rules: [{ name: "ticket", require: { text: "has(request.ticket)\n", at: { line: 10, column: 9 } } }],
      },
    ]);
  });

  test("says absent of what nobody wrote, whatever JavaScript knows by that name", () => {
    for (const name of ["eve", "constructor", "__proto__", "toString"]) {
      expect(sound.person(name)).toEqual({ is: "absent" });
      expect(sound.entitlement(name)).toEqual({ is: "absent" });
    }
  });

  test("does not depend on the order of files", () => {
    const entries = Object.entries(GOOD).map(([path, text]) => ({
      path: `policies/${path}`,
      mode: "100644",
      bytes: bytes(text ?? ""),
    }));
    const provider = () => ({ schemas: SCHEMAS });
    const print = (files: typeof entries) =>
      JSON.stringify(readCatalog({ digest: "", files, provider, known: ["postgres"] }));
    expect(print([...entries].reverse())).toBe(print(entries));
  });
});

describe("a broken file keeps its name", () => {
  test.each([
    ["people/ann.yaml", (c: Catalog) => c.person("ann")],
    ["people/backend.yaml", (c: Catalog) => c.group("backend")],
    ["targets/db.yaml", (c: Catalog) => c.target("db")],
    ["entitlements/read.yaml", (c: Catalog) => c.entitlement("read")],
    ["lapse.yaml", (c: Catalog) => c.settings],
  ])("%s", (path, look) => {
    const ways: readonly Catalog[] = [
      catalog({ [path]: "{" }),
      catalog({ [path]: "" }),
      catalog({ [path]: `${GOOD[path] ?? ""}more: x\n` }),
      catalog({}, { [path]: "120000" }),
    ];
    for (const broken of ways) {
      expect(look(broken)).toEqual({ is: "unreadable" });
      expect(broken.broken).toContain(`policies/${path}`);
      expect(
        broken.findings.some(({ severity, at }) => severity === "error" && at?.file === `policies/${path}`),
      ).toBe(true);
    }
    expect(look(catalog({ [path]: null }))).toEqual({ is: "absent" });
  });

  test("an unreadable name is not reported again by those who refer to it", () => {
    const broken = catalog({ "people/ann.yaml": "{" });
    expect(places(broken.findings)).toEqual(["LPS101 people/ann.yaml:1:2"]);
    expect(broken.group("backend")).toMatchObject({ is: "found" });
    expect(broken.entitlement("read")).toMatchObject({ is: "found" });
  });

  test("an entitlement on an unreadable target is unreadable, since nobody can judge its role", () => {
    const broken = catalog({ "targets/db.yaml": "{" });
    expect(places(broken.findings)).toEqual(["LPS101 targets/db.yaml:1:2"]);
    expect(broken.entitlement("read")).toEqual({ is: "unreadable" });
  });

  test.each(["people/eve.yml", "people/eve.yaml.orig", "people/eve.YAML"])("%s means eve", (path) => {
    const broken = catalog({ [path]: "" });
    expect(places(broken.findings)).toEqual([`LPS125 ${path}:1:1`]);
    expect(broken.person("eve")).toEqual({ is: "unreadable" });
  });

  test.each([
    "rules/base.yml",
    "rules/.hidden",
    "rules/sub/base.yaml",
    "rule/base.yaml",
    "settings.yaml",
    "rules/con.yaml",
  ])("%s is a file that nobody would read", (path) => {
    const broken = catalog({ [path]: "" });
    expect(places(broken.findings)).toEqual([`LPS125 ${path}:1:1`]);
    expect(broken.broken).toEqual([`policies/${path}`]);
  });
});

describe("what does not fit together is an error at its place", () => {
  /** The place of what follows the mark in a changed file. */
  const at = (code: string, path: string, text: string, marked: string): string => {
    const [before = "", after = ""] = marked.split("»");
    const start = text.indexOf(before + after) + before.length;
    const lines = text.slice(0, start).split("\n");
    return `${code} ${path}:${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
  };
  const READ = "entitlements/read.yaml";

  test.each([
    ["a group's unknown member", "people/backend.yaml", "bob", "»bbo", "LPS130"],
    ["an unknown provider", "targets/db.yaml", "provider: postgres", "provider: »postgress", "LPS131"],
    ["a connection against its schema", "targets/db.yaml", "port: 5432", "»prt: 5432", "LPS110"],
    ["a role against its schema", READ, "roles: [reader]", "roles: »reader", "LPS112"],
    ["an unknown target", READ, "target: db", "target: »bd", "LPS130"],
    ["an unknown eligible group", READ, "group:backend", "»group:back", "LPS130"],
    [
      "a person taken for a group",
      READ,
      "person:ann], maxDuration: 8h",
      "»group:ann], maxDuration: 8h",
      "LPS130",
    ],
    ["an unknown approver", READ, "person:bob", "»person:bo", "LPS130"],
    ["an unknown emergency group", READ, "{ eligible: [person:ann]", "{ eligible: [»group:sre]", "LPS130"],
    ["an unknown scope key", READ, "[schema]", "[schema, »table]", "LPS135"],
    ["longer than the settings", READ, "8h", "»25h", "LPS133"],
    ["an emergency longer than the settings", READ, "1h", "»2d", "LPS133"],
    ["a rule for an unknown entitlement", "rules/base.yaml", "[read]", "[»raed]", "LPS130"],
    [
      "two rules of one name",
      "rules/base.yaml",
      "is needed",
      "is needed\n    - { name: »ticket, require: 'true', message: no }",
      "LPS118",
    ],
    ["a kind of another folder", "people/bob.yaml", "kind: Person", "kind: »Target", "LPS126"],
    ["the name of another file", "people/bob.yaml", "name: bob", "name: »bib", "LPS122"],
  ])("%s", (_, path, from, to, code) => {
    const changed = change(path, from, to.replace("»", ""));
    const broken = catalog(changed);
    expect(places(broken.findings)).toEqual([at(code, path, changed[path] ?? "", to)]);
    expect(broken.broken).toContain(`policies/${path}`);
    const name = path.replace(/^.*\/|\.yaml$/g, "");
    const looks = [broken.person(name), broken.group(name), broken.target(name), broken.entitlement(name)];
    expect(looks.filter(({ is }) => is === "found")).toEqual([]);
    expect(broken.policies.filter((policy) => policy.name === name)).toEqual([]);
  });

  test("no settings are an error too", () => {
    const broken = catalog({ "lapse.yaml": null });
    expect(places(broken.findings)).toEqual(["LPS134 lapse.yaml:1:1"]);
    expect(broken.entitlement("read")).toMatchObject({ is: "found" });
  });

  test("suggests what was meant, or lists what there is", () => {
    const fix = (changed: Files) => catalog(changed).findings[0]?.fix;
    expect(fix(change("people/backend.yaml", "bob", "bbo"))).toBe('did you mean "bob"?');
    expect(fix(change("targets/db.yaml", "postgres", "oracle"))).toBe("known: kubernetes, postgres");
  });

  test.each([
    ["id", "id: 2", "id: 1", ["LPS132 people/ann.yaml:4:31", "LPS132 people/bob.yaml:4:25"]],
    [
      "login in other letters",
      "login: bob,",
      "login: ANN-Smith,",
      ["LPS132 people/ann.yaml:4:16", "LPS132 people/bob.yaml:4:16"],
    ],
    ["further account", "id: 3", "id: 1", ["LPS132 people/ann.yaml:4:31", "LPS132 people/bob.yaml:4:68"]],
  ])("two people with one %s are both unreadable", (_, from, to, expected) => {
    const broken = catalog(change("people/bob.yaml", from, to));
    expect(places(broken.findings)).toEqual(expected);
    expect([broken.person("ann"), broken.person("bob")]).toEqual([
      { is: "unreadable" },
      { is: "unreadable" },
    ]);
    expect(broken.people).toEqual([]);
  });

  test("what has no effect is a warning, and stays found", () => {
    const idle = catalog({
      ...change("people/ann.yaml", "postgres: ann", "postgrs: ann"),
      ...change("rules/base.yaml", "[production]", "[prod]"),
    });
    expect(idle.findings.map(({ severity }) => severity)).toEqual(["warning", "warning"]);
    expect(places(idle.findings)).toEqual(["LPS136 people/ann.yaml:4:48", "LPS136 rules/base.yaml:5:27"]);
    expect(idle.broken).toEqual([]);
    expect(idle.policies.length).toBe(1);
  });

  const files = Object.entries(GOOD).map(([path, text]) => ({
    path: `policies/${path}`,
    mode: "100644",
    bytes: bytes(text ?? ""),
  }));

  test("a role that defeats time limits is not lent by the way", () => {
    const lent = (risk: string) =>
      readCatalog({
        digest: "",
        files: files.map((file) =>
          file.path.endsWith("entitlements/read.yaml")
            ? {
                ...file,
                bytes: bytes((GOOD["entitlements/read.yaml"] ?? "").replace(/risk: \w+/, `risk: ${risk}`)),
              }
            : file,
        ),
        provider: () => ({
          schemas: SCHEMAS,
          selfPerpetuating: () => "its holder can grant the same for ever",
        }),
        known: ["postgres", "kubernetes"],
      });
    expect(lent("low").findings.map(({ code }) => code)).toContain("LPS137");
    expect(lent("low").entitlement("read")).toEqual({ is: "unreadable" });
    expect(lent("high").findings.map(({ code }) => code)).not.toContain("LPS137");
    expect(lent("critical").entitlement("read").is).toBe("found");
  });

  test("a provider whose schema is not sound refuses everything", () => {
    const odd = { connection: { type: "object", unknownKeyword: true }, role, scope };
    const broken = readCatalog({
      digest: "",
      files,
      provider: () => ({ schemas: odd }),
      known: ["postgres"],
    });
    expect(broken.target("db")).toEqual({ is: "unreadable" });
    expect(broken.findings[0]?.code).toBe("LPS131");
  });
});

test("whatever is in whichever file, the catalog is read and never more is found than before", () => {
  const paths = Object.keys(GOOD);
  const damage = fc.tuple(fc.constantFrom(...paths), fc.nat(400), fc.nat(6), fc.string({ maxLength: 6 }));
  fc.assert(
    fc.property(damage, ([path, from, length, insert]) => {
      const text = GOOD[path] ?? "";
      const broken = catalog({ [path]: text.slice(0, from) + insert + text.slice(from + length) });
      const lost = broken.findings.some(({ severity }) => severity === "error");
      expect(broken.broken.length > 0).toBe(lost);
      for (const { at, frame } of broken.findings) expect(at && frame !== "").toBeTruthy();
    }),
    { numRuns: 150 },
  );
});
