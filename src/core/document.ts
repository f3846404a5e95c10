// Is this file one strict YAML document, and where does each of its values stand?
import { Composer, isScalar, type Document as Yaml, type Node, type YAMLError } from "yaml";
import { error, sorted } from "./finding.ts";
import { framed } from "./frame.ts";
import type { Finding, Json, Place } from "./model.ts";
import { readPlain, seenAt } from "./plain.ts";
import type { Field, Span } from "./plain-flow.ts";
import { readSource, tooLarge, type Locate } from "./source.ts";
import { tokens, type Objection } from "./tokens.ts";
import { nodeAt, placeOf, plainTree, type Path, type Which } from "./tree.ts";

/** A file that was read: every scalar is a string, every map has no prototype. */
export interface Document {
  readonly file: string;
  readonly text: string;
  readonly value: Json;
  /**
   * Where the key or value at a path stands; `content` is the first character inside quotes or a block scalar.
   * A path that does not exist gives the place of its nearest parent.
   */
  place(path: Path, which?: Which): Place;
  /** Was the scalar written without quotes? Only then may it mean a number or a boolean. */
  isPlain(path: Path): boolean;
}

type Read = { readonly document: Document } | { readonly findings: readonly Finding[] };

/** Reads one file strictly. Never throws, and spends a bounded time on any input. */
export function readDocument(file: string, bytes: Uint8Array): Read {
  const { text, locate, findings } = readSource(file, bytes);
  if (text === undefined) return { findings };
  const read =
    findings.length > 0 ? { findings } : (atAGlance(file, text, locate) ?? parse(file, text, locate));
  return "document" in read ? read : { findings: framed(sorted(read.findings), text) };
}

/** Most files are written plainly; whatever the quick reader does not know, places included, the YAML parser does. */
function atAGlance(file: string, text: string, locate: Locate): Read | undefined {
  const read = readPlain(text);
  if (!read) return undefined;
  let full: Read | undefined;
  const place = (path: Path, which: Which = "value"): Place => {
    const found = seenAt(read.seen, path);
    const span = found && spanOf(found, which);
    if (span) return locate(span.start, span.end - span.start);
    full ??= parse(file, text, locate);
    return "document" in full ? full.document.place(path, which) : locate(0);
  };
  const isPlain = (path: Path): boolean => {
    const value = seenAt(read.seen, path)?.value;
    return value?.is === "text" && !value.isQuoted;
  };
  return { document: { file, text, value: read.value, place, isPlain } };
}

/** Undefined for maps and lists: only the parser knows where those end. */
function spanOf({ key, value }: Partial<Field>, which: Which): Span | undefined {
  if (which === "key") return key;
  if (value?.is !== "text") return undefined;
  const content = value.start + (value.isQuoted ? 1 : 0);
  return which === "value" ? value : { start: content, end: content };
}

function parse(file: string, text: string, locate: Locate): Read {
  try {
    const scanned = tokens(text);
    if ("objections" in scanned) return { findings: scanned.objections.map((o) => objection(o, locate)) };
    const composer = new Composer({
      schema: "failsafe",
      resolveKnownTags: false,
      uniqueKeys: true,
      stringKeys: true,
      strict: true,
      logLevel: "silent",
    });
    const [first, second] = [...composer.compose(scanned.tokens, true, text.length)];
    if (second) return { findings: [feature("a second document", locate(second.range[0], 3))] };
    return first ? check(first, file, text, locate) : { findings: [empty(locate(0))] };
  } catch {
    // The parser promises to collect its errors; whatever it throws instead is about a file nobody should grant.
    return {
      findings: [error("LPS101", "cannot be read as YAML", "write it as plain keys and values", locate(0))],
    };
  }
}

function check(yaml: Yaml.Parsed, file: string, text: string, locate: Locate): Read {
  const complaints = withoutEchoes([...yaml.errors, ...yaml.warnings]);
  if (complaints.length > 0) return { findings: complaints.map((e) => complaint(e, locate)) };
  const root: Node | null = yaml.contents;
  if (root === null || (isScalar(root) && root.value === "")) return { findings: [empty(locate(0))] };
  const { value, findings } = plainTree(root, text, locate);
  if (findings.length > 0) return { findings };
  const document: Document = {
    file,
    text,
    value,
    place: (path, which = "value") => placeOf(root, path, which, text, locate),
    isPlain: (path) => {
      const node = nodeAt(root, path).node;
      return isScalar(node) && node.type === "PLAIN";
    },
  };
  return { document };
}

/** After the first place where reading stopped making sense, all further ones follow from it. */
function withoutEchoes(errors: readonly YAMLError[]): readonly YAMLError[] {
  const [first] = errors.filter(({ code }) => code !== "DUPLICATE_KEY").sort((a, b) => a.pos[0] - b.pos[0]);
  return first ? [first] : errors;
}

function empty(at: Place): Finding {
  return error("LPS101", "the file is empty", "write apiVersion, kind, metadata and spec", at);
}

function objection(o: Objection, locate: Locate): Finding {
  if (o.is === "feature") return feature(o.what, locate(o.offset, o.length));
  return tooLarge(`more than ${o.what}`, locate(o.offset));
}

function feature(what: string, at: Place): Finding {
  return error("LPS106", `${what} is not allowed`, "write the value out, in one document", at);
}

function complaint(e: YAMLError, locate: Locate): Finding {
  const [from, to] = e.pos;
  const at = locate(from, to - from);
  if (e.code === "DUPLICATE_KEY")
    return error("LPS107", "this key is written twice", "keep one of the two", at);
  if (e.code === "RESOURCE_EXHAUSTION") return tooLarge("too many levels", at);
  const message = e.message.split("\n")[0] ?? e.message;
  return error("LPS101", message, "correct the YAML here, or in the line above", at);
}
