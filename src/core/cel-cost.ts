// How much work can an expression be, before it is run?
import { isComparison, loopOf, type Tree } from "./cel-tree.ts";
import type { Sizes } from "./cel-variables.ts";

/** What an expression is judged against when it loads; `mine` is what quotas keep small. */
export const PLANNED: Sizes = { active: 10_000, mine: 100, history: 10_000 };
/** Steps at the planned sizes: one pass over 10,000 grants with a large condition, not a pass inside a pass. */
export const LOAD_BUDGET = 2_000_000;
/** Steps that a run may take, about a second; more is an error, and so a deny. */
export const RUN_BUDGET = 20_000_000;

/** People's groups, approvers and the like: longer than any that we expect. */
const SHORT_LIST = 50;
const PATTERN_STEPS = 50;
/** Fields that hold a list or a map. */
const LISTS: ReadonlySet<string> = new Set(["groups", "eligible", "approvers", "scope"]);

const LITERALS: ReadonlySet<string> = new Set(["list", "map"]);
/** Operators whose result can hold the elements of their operands. */
const JOINS: ReadonlySet<string> = new Set(["+", "?:"]);

/** Steps to evaluate a tree over lists of these sizes; an upper bound as if nothing were cut short. */
export function cost(tree: Tree, sizes: Sizes): number {
  const loop = loopOf(tree);
  if (loop) return 1 + cost(loop.range, sizes) + longest(loop.range, sizes) * cost(loop.body, sizes);
  return 1 + extra(tree, sizes) + tree.parts.reduce((sum, part) => sum + cost(part, sizes), 0);
}

/** Steps of the node itself, where its operands are lists or texts. */
function extra(tree: Tree, sizes: Sizes): number {
  if (tree.op === "in") return tree.parts.reduce((_, part) => longest(part, sizes), 0);
  if (isComparison(tree) || tree.op === "+") return sum(tree.parts.map((part) => length(part, sizes)));
  return tree.label === "matches" ? PATTERN_STEPS : 0;
}

/** Length of what must be a list, or a map: a field's is short. */
function longest(tree: Tree, sizes: Sizes): number {
  return length(tree, sizes) || SHORT_LIST;
}

/** Upper bound of a list's length; 0 for what is no list. */
function length(tree: Tree, sizes: Sizes): number {
  const range = loopOf(tree)?.range;
  if (range) return length(range, sizes);
  if (tree.op === "id") return named(tree.label, sizes);
  if (tree.op === ".") return LISTS.has(tree.label) ? SHORT_LIST : 0;
  if (LITERALS.has(tree.op)) return tree.parts.length;
  return JOINS.has(tree.op) ? sum(tree.parts.map((part) => length(part, sizes))) : 0;
}

function named(name: string, sizes: Sizes): number {
  return name === "active" || name === "mine" || name === "history" ? sizes[name] : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
