// Why did an expression say no, with the values put in?
import { spanMs, type CelInput, type Compiled } from "./cel.ts";
import { isComparison, loopOf, print, type Tree } from "./cel-tree.ts";
import type { Duration, Instant } from "./model.ts";
import { quoted } from "./text.ts";
import { printDuration, printInstant } from "./time.ts";

const MAX_LEAVES = 6;
const MAX_ITEMS = 3;
const MAX_WIDTH = 300;

/** Evaluates any part of the expression at hand; undefined where that fails. */
type Peek = (part: Tree) => unknown;

/**
 * The expression, and each part that decided its value, with values: `request.duration <= duration('4h')` becomes
 * `1d16h <= 4h is false`. Bounded, one line a part, safe to print.
 */
export function explain(rule: Compiled, input: CelInput): string {
  const { tree } = rule;
  const look: Peek = (part) => {
    const outcome = rule.peek(part, input);
    return outcome.ok ? outcome.value : undefined;
  };
  const leaves = blame(tree, look).slice(0, MAX_LEAVES);
  const lines = leaves.map((leaf) => `${clip(print(leaf))}  →  ${clip(filled(leaf, look))}`);
  return leaves[0] === tree ? lines.join("\n") : [clip(print(tree)), ...lines].join("\n");
}

/** The smallest parts that decided the value: those that have the value of the whole. */
function blame(tree: Tree, look: Peek): readonly Tree[] {
  return decisive(tree, look)?.flatMap((part) => blame(part, look)) ?? [tree];
}

function decisive(tree: Tree, look: Peek): readonly Tree[] | undefined {
  if (tree.op === "!_") return tree.parts;
  if (tree.op === "?:") {
    const [condition, yes, no] = tree.parts;
    return [condition, condition && look(condition) === true ? yes : no].filter((part) => part !== undefined);
  }
  if (tree.op !== "&&" && tree.op !== "||") return undefined;
  const value = look(tree);
  const same = tree.parts.filter((part) => look(part) === value);
  return same.length > 0 ? same : tree.parts;
}

/** One part with its operands' values in their places, and what it came to. */
function filled(leaf: Tree, look: Peek): string {
  const value = look(leaf);
  const verdict = value === undefined ? "cannot be evaluated" : `is ${show(value)}`;
  if (loopOf(leaf)) return `${verdict}${witnesses(leaf, value, look)}`;
  if (leaf.label === "has")
    return `${leaf.parts.map(print).join("")} ${value === true ? "is set" : "is not set"}`;
  const shown = leaf.parts.map((part) => show(look(part)));
  if (isComparison(leaf)) return `${shown.join(` ${leaf.op} `)} ${verdict}`;
  const [receiver, ...given] = shown;
  return leaf.op === "rcall" ? `${receiver ?? ""}.${leaf.label}(${given.join(", ")}) ${verdict}` : verdict;
}

/** The elements that made `exists` true or `all` false. */
function witnesses(leaf: Tree, value: unknown, look: Peek): string {
  const loop = loopOf(leaf);
  if (!loop) return "";
  const { range, variable, body } = loop;
  const wanted = leaf.label === "all" ? { ...body, op: "!_", label: "", parts: [body] } : body;
  const list = look({ ...leaf, label: "filter", parts: [range, variable, wanted] });
  if (Array.isArray(list) && list.length > 0) return `: ${print(variable)} = ${items(list)}`;
  return value === false ? `: none of ${show(look(range))}` : "";
}

function show(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${items(value)}]`;
  return typeof value === "object" && value !== null ? showObject(value) : "(not set)";
}

function items(list: readonly unknown[]): string {
  const more = list.length > MAX_ITEMS ? `, and ${list.length - MAX_ITEMS} more` : "";
  return `${list.slice(0, MAX_ITEMS).map(show).join(", ")}${more}`;
}

/** Times and durations as people write them, grants by their request's id, maps by their entries. */
function showObject(value: object): string {
  if (value instanceof Date) return printInstant(value.getTime() as Instant);
  const ms = spanMs(value);
  if (ms !== undefined) return `${ms < 0 ? "-" : ""}${printDuration(Math.abs(ms) as Duration)}`;
  if ("request" in value && "entitlement" in value)
    return `${String(value.request)} (${String(value.entitlement)})`;
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return `{${entries.map(([key, entry]) => `${key}: ${show(entry)}`).join(", ")}}`;
}

function clip(text: string): string {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
}
