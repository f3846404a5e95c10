// How does a schema's complaint read to the person who wrote the file?
import type { Document } from "./document.ts";
import { error } from "./finding.ts";
import type { Finding, Json } from "./model.ts";
import type { SchemaError } from "./schema-error.ts";
import { hint } from "./hint.ts";
import { quoted } from "./text.ts";
import { valueAt } from "./tree.ts";

/** Says in words what is wrong where. `base` is the path of the validated value inside the document. */
export function schemaFinding(e: SchemaError, document: Document, base: readonly string[] = []): Finding {
  const path = [...base, ...e.path];
  const subject = { e, document, path, name: pathName(path), value: valueAt(document.value, path) };
  if (e.key !== undefined) return badKey(subject, e.key);
  return (WORDS[e.keyword] ?? other)(subject);
}

interface Subject {
  readonly e: SchemaError;
  readonly document: Document;
  readonly path: readonly string[];
  readonly name: string;
  readonly value: Json | undefined;
}
type Words = (s: Subject) => Finding;

const WORDS: Readonly<Partial<Record<string, Words>>> = {
  additionalProperties: unknownKey,
  unevaluatedProperties: unknownKey,
  required: missingKey,
  type: wrongType,
  enum: (s) => notListed(s, s.e.params["allowedValues"] as readonly unknown[]),
  const: (s) => notListed(s, [s.e.params["allowedValue"]]),
  pattern: (s) => error("LPS114", `${s.name} cannot be ${shown(s)}`, advice(s.e.schema), at(s)),
  format: wrongFormat,
  minLength: (s) => bounds(s, "at least", "characters"),
  maxLength: (s) => bounds(s, "at most", "characters"),
  minItems: (s) => bounds(s, "at least", "entries"),
  maxItems: (s) => bounds(s, "at most", "entries"),
  minProperties: (s) => bounds(s, "at least", "keys"),
  maxProperties: (s) => bounds(s, "at most", "keys"),
  minimum: (s) => bounds(s, "at least", ""),
  maximum: (s) => bounds(s, "at most", ""),
  uniqueItems: listedTwice,
};

function unknownKey({ e, document, path, name }: Subject): Finding {
  const key = (e.params["additionalProperty"] ?? e.params["unevaluatedProperty"]) as string;
  const where = name === "" ? "" : ` in ${name}`;
  const known = Object.keys(e.schema["properties"] ?? {});
  return error(
    "LPS110",
    `unknown key ${quoted(key)}${where}`,
    hint(key, known),
    document.place([...path, key], "key"),
  );
}

function missingKey({ e, document, path, name }: Subject): Finding {
  const key = e.params["missingProperty"] as string;
  const known = (e.schema["properties"] ?? {}) as Readonly<Partial<Record<string, SchemaError["schema"]>>>;
  const message = `${name === "" ? "the file" : name} has no ${quoted(key)}`;
  return error("LPS111", message, `add ${key}: ${advice(known[key] ?? {})}`, document.place(path, "key"));
}

function wrongType(s: Subject): Finding {
  const wanted = [s.e.params["type"] as string | readonly string[]].flat().map((t) => TYPES[t] ?? t);
  const isQuoted = typeof s.value === "string" && !s.document.isPlain(s.path);
  const fix = isQuoted && !wanted.includes("text") ? "write it without quotes" : advice(s.e.schema);
  return error(
    "LPS112",
    `${s.name || "the file"} must be ${wanted.join(" or ")}, not ${shown(s)}`,
    fix,
    at(s),
  );
}

const TYPES: Readonly<Partial<Record<string, string>>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a map",
  array: "a list",
};

function notListed(s: Subject, allowed: readonly unknown[]): Finding {
  const message = `${shown(s)} is not allowed for ${s.name}`;
  const known = allowed.map(String);
  const fix =
    known.length === 1 ? `write ${known[0] ?? ""}` : hint(typeof s.value === "string" ? s.value : "", known);
  return error("LPS113", message, fix, at(s));
}

function wrongFormat(s: Subject): Finding {
  if (s.e.params["format"] === "lapse-duration") {
    const fix = "write whole days, hours, minutes, seconds, like 4h, 90m or 1d12h; at most 366d";
    return error("LPS116", `${shown(s)} is not a duration`, fix, at(s));
  }
  const fix = "write RFC 3339 with a zone, like 2026-11-24T20:00:00Z";
  return error("LPS117", `${shown(s)} is not a point in time`, fix, at(s));
}

function bounds(s: Subject, side: string, unit: string): Finding {
  const limit = `${side} ${String(s.e.params["limit"])} ${unit}`.trim();
  return error(
    "LPS115",
    `${s.name} must have ${limit}`.replace(/have (at \w+ -?\d+)$/, "be $1"),
    advice(s.e.schema),
    at(s),
  );
}

function listedTwice(s: Subject): Finding {
  const place = s.document.place([...s.path, String(s.e.params["i"])]);
  return error("LPS118", `${s.name} lists the same entry twice`, "delete one of the two", place);
}

function badKey({ e, document, path, name }: Subject, key: string): Finding {
  const message = `${quoted(key)} cannot be a key in ${name}`;
  return error("LPS114", message, advice(e.schema), document.place([...path, key], "key"));
}

function other(s: Subject): Finding {
  return error(
    "LPS114",
    `${s.name || "the file"} does not fit the schema (${s.e.keyword})`,
    advice(s.e.schema),
    at(s),
  );
}

/** The schema's own words; every property has some. */
function advice(schema: Readonly<Record<string, unknown>>): string {
  const example = (schema["examples"] as readonly unknown[] | undefined)?.[0];
  const told = schema["description"];
  const parts = [
    typeof told === "string" ? told.replace(/\.$/, "") : "see the schema",
    example === undefined
      ? ""
      : `for example ${typeof example === "string" ? example : JSON.stringify(example)}`,
  ];
  return parts.filter(Boolean).join("; ");
}

/** Lists and maps are pointed at by their key, which is one word on one line. */
function at({ document, path, value }: Subject) {
  return document.place(path, typeof value === "object" ? "key" : "value");
}

function shown({ value }: Subject): string {
  if (typeof value === "string") return quoted(value);
  return Array.isArray(value) ? "a list" : "a map";
}

function pathName(path: readonly string[]): string {
  return path
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}
