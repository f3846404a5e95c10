// Which expressions are refused although the engine would take them?
import { callProblem, rangeProblem, refused, type Problem } from "./cel-calls.ts";
import { cost, LOAD_BUDGET, PLANNED } from "./cel-cost.ts";
import { isCall, loopOf, walk, type Tree } from "./cel-tree.ts";

/** Part of an expression that is not allowed, with the reason and the way out. */
export interface Refusal extends Problem {
  readonly start: number;
  readonly end: number;
}

const MAX_NESTED = 2;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Every refusal, in the order of the text. `names` are the variables that an iteration must not hide. */
export function guard(tree: Tree, names: ReadonlySet<string>): readonly Refusal[] {
  const at = (node: Tree, problem: Problem | undefined): readonly Refusal[] =>
    problem ? [{ ...problem, start: node.start, end: node.end }] : [];
  return [
    ...[...walk(tree)].flatMap((node) => at(node, nodeProblem(node, names))),
    ...at(tree, nesting(tree)),
    ...at(tree, expense(tree)),
  ].sort((a, b) => a.start - b.start);
}

function nodeProblem(node: Tree, names: ReadonlySet<string>): Problem | undefined {
  if (node.op === "value") return valueProblem(node.value);
  if (node.op === "[]") return indexProblem(node);
  if (node.op === "map") return mapProblem(node);
  return isCall(node) ? (callProblem(node) ?? loopProblem(node, names)) : undefined;
}

function valueProblem(value: unknown): Problem | undefined {
  if (typeof value === "boolean" || typeof value === "string") return undefined;
  if (typeof value !== "bigint") {
    return refused(
      "only text, whole numbers, true and false are literals here",
      "use whole numbers, or has() in place of null",
    );
  }
  return value > SAFE || value < -SAFE
    ? refused("the number is too large", "use a smaller number")
    : undefined;
}

/** With a computed key the type of a field is known only at run time. */
function indexProblem(node: Tree): Problem | undefined {
  if (node.parts[1]?.op === "value") return undefined;
  return refused("an index must be a literal", "write the number or the key itself, or use exists()");
}

/** The engine keeps the last of equal keys and drops some names silently: neither may be written. */
function mapProblem(node: Tree): Problem | undefined {
  const keys = node.parts.filter((_, i) => i % 2 === 0).map((key) => key.value);
  const seen = new Set<unknown>();
  for (const key of keys) {
    if (typeof key !== "string")
      return refused("a key of a map must be a text literal", "write the key in quotes");
    if (["__proto__", "constructor", "prototype"].includes(key)) {
      return refused(`"${key}" cannot be a key`, "use another key");
    }
    if (seen.has(key)) return refused(`the key "${key}" is there twice`, "keep one of them");
    seen.add(key);
  }
  return undefined;
}

function loopProblem(node: Tree, names: ReadonlySet<string>): Problem | undefined {
  const loop = loopOf(node);
  if (!loop) return undefined;
  const { variable, range } = loop;
  if (!names.has(variable.label)) return rangeProblem(range);
  return refused(
    `"${variable.label}" is a variable of ours already`,
    "name the iteration variable differently",
  );
}

function nesting(tree: Tree): Problem | undefined {
  if (loops(tree) <= MAX_NESTED) return undefined;
  return {
    code: "LPS225",
    message: `more than ${MAX_NESTED} loops inside each other`,
    fix: "split the rule",
  };
}

/** `a.filter(…).map(…)` is one loop after another, not one inside another. */
function loops(tree: Tree): number {
  const loop = loopOf(tree);
  if (loop) return Math.max(loops(loop.range), 1 + loops(loop.body));
  return Math.max(0, ...tree.parts.map(loops));
}

function expense(tree: Tree): Problem | undefined {
  const steps = cost(tree, PLANNED);
  if (steps <= LOAD_BUDGET) return undefined;
  return {
    code: "LPS225",
    message: `takes ${steps} steps with 10,000 live grants, and ${LOAD_BUDGET} are allowed`,
    fix: "walk `mine` (the subject's own grants) in place of `active`, and walk `active` only once",
  };
}
