// Where in its file is a part of an expression, and what is wrong there?
import { print, treeOf } from "./cel-tree.ts";
import { TYPES, VARIABLES, type TypeName, type VariableSet } from "./cel-variables.ts";
import { error } from "./finding.ts";
import type { Expression, Finding, Place } from "./model.ts";
import { didYouMean } from "./suggest.ts";

/** Text in a block scalar goes on below its first character, so later lines count from the same column. */
export function placeIn(expression: Expression, start: number, end: number): Place {
  const { text, at } = expression;
  const before = text.slice(0, start).split("\n");
  const column = at.column + (before.at(-1)?.length ?? 0);
  const length = text.slice(start, end).split("\n")[0]?.length ?? 0;
  const place = { file: at.file, line: at.line + before.length - 1, column };
  return length > 0 ? { ...place, endColumn: column + length } : place;
}

/** What the engine says about an expression, as far as we rely on it. */
export interface EngineError {
  readonly name: string;
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  readonly node?: unknown;
}

/** The engine's complaint in our words, with the names that would have been right. */
export function complaint(expression: Expression, set: VariableSet, cause: EngineError): Finding {
  const range = cause.range ?? { start: 0, end: expression.text.length };
  const at = placeIn(expression, range.start, range.end);
  if (cause.code === "no_such_key") return unknownField(cause, set, at);
  if (cause.code === "unknown_variable") return unknownVariable(cause, set, at);
  const message = plain(cause.summary);
  if (cause.code === "limit_exceeded") {
    return error("LPS225", message, "split the rule in two, both must hold", at);
  }
  if (cause.name === "ParseError") {
    return error("LPS220", message, "write one CEL expression, e.g. request.duration <= duration('4h')", at);
  }
  const fix = "compare values of one type; durations with duration('4h'), times with now and window.start";
  return error("LPS222", message, fix, at);
}

/** The engine's sentence with the names of types as people write them. */
function plain(summary: string): string {
  const short = summary.replaceAll("google.protobuf.Duration", "duration");
  return (short.charAt(0).toLowerCase() + short.slice(1)).replaceAll(
    "google.protobuf.Timestamp",
    "timestamp",
  );
}

function unknownVariable(cause: EngineError, set: VariableSet, at: Place): Finding {
  const name = cause.summary.slice(cause.summary.lastIndexOf(" ") + 1);
  const known = Object.keys(VARIABLES[set]);
  return error(
    "LPS221",
    `unknown variable "${name}"${didYouMean(name, known)}`,
    `${set === "when" ? "a `when`" : "a rule"} knows ${known.join(", ")}`,
    at,
  );
}

/** The owner's type decides what was meant; an iteration variable is nearly always a grant. */
function unknownField(cause: EngineError, set: VariableSet, at: Place): Finding {
  const node = treeOf(cause.node as Parameters<typeof treeOf>[0]);
  const owner = node.parts[0];
  const field = node.label || String(node.parts[1]?.value);
  const variables = new Map<string, string>(Object.entries(VARIABLES[set]));
  const type = variables.get(owner?.label ?? "") ?? "Grant";
  const known = Object.keys(type in TYPES ? TYPES[type as TypeName] : {});
  return error(
    "LPS221",
    `unknown field "${field}"${didYouMean(field, known)}`,
    `${owner ? print(owner) : "it"} has ${known.join(", ")}`,
    at,
  );
}
