// How do tests of policies get a catalog, a request and a decision? (the example company, with changes)
import { readdirSync, readFileSync } from "node:fs";
import { readCatalog } from "../../src/core/catalog.ts";
import { compile, type CelInput, type Compiled } from "../../src/core/cel.ts";
import type { VariableSet } from "../../src/core/cel-variables.ts";
import type {
  AccessRequest,
  ActiveGrant,
  Catalog,
  Decision,
  Duration,
  Instant,
  Lookup,
} from "../../src/core/model.ts";
import { celInput, withApprovals } from "../../src/core/policy-input.ts";
import { compilePolicies, judge, type PolicySet } from "../../src/core/policy.ts";
import { duration, instant } from "../../src/core/time.ts";
import { loadProvider, providerKinds } from "../../src/providers/index.ts";

const ROOT = new URL("../../policies/", import.meta.url);
const utf8 = new TextEncoder();
const loaded = new Map(
  await Promise.all(providerKinds.map(async (kind) => [kind, await loadProvider(kind)] as const)),
);

export interface PolicyFile {
  readonly path: string;
  readonly mode: string;
  readonly bytes: Uint8Array;
}

/** Every file of policies/; `changes` replaces, adds or (with undefined) removes files. */
export function policyFiles(
  changes: Readonly<Record<string, string | undefined>> = {},
): readonly PolicyFile[] {
  const names = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".yaml"),
  );
  const texts = new Map(names.map((name) => [`policies/${name}`, readFileSync(new URL(name, ROOT), "utf8")]));
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) texts.delete(path);
    else texts.set(path, text);
  }
  return [...texts].map(([path, text]) => ({ path, mode: "100644", bytes: utf8.encode(text) }));
}

export interface World {
  readonly catalog: Catalog;
  readonly policies: PolicySet;
}

export function catalogOf(files: readonly PolicyFile[]): Catalog {
  return readCatalog({ digest: "d1", files, provider: (kind) => loaded.get(kind), known: providerKinds });
}

/** The example company with changes. */
export function company(changes: Readonly<Record<string, string | undefined>> = {}): World {
  const catalog = catalogOf(policyFiles(changes));
  return { catalog, policies: compilePolicies(catalog) };
}

/** A file of policies/ with one piece of text replaced. */
export function edited(path: string, from: string, to: string): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(path.replace("policies/", ""), ROOT), "utf8");
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { [path]: text.replace(from, to) };
}

/** A Policy file with rules, `name: expression`. */
export function policyFile(name: string, rules: Readonly<Record<string, string>>, head = ""): string {
  const lines = Object.entries(rules).flatMap(([rule, require]) => [
    `    - name: ${rule}`,
    "      require: |-",
    ...require.split("\n").map((line) => `        ${line}`),
    `      message: ${rule} says no`,
  ]);
  return [
    `apiVersion: lapse.dev/v1`,
    "kind: Policy",
    `metadata: { name: ${name} }`,
    "spec:",
    head,
    "  rules:",
    ...lines,
  ]
    .filter((line) => line !== "")
    .join("\n")
    .concat("\n");
}

export function at(text: string): Instant {
  const value = instant(text);
  if (value === undefined) throw new Error(text);
  return value;
}

export function lasting(text: string): Duration {
  const value = duration(text);
  if (value === undefined) throw new Error(text);
  return value;
}

/** A Monday, ten in Berlin. */
export const NOW = at("2026-11-23T09:00:00Z");

export function aRequest(changes: Partial<AccessRequest> = {}): AccessRequest {
  const request: AccessRequest = {
    id: "ann-orders-read-1",
    path: "requests/orders-db-read/ann-orders-read-1.yaml",
    subject: "ann",
    entitlement: "orders-db-read",
    duration: lasting("2h"),
    reason: "Find out why orders are stuck",
    ticket: "INC-4711",
    scope: {},
    breakGlass: false,
    places: {},
    ...changes,
  };
  const fields = Object.keys(changes).filter((field) => !["id", "path", "places"].includes(field));
  const line = (i: number) => ({ file: request.path, line: 10 + i, column: 3 });
  return { ...request, places: Object.fromEntries(fields.map((field, i) => [field, line(i)])) };
}

/** The same without a field: `undefined` is not the same as absent. */
export function without(request: AccessRequest, field: keyof AccessRequest): AccessRequest {
  return Object.fromEntries(
    Object.entries(request).filter(([key]) => key !== field),
  ) as unknown as AccessRequest;
}

export function aGrant(changes: Partial<ActiveGrant> = {}): ActiveGrant {
  return {
    request: "bob-orders-read-1",
    subject: "bob",
    entitlement: "orders-db-read",
    target: "orders-db",
    environment: "production",
    start: at("2026-11-23T08:00:00Z"),
    end: at("2026-11-23T12:00:00Z"),
    approvers: ["carol"],
    ...changes,
  };
}

interface Scene {
  readonly request: AccessRequest;
  readonly now: Instant;
  readonly active: readonly ActiveGrant[];
  readonly history: readonly ActiveGrant[];
}

/** Judges a request that is merged now. */
export function decide(world: World, scene: Partial<Scene> = {}): Decision {
  const { request = aRequest(), now = NOW, active = [], history = [] } = scene;
  const start = request.notBefore ?? now;
  const window = { start, end: (start + request.duration) as Instant };
  return judge({ ...world, request, window, now, active, history });
}

export function codes(decision: Decision): readonly string[] {
  return decision.findings.map(({ code }) => code);
}

const example = company();

/** What an expression sees: ann asks for orders-db-read. */
export function anInput(scene: Partial<Scene> = {}): CelInput {
  const { request = aRequest(), now = NOW, active = [], history = [] } = scene;
  const { catalog } = example;
  const start = request.notBefore ?? now;
  const entitlement = found(catalog.entitlement(request.entitlement));
  return withApprovals(
    celInput({
      request,
      subject: found(catalog.person(request.subject)),
      entitlement,
      target: found(catalog.target(entitlement.target)),
      settings: found(catalog.settings),
      catalog,
      window: { start, end: (start + request.duration) as Instant },
      now,
      active,
      history,
    }),
    1,
  );
}

function found<T>(lookup: Lookup<T>): T {
  if (lookup.is !== "found") throw new Error(lookup.is);
  return lookup.value;
}

export const HERE = { file: "policies/rules/here.yaml", line: 10, column: 16 };

/** A good expression, compiled; throws with the findings of a bad one. */
export function rule(text: string, set: VariableSet = "rule"): Compiled {
  const result = compile({ text, at: HERE }, set);
  if ("evaluate" in result) return result;
  throw new Error(result.map(({ message }) => message).join("; "));
}

/** true, false, or the error. */
export function verdict(text: string, input: CelInput = anInput()): boolean | string {
  const outcome = rule(text).evaluate(input);
  return outcome.ok ? outcome.value : outcome.error;
}
