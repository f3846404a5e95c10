// Does this file hold what its kind's schema demands, and under its own name?
import { readDocument, type Document } from "./document.ts";
import { error, sorted, type Code } from "./finding.ts";
import { frame, framed, MOST_FINDINGS } from "./frame.ts";
import { hint } from "./hint.ts";
import type { Finding, Json, JsonObject } from "./model.ts";
import { schemaFinding } from "./schema-finding.ts";
import { SCHEMAS, type Kind } from "./schemas.ts";
import { quoted } from "./text.ts";
import { valueAt, type Path, type Which } from "./tree.ts";
import { typed } from "./typed.ts";
import { validator } from "./validators.ts";

export interface ReadFile {
  readonly kind: Kind;
  /** `metadata.name`. */
  readonly name: string;
  /** Matches the kind's schema; numbers and booleans are real ones, durations and instants are still text. */
  readonly spec: JsonObject;
  readonly document: Document;
}

/** A file that was read, or everything that is wrong with it, sorted and with frames. Never throws. */
export type FileResult = ReadFile | { readonly findings: readonly Finding[] };

/** Checks beyond the schema; they see the document before anybody knows whether it matches. */
type Also = (document: Document) => readonly Finding[];

/** Reads a file that may be of one of these kinds. */
export function readFile(
  kinds: readonly [Kind, ...Kind[]],
  file: string,
  bytes: Uint8Array,
  also: Also = () => [],
): FileResult {
  const read = readDocument(file, bytes);
  if ("findings" in read) return read;
  const { document } = read;
  const kind = kindOf(document.value, kinds);
  if (kind === undefined) return { findings: [wrongKind(document, kinds)] };
  const { value, findings } = conform(document, [], kind, SCHEMAS[kind]);
  const places = new Set(findings.map(({ at }) => JSON.stringify(at)));
  const more = also(document).filter(({ at }) => !places.has(JSON.stringify(at)));
  if (findings.length + more.length > 0) return { findings: sorted([...findings, ...more]) };
  const { metadata, spec } = value as { metadata: { name: string }; spec: JsonObject };
  return { kind, name: metadata.name, spec, document };
}

/** Reads the part of a document at a path by a schema: the value with real numbers and booleans, and what is wrong. */
export function conform(
  document: Document,
  path: readonly string[],
  id: string,
  schema: object,
): { readonly value: Json; readonly findings: readonly Finding[] } {
  const part = valueAt(document.value, path) ?? (Object.create(null) as JsonObject);
  const value = typed(part, schema, (inner) => document.isPlain([...path, ...inner]));
  const errors = validator(id, schema)(value).slice(0, MOST_FINDINGS);
  if (errors.length === 0) return { value, findings: [] };
  return {
    value,
    findings: framed(sorted(errors.map((e) => schemaFinding(e, document, path))), document.text),
  };
}

/** The one kind that is possible, or the one that the file names. */
function kindOf(value: Json, kinds: readonly [Kind, ...Kind[]]): Kind | undefined {
  if (kinds.length === 1) return kinds[0];
  return kinds.find((kind) => kind === valueAt(value, ["kind"]));
}

function wrongKind(document: Document, kinds: readonly Kind[]): Finding {
  const kind = valueAt(document.value, ["kind"]);
  const said = typeof kind === "string" ? `${quoted(kind)} is` : "without a kind it is";
  const fix = typeof kind === "string" ? hint(kind, kinds) : `write kind: ${kinds.join(" or kind: ")}`;
  return complain({ document }, "LPS126", ["kind"], `${said} none of the kinds of this folder`, fix);
}

/** An error at a place inside a file that was read, with its frame. */
export function complain(
  { document }: Pick<ReadFile, "document">,
  code: Code,
  path: Path,
  message: string,
  fix: string,
  which: Which = "value",
): Finding {
  const finding = error(code, message, fix, document.place(path, which));
  return { ...finding, frame: frame(document.text, document.place(path, which)) };
}

/** The finding for a name that differs from the file's base name. */
export function misnamed(document: Document, base: string): readonly Finding[] {
  const path = ["metadata", "name"];
  const name = valueAt(document.value, path);
  if (typeof name !== "string" || name === base) return [];
  const message = `${quoted(name)} is not the file's name`;
  return [complain({ document }, "LPS122", path, message, `write name: ${base}, or rename the file`)];
}
