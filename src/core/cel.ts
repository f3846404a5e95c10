// Is a policy expression right, and what does it say? (the only import of the CEL engine)
import { Duration as Span, Environment } from "@marcbachmann/cel-js/evaluator";
import { library, OURS } from "./cel-calls.ts";
import { cost, RUN_BUDGET } from "./cel-cost.ts";
import { guard } from "./cel-guard.ts";
import { complaint, placeIn, type EngineError } from "./cel-place.ts";
import { PRESENCE_PROBE, rename, sameBut } from "./cel-rename.ts";
import { print, treeOf, type Tree } from "./cel-tree.ts";
import { markerOf, TYPES, VARIABLES, type Sizes, type TypeName, type VariableSet } from "./cel-variables.ts";
import { error } from "./finding.ts";
import type { Duration, Expression, Finding } from "./model.ts";

/** The variables' values as the engine takes them; made by `core/policy-input.ts`. */
export interface CelInput {
  readonly values: Readonly<Record<string, unknown>>;
  readonly sizes: Sizes;
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** An expression that was parsed, guarded and type-checked; it is a bool. */
export interface Compiled {
  readonly expression: Expression;
  readonly tree: Tree;
  /** Never throws: whatever goes wrong is an `error`, and an error means deny. */
  evaluate(input: CelInput): Outcome<boolean>;
  /** The value of a part of the tree (or of one built from its parts), for explanations. Never throws. */
  peek(part: Tree, input: CelInput): Outcome<unknown>;
}

const MAX_TEXT = 2000;
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 32,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 4,
};

function engine(set: VariableSet): Environment {
  const env = new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: false, limits: LIMITS });
  for (const name of Object.keys(TYPES) as TypeName[]) {
    env.registerType(name, { ctor: markerOf(name), fields: { ...TYPES[name] } });
  }
  for (const [name, type] of Object.entries(VARIABLES[set])) env.registerVariable(name, type);
  for (const { signature, handler } of library(celDuration)) env.registerFunction(signature, handler);
  env.registerFunction("_ha(dyn): bool", () => true);
  return env;
}

/** Made when first needed: most runs compile rules of one kind only. */
const engines = new Map<VariableSet, Environment>();

function engineOf(set: VariableSet): Environment {
  const known = engines.get(set) ?? engine(set);
  engines.set(set, known);
  return known;
}

/** The engine's own value for a length of time; whole seconds, so that equal lengths are equal for it. */
export function celDuration(length: Duration | number): unknown {
  return Span.fromMilliseconds(Math.floor(length / 1000) * 1000);
}

/** Milliseconds of a duration that came out of `peek`. */
export function spanMs(value: unknown): number | undefined {
  return value instanceof Span ? value.valueOf() : undefined;
}

/**
 * Parses, guards and type-checks. Findings (LPS220 to LPS225) point into the file that holds the expression.
 * CEL: https://github.com/google/cel-spec/blob/master/doc/langdef.md, without what `cel-guard.ts` refuses.
 */
export function compile(expression: Expression, variables: VariableSet): Compiled | readonly Finding[] {
  const { text, at } = expression;
  if (text.length > MAX_TEXT) {
    return [
      error("LPS225", `longer than ${MAX_TEXT} characters`, "split the rule in two, both must hold", at),
    ];
  }
  try {
    const tree = treeOf(engineOf(variables).parse(text).ast);
    const refusals = guard(tree, new Set(Object.keys(VARIABLES[variables])));
    if (refusals.length > 0) {
      return refusals.map((r) => error(r.code, r.message, r.fix, placeIn(expression, r.start, r.end)));
    }
    return checked(expression, variables, tree);
  } catch (cause) {
    return [complaint(expression, variables, asEngineError(cause))];
  }
}

/** Checks twice: once with `has` as a plain function, since the engine does not look at what a `has` is about. */
function checked(expression: Expression, variables: VariableSet, tree: Tree): Compiled | readonly Finding[] {
  const env = engineOf(variables);
  const parsed = [PRESENCE_PROBE, OURS].map((names) => {
    const text = rename(expression.text, tree, names);
    return { text, names, ...env.check(text) };
  });
  for (const { text, names, valid, type, error: cause } of parsed) {
    if (!valid) return [complaint(expression, variables, asEngineError(cause))];
    if (type !== "bool") return [notBool(expression, type ?? "nothing")];
    if (!sameBut(tree, treeOf(env.parse(text).ast), names)) {
      return [error("LPS220", "cannot be read without doubt", "remove the comments", expression.at)];
    }
  }
  return ready(expression, tree, env);
}

function notBool(expression: Expression, type: string): Finding {
  const at = placeIn(expression, 0, expression.text.length);
  return error("LPS222", `says ${type}, but must say true or false`, "compare it with something", at);
}

function ready(expression: Expression, tree: Tree, env: Environment): Compiled {
  const run = env.parse(rename(expression.text, tree, OURS));
  return {
    expression,
    tree,
    evaluate(input) {
      const outcome = guarded(tree, input, () => run(input.values) as unknown);
      if (!outcome.ok) return outcome;
      if (typeof outcome.value === "boolean") return { ok: true, value: outcome.value };
      return { ok: false, error: "the result is neither true nor false" };
    },
    peek: (part, input) =>
      guarded(part, input, () => {
        const text = print(part);
        return env.evaluate(rename(text, treeOf(env.parse(text).ast), OURS), input.values) as unknown;
      }),
  };
}

function guarded(tree: Tree, input: CelInput, run: () => unknown): Outcome<unknown> {
  const steps = cost(tree, input.sizes);
  if (steps > RUN_BUDGET) return { ok: false, error: `would take ${steps} steps, more than ${RUN_BUDGET}` };
  try {
    return { ok: true, value: run() };
  } catch (cause) {
    return { ok: false, error: asEngineError(cause).summary };
  }
}

/** Engine errors carry a one-line summary; their `message` is a drawing. */
function asEngineError(cause: unknown): EngineError {
  if (cause instanceof Error && "summary" in cause && "code" in cause) return cause as unknown as EngineError;
  const summary = cause instanceof Error ? cause.message : "failed";
  return { name: "Error", code: "failed", summary };
}
