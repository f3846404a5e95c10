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
  const root = schema as Schema;
  const read = (node: Json, schemas: readonly Schema[], path: Path): Json => {
    const all = schemas.flatMap((s) => cached(s, root));
    if (typeof node === "string") {
      const meant = scalar(node, all);
      return meant === node || isPlain(path) ? meant : node;
    }
    if (Array.isArray(node)) {
      return (node as readonly Json[]).map((item, i) => read(item, itemSchemas(all, i), [...path, i]));
    }
    const result = Object.create(null) as Record<string, Json>;
    for (const [key, item] of Object.entries(node as Record<string, Json>)) {
      result[key] = read(item, propertySchemas(all, key), [...path, key]);
    }
    return result;
  };
  return read(value, [root], []);
}

function scalar(text: string, schemas: readonly Schema[]): Json {
  const types = new Set(schemas.flatMap((s) => s["type"] ?? []));
  if (types.has("string")) return text;
  if (types.has("boolean") && ["true", "false"].includes(text)) return text === "true";
  const isNumber = (types.has("integer") || types.has("number")) && INTEGER.test(text);
  return isNumber && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** By root, since a `$ref` means another thing in another file. */
const CACHE = new WeakMap<Schema, WeakMap<Schema, readonly Schema[]>>();

function cached(schema: Schema, root: Schema): readonly Schema[] {
  const known = CACHE.get(root) ?? new WeakMap<Schema, readonly Schema[]>();
  CACHE.set(root, known);
  const found = known.get(schema) ?? branches(schema, root, 0);
  known.set(schema, found);
  return found;
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
