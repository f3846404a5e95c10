// What does a CEL expression look like as a tree, and how is it walked and printed?

/** One node of an expression. The engine's own nodes have a dozen shapes; here all have one. */
export interface Tree {
  /** `value`, `id`, `.`, `call`, `rcall` (a method), `list`, `map`, `?:`, `!_`, `-_`, or a binary operator. */
  readonly op: string;
  /** Name of an `id`, field of a `.`, function of a `call` or `rcall`; else empty. */
  readonly label: string;
  /** Operands left to right: an `rcall` starts with its receiver, a `map` alternates keys and values. */
  readonly parts: readonly Tree[];
  /** What a `value` is. */
  readonly value?: unknown;
  /** Offsets into the expression's text; brackets around a node are not part of its range. */
  readonly start: number;
  readonly end: number;
}

interface Raw {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

/** The parser's tree in our shape. */
export function treeOf(raw: Raw): Tree {
  const { op, start, end } = raw;
  if (op === "value") return { op, label: "", parts: [], value: raw.args, start, end };
  const args: readonly unknown[] = Array.isArray(raw.args) ? raw.args.flat(2) : [raw.args];
  const label = args.find((arg) => typeof arg === "string") ?? "";
  return { op, label, parts: args.filter(isRaw).map(treeOf), start, end };
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

const COMPARE: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);
const MACROS: ReadonlySet<string> = new Set(["exists", "all", "exists_one", "filter", "map"]);

export function isComparison(tree: Tree): boolean {
  return COMPARE.has(tree.op);
}

export function isCall(tree: Tree): boolean {
  return tree.op === "call" || tree.op === "rcall";
}

/** The parts of a call with an iteration variable, like `active.exists(g, …)`. */
export function loopOf(
  tree: Tree,
): { readonly range: Tree; readonly variable: Tree; readonly body: Tree } | undefined {
  if (tree.op !== "rcall" || !MACROS.has(tree.label)) return undefined;
  const [range, variable, body] = tree.parts;
  return range && variable && body ? { range, variable, body } : undefined;
}

/** Every node, parents first. */
export function* walk(tree: Tree): Generator<Tree> {
  yield tree;
  for (const part of tree.parts) yield* walk(part);
}

/** The expression as text again: one line, brackets wherever two operators meet. */
export function print(tree: Tree): string {
  const form = FORMS[tree.op];
  return form ? form(tree, tree.parts.map(print)) : tree.parts.map(tight).join(` ${tree.op} `);
}

const ATOMS: ReadonlySet<string> = new Set(["value", "id", ".", "[]", "call", "rcall", "list", "map"]);

function tight(tree: Tree | undefined): string {
  if (!tree) return "";
  return ATOMS.has(tree.op) ? print(tree) : `(${print(tree)})`;
}

/** Every form but `a operator b`. */
const FORMS: Readonly<Record<string, (tree: Tree, parts: readonly string[]) => string>> = {
  value: ({ value }) => (typeof value === "string" ? quote(value) : String(value)),
  id: ({ label }) => label,
  ".": ({ parts, label }) => `${tight(parts[0])}.${label}`,
  "[]": ({ parts }, [, index]) => `${tight(parts[0])}[${index ?? ""}]`,
  call: ({ label }, parts) => `${label}(${parts.join(", ")})`,
  rcall: ({ parts, label }, [, ...given]) => `${tight(parts[0])}.${label}(${given.join(", ")})`,
  list: (_, parts) => `[${parts.join(", ")}]`,
  map: (_, parts) =>
    `{${parts.map((part, i) => part + (i % 2 === 0 ? ": " : ", ")).join("")}}`.replace(/, \}$/, "}"),
  "!_": ({ parts }) => `!${tight(parts[0])}`,
  "-_": ({ parts }) => `-${tight(parts[0])}`,
  "?:": ({ parts }) => `${tight(parts[0])} ? ${tight(parts[1])} : ${tight(parts[2])}`,
};

/** Text as a CEL string literal that no content can break out of. */
function quote(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (c) => `\\U${(c.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
    );
  return `'${escaped}'`;
}
