// What does plain YAML text mean where the schema wants a number or a boolean? (our own typed reading)
import type { Json } from "./model.ts";

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

const INTEGER = /^-?(?:0|[1-9][0-9]{0,15})$/;
/** Schemas are finite, but a `$ref` may lead back to itself. */
const MAX_REFS = 16;

/**
 * The value with `true`, `false` and whole numbers converted where the schema asks for them and the scalar was written
 * without quotes. Whatever does not convert stays text, for the validator to complain about.
 */
export function typed(value: Json, schema: object, isPlain: (path: Path) => boolean): Json {
  const path: (string | number)[] = [];
  const inside = (step: string | number, node: Json, meaning: Meaning): Json => {
    path.push(step);
    const result = read(node, meaning);
    path.pop();
    return result;
  };
  const read = (node: Json, meaning: Meaning): Json => {
    if (!meaning.converts) return node;
    if (typeof node === "string") {
      const meant = scalar(node, meaning.types);
      return meant === node || isPlain(path) ? meant : node;
    }
    if (Array.isArray(node)) {
      return (node as readonly Json[]).map((item, i) => inside(i, item, meaning.item(i)));
    }
    const result = Object.create(null) as Record<string, Json>;
    for (const [key, item] of Object.entries(node as Record<string, Json>)) {
      result[key] = inside(key, item, meaning.property(key));
    }
    return result;
  };
  return read(value, meaningOf(schema as Schema));
}

function scalar(text: string, types: ReadonlySet<unknown>): Json {
  if (types.has("string")) return text;
  if (types.has("boolean") && ["true", "false"].includes(text)) return text === "true";
  const isNumber = (types.has("integer") || types.has("number")) && INTEGER.test(text);
  return isNumber && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** What all schemas that hold at one place say about it. */
interface Meaning {
  readonly types: ReadonlySet<unknown>;
  /** False when nothing here or further in can be a number or a boolean. */
  readonly converts: boolean;
  property(key: string): Meaning;
  item(index: number): Meaning;
}

/** Thousands of files have one schema: it is looked through once. */
const MEANINGS = new WeakMap<Schema, Meaning>();

function meaningOf(root: Schema): Meaning {
  let known = MEANINGS.get(root);
  if (!known) MEANINGS.set(root, (known = meaningAt([root], root)));
  return known;
}

function meaningAt(schemas: readonly Schema[], root: Schema): Meaning {
  const all = schemas.flatMap((schema) => branches(schema, root, 0));
  const declared = new Set(all.flatMap(({ properties }) => Object.keys((properties ?? {}) as Schema)));
  const prefix = Math.max(0, ...all.map(({ prefixItems }) => ((prefixItems ?? []) as unknown[]).length));
  const inner = new Map<string | number, Meaning>();
  const once = (step: string | number, found: () => readonly Schema[]): Meaning => {
    let known = inner.get(step);
    if (!known) inner.set(step, (known = meaningAt(found(), root)));
    return known;
  };
  return {
    converts: all.some(converts),
    types: new Set(all.flatMap(({ type }) => type ?? [])),
    // The empty key stands for all keys that no schema declares.
    property: (key) => once(declared.has(key) ? key : "", () => propertySchemas(all, key)),
    item: (index) => once(Math.min(index, prefix), () => itemSchemas(all, index)),
  };
}

/** Rather once too often: a reference may lead anywhere. */
function converts(part: unknown): boolean {
  if (typeof part === "string") return ["boolean", "integer", "number"].includes(part);
  if (typeof part !== "object" || part === null) return false;
  return Object.hasOwn(part, "$ref") || Object.values(part).some(converts);
}

/** A schema and all that it refers to or is made of at this place. */
function branches(schema: Schema, root: Schema, refs: number): readonly Schema[] {
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((key) => (schema[key] ?? []) as readonly Schema[]);
  const single = ["if", "then", "else"].flatMap((key) => (schema[key] ?? []) as Schema | readonly Schema[]);
  const target = refs < MAX_REFS ? referred(schema["$ref"], root) : undefined;
  const inner = [...parts, ...single, ...(target ? [target] : [])];
  return [schema, ...inner.flatMap((part) => branches(part, root, refs + 1))];
}

function referred(ref: unknown, root: Schema): Schema | undefined {
  if (typeof ref !== "string" || !ref.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const step of ref.slice(2).split("/")) found = (found as Schema | undefined)?.[step];
  return found as Schema | undefined;
}

function itemSchemas(schemas: readonly Schema[], index: number): readonly Schema[] {
  return schemas.flatMap((s) => {
    const prefix = s["prefixItems"] as readonly Schema[] | undefined;
    return asSchema(prefix?.[index] ?? s["items"]);
  });
}

function propertySchemas(schemas: readonly Schema[], key: string): readonly Schema[] {
  return schemas.flatMap((s) => {
    const properties = (s["properties"] ?? {}) as Schema;
    return asSchema(Object.hasOwn(properties, key) ? properties[key] : s["additionalProperties"]);
  });
}

function asSchema(found: unknown): readonly Schema[] {
  return typeof found === "object" && found !== null ? [found as Schema] : [];
}
